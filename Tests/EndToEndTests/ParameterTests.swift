import JSONText
import Testing

/// `--param`, `--conf`, and what is refused.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ParameterTests {
    private static let dag = #"""
        {"dag_id": "p", "params": {"text": {"type": "string", "default": "d"}, "n": {"type": "integer", "default": 1, "minimum": 0},
         "list": {"type": "array", "default": []}, "mode": {"enum": ["fast", "slow"], "default": "fast"}, "plain": "x",
         "object": {"a": 1}}, "tasks": [{"task_id": "t", "command": ["sh", "-c", "cat \"$ORCHESTRATOR_PARAMS\""]}]}
        """#

    private func seen(_ installation: Installation, _ arguments: String...) throws -> JSONValue {
        let result = try installation.call(["run", installation.dags + "/p.json"] + arguments)
        guard result.status == 0 else { throw HarnessError("exit \(result.ending): \(result.errors)") }
        return try JSONValue.parse(try installation.call("logs", "p", "latest", "t").output)
    }

    @Test func paramsAreReadByTheirType() throws {
        try Installation.with { installation in
            try installation.dag("p", Self.dag)
            let defaults: JSONValue = [
                "text": "d", "n": 1, "list": [], "mode": "fast", "plain": "x", "object": ["a": 1],
            ]
            #expect(try seen(installation) == defaults)
            let given = try seen(
                installation, "--param", "text=007", "--param", "n=2", "--param", "list=[1,\"a\"]", "--param",
                "mode=slow")
            #expect(
                given == [
                    "text": "007", "n": 2, "list": [1, "a"], "mode": "slow", "plain": "x", "object": ["a": 1],
                ])
            try Files.write(#"{"text": "conf", "n": 5}"#, to: installation.path("conf.json"))
            let merged = try seen(installation, "--conf", "@conf.json", "--param", "n=6")
            #expect(merged["text"] == "conf" && merged["n"] == 6)
            #expect(try seen(installation, "--conf", #"{"plain": "a=b"}"#)["plain"] == "a=b")
        }
    }

    @Test(arguments: [
        ["--param", "n=-1"], ["--param", "n=x"], ["--param", "mode=medium"], ["--param", "unknown=1"],
        ["--conf", #"{"list": 1}"#], ["--conf", "[1]"], ["--conf", "{"], ["--conf", #"{"a": 1, "a": 2}"#],
        ["--logical-date", "yesterday"], ["--run-id", "a/b"],
    ])
    func whatBreaksTheSchemaIs65AndNothingRuns(_ arguments: [String]) throws {
        try Installation.with { installation in
            try installation.dag("p", Self.dag)
            let result = try installation.call(["run", installation.dags + "/p.json"] + arguments)
            #expect(result.status == 65, "\(result)")
            #expect(!result.errors.isEmpty)
            #expect(try installation.call("runs", "list", "--output", "json").json() == [])
        }
    }

    @Test func aRequiredParamMustBeGiven() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "r",
                #"{"dag_id": "r", "params": {"key": {"type": "string"}}, "tasks": [{"task_id": "t", "command": "true"}]}"#
            )
            let result = try installation.call("run", file)
            #expect(result.status == 65)
            #expect(result.errors.contains("key"))
            #expect(try installation.call("run", file, "--param", "key=v").status == 0)
        }
    }

    @Test func aTakenRunIDOrDateIsRefused() throws {
        try Installation.with { installation in
            try installation.dag("p", Self.dag)
            let first = ["run", "p", "--run-id", "mine", "--logical-date", "2026-01-01T00:00:00Z"]
            #expect(try installation.call(first).status == 0)
            #expect(try installation.call("run", "p", "--run-id", "mine").status == 65)
            #expect(
                try installation.call("run", "p", "--logical-date", "2026-01-01T01:00:00+01:00").status == 65)
            #expect(
                try installation.call("runs", "list", "p", "--output", "json").json().arrayValue?.count == 1)
        }
    }
}
