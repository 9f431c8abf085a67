import DAGDomain
import DAGLoading
import Testing

@Suite struct FuzzTests {
    private static let seed = """
        {"dag_id": "d", "schedule": {"every": "6h", "assets": ["a", {"any": ["b"]}]}, "timezone": "UTC", "start_date": "2026-01-01",
         "catchup": "1h",
         "params": {"n": {"type": "integer", "minimum": 0, "default": 1}}, "env": {"A": "{{ params.n }}"},
         "default_args": {"retries": 1}, "tasks": [
          {"task_id": "a", "command": ["x", "{{ params.n }}"], "outputs": ["o"], "artifacts": ["f"]},
          {"id": "b", "command": "é", "needs": ["a"], "env": {"B": "{{ outputs.a.o }}"}, "retry_delay": 1e2}]}
        """

    /// Whatever the bytes are: either a DAG or at least one error, each inside the text.
    @Test func answersForMutatedBytes() {
        let seed = Array(Self.seed.utf8)
        var generator = SplitMix64(state: 5)
        var accepted = 0
        for _ in 0..<10_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(seed[Int.random(in: 0..<seed.count, using: &generator)], at: place)
                case 3:
                    let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
                    bytes.insert(
                        contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator)
                    )
                default: bytes.removeSubrange(place..<min(bytes.count, place + 30))
                }
            }
            let file = DAGLoader().load(bytes: bytes, path: "fuzz.json", folder: "/")
            #expect((file.dag == nil) == !file.errors.isEmpty)
            let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            for error in file.errors {
                let isInside = error.line >= 1 && error.line <= lines.count && error.column >= 1
                #expect(isInside && error.column <= lines[max(0, error.line - 1)].count + 1, "\(error)")
            }
            if file.dag != nil { accepted += 1 }
        }
        #expect(accepted > 100)
    }
}
