import JSONText
import Testing

/// `lineage`, `experiments`, `runs pin`, `db prune` and `artifacts gc` on one small history.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct RetentionTests {
    private static let dag = """
        {"dag_id": "h", "params": {"n": 1, "same": "s"}, "tasks": [
        {"task_id": "a", "command": "echo data $ORCHESTRATOR_PARAM_N > $ORCHESTRATOR_ARTIFACTS/d.csv", "artifacts": ["d.csv"]},
        {"task_id": "b", "depends_on": ["a"], "inputs": ["a.d.csv", "h.json"],
         "command": "echo auc=0.$ORCHESTRATOR_PARAM_N >> $ORCHESTRATOR_METRICS; echo loss=0.$ORCHESTRATOR_PARAM_N >> $ORCHESTRATOR_METRICS; echo m $ORCHESTRATOR_PARAM_N > $ORCHESTRATOR_ARTIFACTS/m; echo same > $ORCHESTRATOR_ARTIFACTS/s",
         "artifacts": [{"name": "model", "path": "m"}, "s"]}]}
        """

    private func hash(_ installation: Installation, _ run: String, _ task: String, _ name: String) throws
        -> String
    {
        let rows = try installation.call(
            "artifacts", "list", "h", run, task, "--name", name, "--output", "json"
        ).json()
        return try #require(rows.arrayValue?.first?["sha256"]?.stringValue)
    }

    private func history(_ installation: Installation, _ count: Int) throws -> String {
        let file = try installation.dag("h", Self.dag)
        for number in 1...count {
            let run = try installation.call("run", file, "--param", "n=\(number)", "--run-id", "r\(number)")
            #expect(run.status == 0)
        }
        return file
    }

    @Test func aResultIsTracedToItsDataAndBack() throws {
        try Installation.with { installation in
            _ = try history(installation, 2)
            let model = try hash(installation, "r2", "b", "model")
            let picture = installation.path("lineage.svg")
            let call = try installation.call(
                "lineage", "artifact", "h", "r2", "b", "model", "--output", "json", "--svg", picture)
            let lineage = try call.json()
            #expect(call.status == 0 && lineage["starts"] == .array([.string("data:\(model)")]))
            let nodes = try #require(lineage["nodes"]?.arrayValue)
            let kinds = Set(nodes.compactMap { $0["kind"]?.stringValue })
            #expect(kinds == ["code", "parameters", "run", "task", "data"])
            let titles = nodes.compactMap { $0["title"]?.stringValue }
            #expect(
                titles.contains("h.a") && titles.contains("h.b") && titles.contains("h.json")
                    && titles.contains("d.csv"))
            // Only of its own run, and from left to right.
            #expect(!nodes.contains { $0["id"] == "run:1" })
            let layers = Dictionary(
                nodes.map { ($0["id"]?.stringValue ?? "", $0["layer"]?.intValue ?? -1) },
                uniquingKeysWith: { a, _ in a })
            for edge in lineage["edges"]?.arrayValue ?? [] {
                let from = try #require(layers[edge["from"]?.stringValue ?? ""])
                #expect(try from < #require(layers[edge["to"]?.stringValue ?? ""]))
            }
            let drawn = Files.text(picture)
            #expect(drawn.hasPrefix("<svg") && drawn.contains("h.b") && drawn.hasSuffix("</svg>\n"))
            // From the data onwards: the model, and not what the data came from.
            let data = try hash(installation, "r2", "a", "d.csv")
            let onwards = try installation.call(
                "lineage", "artifact", data, "--downstream", "--output", "json"
            ).json()
            let reached = Set((onwards["nodes"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue })
            #expect(reached.contains("data:\(model)") && !reached.contains("run:2"))
            #expect(try installation.call("lineage", "run", "h", "latest").output.contains("h.json"))
            #expect(
                try installation.call("lineage", "artifact", String(repeating: "0", count: 64)).status == 66)
            #expect(try installation.call("lineage", "nothing@3").status == 66)
        }
    }

    @Test func runsAreComparedByParamsAndMetrics() throws {
        try Installation.with { installation in
            _ = try history(installation, 3)
            let table = try installation.call(
                "experiments", "compare", "h", "--metric", "auc", "--output", "table"
            ).output
            let lines = table.split(separator: "\n").map(String.init)
            #expect(
                lines.first?.contains(" n ") == true && lines.first?.contains("same") == false, "\(table)")
            #expect(
                lines.dropFirst().first?.contains("r3") == true
                    && lines.dropFirst().first?.contains("0.3 *") == true)
            let losses = try installation.call(
                "experiments", "compare", "h", "--metric", "loss", "--output", "plain"
            ).output
            #expect(losses.hasPrefix("r1\t"), "\(losses)")
            let shown = try installation.call("experiments", "show", "h", "--task", "b", "--output", "json")
                .json()
            #expect(
                shown.arrayValue?.count == 3
                    && shown.arrayValue?.first?["metrics"]?["auc"]?.doubleValue == 0.3)
            #expect(try installation.call("experiments", "compare", "h", "--metric", "f1").status == 66)
            #expect(
                try installation.call("experiments", "list", "--output", "json").json().arrayValue?.first?[
                    "runs"]?.intValue
                    == 3)
            let difference = try installation.call("runs", "diff", "h", "r1", "r2", "--output", "json").json()
            let what = Set((difference.arrayValue ?? []).compactMap { $0["what"]?.stringValue })
            #expect(
                what.isSuperset(of: [
                    "conf n", "artifact a d.csv", "artifact b model", "input b a.d.csv", "b auc",
                ]), "\(what)")
            #expect(!what.contains("artifact b s") && !what.contains("input b h.json"))
            #expect(!what.contains("dag_version"))
        }
    }

    /// The lines of the DAG file that are not the same, below the rows and in the JSON.
    @Test func runsOfDifferentVersionsShowTheChangedLines() throws {
        try Installation.with { installation in
            let lines = { (command: String, more: String) in
                """
                {
                  "dag_id": "v",
                  "tasks": [
                    {
                      "task_id": "a",
                      "command": "\(command)"
                    }\(more)
                  ]
                }

                """
            }
            let file = try installation.dag("v", lines("echo one", ""))
            #expect(try installation.call("run", file, "--run-id", "r1").status == 0)
            try installation.dag("v", lines("echo two", ",\n    {\"task_id\": \"b\", \"command\": \"true\"}"))
            #expect(try installation.call("run", file, "--run-id", "r2").status == 0)
            let shown = try installation.call("runs", "diff", "v", "r1", "r2", "--output", "table").output
            let changes = [
                "@@ -3,7 +3,8 @@", "   \"tasks\": [", "     {", "       \"task_id\": \"a\",",
                "-      \"command\": \"echo one\"", "-    }", "+      \"command\": \"echo two\"", "+    },",
                "+    {\"task_id\": \"b\", \"command\": \"true\"}", "   ]", " }",
            ]
            #expect(shown.hasSuffix("\n\n" + changes.joined(separator: "\n") + "\n"), "\(shown)")
            let json = try installation.call("runs", "diff", "v", "r1", "r2", "--output", "json").json()
            let row = json.arrayValue?.first { $0["what"] == "dag_version" }
            #expect(row?["changes"]?.arrayValue?.compactMap(\.stringValue) == changes)
        }
    }

    @Test func whatAPinnedRunNeedsStays() throws {
        try Installation.with { installation in
            _ = try history(installation, 4)
            let kept = try [hash(installation, "r2", "b", "model"), hash(installation, "r4", "b", "model")]
            let gone = try hash(installation, "r1", "b", "model")
            let shared = try hash(installation, "r1", "b", "s")
            #expect(try installation.call("runs", "pin", "h", "r2", "--note", "the paper").status == 0)
            #expect(try installation.call("runs", "delete", "h", "r2", "--yes").status == 65)
            #expect(try installation.call("db", "prune").status == 64)
            let plan = try installation.call("db", "prune", "--keep", "1", "--dry-run", "--output", "json")
                .json()
            #expect(plan["runs"]?.arrayValue?.compactMap { $0["run_id"]?.stringValue } == ["r1", "r3"])
            #expect(
                plan["artifact_files"]?.intValue == 4 && plan["artifact_bytes"]?.intValue == 22, "\(plan)")
            // Nothing is old enough.
            let young = try installation.call(
                "db", "prune", "--keep", "0", "--older-than", "1h", "--dry-run", "--output", "json")
            #expect(try young.json()["runs"]?.arrayValue?.isEmpty == true)
            let done = try installation.call("db", "prune", "--keep", "1", "--yes", "--output", "json").json()
            #expect(done["runs"] == plan["runs"] && done["artifact_bytes"] == plan["artifact_bytes"])
            for hash in kept + [shared] {
                #expect(try installation.call("artifacts", "get", "--sha256", hash).status == 0)
            }
            #expect(try installation.call("artifacts", "get", "--sha256", gone).status == 66)
            #expect(try installation.call("runs", "show", "h", "r1").status == 66)
            #expect(
                !Files.exists(installation.home + "/runs/1") && Files.exists(installation.home + "/runs/2"))
            // Unpinned it goes, and with it what only it needed.
            #expect(try installation.call("runs", "unpin", "h", "r2").status == 0)
            #expect(try installation.call("runs", "delete", "h", "r2", "--yes").status == 0)
            #expect(
                try installation.call("artifacts", "gc", "--dry-run", "--output", "json").json()[
                    "artifact_files"]?.intValue == 2)
            #expect(try installation.call("artifacts", "gc").status == 0)
            #expect(try installation.call("artifacts", "get", "--sha256", kept[0]).status == 66)
            #expect(try installation.call("artifacts", "get", "--sha256", kept[1]).status == 0)
            #expect(try installation.call("db", "check").status == 0)
        }
    }
}
