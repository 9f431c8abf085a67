import DAGLoading
import Testing

@Suite struct BadFileTests {
    @Test(arguments: BadFile.all)
    func refuses(_ file: BadFile) {
        let loaded = load(file.text)
        #expect(loaded.errors.map(\.description) == file.errors)
        #expect(loaded.dag == nil)
    }

    @Test func reportsEverythingTogether() {
        let text = """
            {
              "dag_id": "all/wrong",
              "schedul": "@daily",
              "timezone": "Europe/Berln",
              "tasks": [
                { "task_id": "a", "command": "true", "retires": 2, "needs": ["b"] },
                { "task_id": "b", "command": "true", "depends_on": ["a"], "retry_delay": "5 parsecs" },
                { "task_id": "b", "command": ["run", "{{ params.n }}"] }
              ],
              "dag_id": "again"
            }
            """
        let all = load(text).errors
        #expect(
            all.map { "\($0.line):\($0.column) \($0.pointer)" } == [
                "2:13 /dag_id", "3:3 /schedul", "4:15 /timezone", "6:42 /tasks/0/retires",
                "6:66 /tasks/0/needs/0",
                "7:78 /tasks/1/retry_delay", "8:18 /tasks/2/task_id", "8:46 /tasks/2/command/1",
                "10:3 /dag_id",
            ])
    }

    @Test func refusesAFileThatIsTooLarge() {
        let bytes = [UInt8](repeating: 0x20, count: DAGLoader.maximumFileSize + 1)
        let file = DAGLoader().load(bytes: bytes, path: "big.json", folder: "/")
        #expect(
            file.errors.map(\.description) == [
                "1:1: the file has 16777217 bytes; a DAG file has at most 16 MiB"
            ])
    }
}
