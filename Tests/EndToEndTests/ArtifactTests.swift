import Foundation
import JSONText
import Testing

/// `artifacts`, declared inputs, and what is known of tables.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ArtifactTests {
    private static let example = Programs.project + "/dags/examples/inputs.json"

    @Test func whatTasksReadAndLeaveIsOnRecord() throws {
        try Installation.with { installation in
            try installation.dag("inputs", Files.text(Self.example))
            let (status, run) = try installation.run("inputs")
            #expect(status == 0 && run.state == "success")
            let total = try installation.call(
                "tasks", "outputs", "inputs", "latest", "sum", "--output", "json")
            #expect(try total.json()["total"]?.intValue == 42)
            let rows = try installation.call("artifacts", "list", "inputs", "--output", "json").json()
            let row = try #require(rows.arrayValue?.first)
            #expect(row["name"] == "orders.csv" && row["task_id"] == "extract")
            let columns: JSONValue = [
                ["name": "id", "type": "integer"], ["name": "amount", "type": "integer"],
            ]
            #expect(row["dataset"]?["rows"]?.intValue == 2 && row["dataset"]?["columns"] == columns)
            let hash = try #require(row["sha256"]?.stringValue)
            let content = try installation.call("artifacts", "show", hash, "--output", "json").json()
            let readers = try #require(content["read_by"]?.arrayValue)
            #expect(readers.compactMap { $0["name"]?.stringValue } == ["extract.orders.csv", "orders again"])
            #expect(readers.allSatisfy { $0["task_id"] == "sum" && $0["sha256"]?.stringValue == hash })
            // By name and by hash, to a file and to standard output.
            let file = installation.path("fetched.csv")
            let got = try installation.call(
                "artifacts", "get", "inputs", "latest", "extract", "orders.csv", "-o", file)
            #expect(got.status == 0 && Files.text(file) == "id,amount\n1,20\n2,22\n")
            #expect(
                try installation.call("artifacts", "get", "--sha256", hash).output == Files.text(file))
        }
    }

    @Test func aDamagedArtifactIsNotHandedOver() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "one",
                #"{"dag_id":"one","tasks":[{"task_id":"t","artifacts":["a"],"command":"echo good > $ORCHESTRATOR_ARTIFACTS/a"}]}"#
            )
            #expect(try installation.call("run", file).status == 0)
            let hash = try #require(
                try installation.call("artifacts", "list", "--output", "json").json().arrayValue?.first?[
                    "sha256"]?.stringValue)
            let content = "\(installation.home)/artifacts/\(hash.prefix(2))/\(hash)"
            chmod(content, 0o644)
            try Files.write("evil\n", to: content)
            let target = installation.path("fetched")
            let got = try installation.call("artifacts", "get", "one", "latest", "t", "a", "-o", target)
            #expect(got.status == 74 && got.errors.contains("damaged"), "\(got.errors)")
            #expect(
                !Files.exists(target)
                    && !Files.names(installation.folder).contains { $0.hasSuffix(".partial") })
            unlink(content)
            #expect(try installation.call("artifacts", "get", "--sha256", hash).status == 66)
            #expect(try installation.call("artifacts", "get", "--sha256", "../../etc/passwd").status == 65)
            #expect(try installation.call("artifacts", "get", "one", "latest", "t", "b").status == 66)
            #expect(try installation.call("artifacts", "get", "one").status == 64)
        }
    }

    /// The daemon serves parts, and an input that changes between two runs has another hash.
    @Test func partsAreServedAndInputsAreReadAnew() throws {
        try Installation.with { installation in
            try Files.write("first", to: installation.path("dags/in.txt"))
            try installation.dag(
                "reads",
                """
                {"dag_id":"reads","tasks":[
                {"task_id":"t","inputs":["in.txt"],"artifacts":["copy"],"command":"cp in.txt $ORCHESTRATOR_ARTIFACTS/copy"},
                {"task_id":"u","trigger_rule":"always","inputs":["gone.txt"],"command":"true"}]}
                """)
            let daemon = try installation.start()
            let first = try daemon.trigger("reads")
            #expect(try daemon.waitForRun("reads", first).state == "failed")
            let why = try installation.call("why", "reads", first, "u").output
            #expect(why.contains("the input `gone.txt` is not there"), "\(why)")
            try Files.write("second", to: installation.path("dags/in.txt"))
            let second = try daemon.trigger("reads")
            #expect(try daemon.waitForRun("reads", second).state == "failed")
            let rows = try #require(try daemon.get("/api/v1/artifacts?dag_id=reads")["items"]?.arrayValue)
            let hashes = rows.compactMap { $0["sha256"]?.stringValue }
            #expect(Set(hashes).count == 2)
            for hash in hashes {
                let content = try daemon.get("/api/v1/artifacts/\(hash)")
                #expect(
                    content["read_by"]?.arrayValue?.count == 1 && content["made_by"]?.arrayValue?.count == 1)
            }
        }
    }
}
