import JSONText
import Testing

/// `checks`: tables that tasks leave, read by the attempt's own process and judged by the scheduler.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DataCheckTests {
    private static let example = Programs.project + "/dags/examples/data_checks.json"

    @Test func theExampleHoldsUntilItsDataAreBad() throws {
        try Installation.with { installation in
            try installation.dag("data_checks", Files.text(Self.example))
            let (status, good) = try installation.run("data_checks")
            #expect(status == 0 && good.state == "success")
            let shown = try installation.call(
                "tasks", "show", "data_checks", "latest", "extract", "--output", "table"
            ).output
            #expect(shown.contains("✔ people.rows = 1000 (at least 10)"), "\(shown)")
            #expect(shown.contains("✔ people.id.duplicates = 0 (at most 0)"))
            #expect(shown.contains("✔ people.row_change = 0"))
            // Half as many rows and one more only warn.
            #expect(try installation.run("data_checks", "--param", "rows=400").run.state == "success")
            let why = try installation.call("why", "data_checks", "latest", "extract").output
            #expect(why.contains("with a warning: people.row_change 0.6 > 0.5"), "\(why)")
            let (failed, bad) = try installation.run(
                "data_checks", "--param", "age=130", "--param", "rows=390")
            #expect(failed == 1)
            #expect(bad.states == ["extract": "failed", "load": "upstream_failed"])
            let reason = try installation.call("why", "data_checks", "latest", "extract").output
            #expect(reason.contains("its gate did not hold: people.age.max 130 > 120"), "\(reason)")
            // What is compared with is the last run that was good.
            let metrics = try installation.call(
                "tasks", "show", "data_checks", "latest", "extract", "--output", "json"
            ).json()["task_instance"]?["metrics"]?.arrayValue
            let previous = metrics?.first { $0["name"] == "people.previous_rows" }
            #expect(previous?["value"]?.doubleValue == 400)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let table: String
        let rule: String
        /// In the sentence of `why`; nil when all holds.
        let failure: String?
        var testDescription: String { name }
    }

    nonisolated static let cases: [Case] = [
        Case(name: "rows", table: "a\n1\n", rule: #"{"min_rows": 2}"#, failure: "t.rows 1 < 2"),
        Case(name: "many rows", table: "a\n1\n2\n", rule: #"{"max_rows": 1}"#, failure: "t.rows 2 > 1"),
        Case(
            name: "nulls", table: "a,b\n1,\n", rule: #"{"column": "b", "not_null": true}"#,
            failure: "t.b.nulls 1 > 0"),
        Case(
            name: "few nulls", table: "a,b\n1,\n1,2\n", rule: #"{"column": "b", "max_null_share": 0.5}"#,
            failure: nil),
        Case(
            name: "duplicates", table: "a\n1\n2\n1\n", rule: #"{"column": "a", "unique": true}"#,
            failure: "t.a.duplicates 1 > 0"),
        Case(
            name: "no number", table: "a\n1\nx\n", rule: #"{"column": "a", "min": 0}"#,
            failure: "t.a.not_numbers 1 > 0"),
        Case(
            name: "range", table: "a\n1\n-2\n", rule: #"{"column": "a", "min": 0, "max": 5}"#,
            failure: "t.a.min -2 < 0"),
        Case(
            name: "type", table: "a\n1\n2.5\n", rule: #"{"column": "a", "type": "integer"}"#,
            failure: "t.a.mistyped 1 > 0"),
        Case(
            name: "values", table: "a\nx\nz\n", rule: #"{"column": "a", "values": ["x", "y"]}"#,
            failure: "t.a.unexpected 1 > 0"),
        Case(
            name: "missing column", table: "a\n1\n", rule: #"{"columns": ["a", "b"]}"#,
            failure: "t.missing_columns 1 > 0"),
        Case(
            name: "other column", table: "a,b\n1,2\n", rule: #"{"columns": ["a"], "no_other_columns": true}"#,
            failure: "t.other_columns 1 > 0"),
        Case(
            name: "rule about a column that is not there", table: "a\n1\n",
            rule: #"{"column": "b", "unique": true}"#, failure: "t.b.duplicates was not reported"),
        Case(
            name: "old data", table: "a\n2001-01-01\n", rule: #"{"column": "a", "max_age": "1d"}"#,
            failure: "t.a.age_seconds"),
        Case(name: "new file", table: "a\n1\n", rule: #"{"max_file_age": "1h"}"#, failure: nil),
        Case(
            name: "empty", table: "", rule: #"{"min_rows": 0}"#,
            failure: "the data check `t` cannot be made: t.csv is empty: it has no header line"),
        Case(
            name: "broken", table: "a,b\n1\n", rule: #"{"min_rows": 0}"#,
            failure: "t.csv, line 2: 1 fields, but the header has 2"),
    ]

    @Test(arguments: cases) func eachRuleIsJudged(_ row: Case) throws {
        try Installation.with { installation in
            try Files.write(row.table, to: installation.dags + "/t.csv")
            try installation.dag(
                "d",
                """
                {"dag_id": "d", "tasks": [{"task_id": "t", "command": "true",
                 "checks": [{"file": "t.csv", "rules": [\(row.rule)]}]}]}
                """)
            let (status, _) = try installation.run("d")
            #expect(status == (row.failure == nil ? 0 : 1))
            let why = try installation.call("why", "d", "latest", "t").output
            if let failure = row.failure { #expect(why.contains(failure), "\(why)") }
        }
    }

    /// The reference is named by an output of the task before; its own rule has its own columns.
    @Test func driftFromAReferenceIsJudged() throws {
        try Installation.with { installation in
            func table(_ name: String, _ shift: Int) throws {
                let rows = (0..<300).map { "\($0 % 90 + shift),\($0 % 7)\n" }
                try Files.write("age,group\n" + rows.joined(), to: installation.path(name))
            }
            try table("old.csv", 0)
            try table("new.csv", 50)
            try installation.dag(
                "watch",
                #"""
                {"dag_id": "watch", "params": {"batch": "new"}, "task_groups": [{"group_id": "g", "tasks": [
                 {"task_id": "find", "command": "echo path=../old.csv >> $ORCHESTRATOR_OUTPUT"},
                 {"task_id": "compare", "type": "monitor", "depends_on": ["find"], "command": "true",
                  "checks": [{"name": "batch", "file": "../{{ params.batch }}.csv", "rules": [
                   {"drift_from": "{{ outputs.find.path }}", "max_psi": 0.2, "max_drift_share": 0.5, "columns": ["age", "group"]}]}]}]}]}
                """#)
            #expect(try installation.run("watch", "--param", "batch=old").status == 0)
            #expect(try installation.run("watch").status == 1)
            let why = try installation.call("why", "watch", "latest", "g.compare").output
            #expect(why.contains("its gate did not hold: batch.max_psi"), "\(why)")
            let metrics =
                try installation.call(
                    "tasks", "show", "watch", "latest", "g.compare", "--output", "json"
                ).json()["task_instance"]?["metrics"]?.arrayValue ?? []
            let names = metrics.compactMap { $0["name"]?.stringValue }
            #expect(names.contains("batch.drift_share") && names.contains("batch.ks.age"), "\(names)")
        }
    }

    /// What a task without checks gets, one with checks gets too: its exit code, its signal, its time to
    /// tidy up when TERM comes to all of its processes; and the file is not looked at when the task has failed.
    @Test func theEndOfTheProgramIsTheEndOfTheTask() throws {
        try Installation.with { installation in
            let checks = #""checks": [{"file": "none.csv", "rules": [{"min_rows": 1}]}]"#
            try installation.dag(
                "ends",
                #"""
                {"dag_id": "ends", "tasks": [
                 {"task_id": "code", "command": "exit 3", \#(checks)},
                 {"task_id": "skip", "command": "exit 99", \#(checks)},
                 {"task_id": "signal", "command": "kill -9 $$", \#(checks)},
                 {"task_id": "absent", "command": ["no-such-program"], \#(checks)},
                 {"task_id": "ended", "command": "trap 'echo tidied; exit 5' TERM; kill -TERM 0; sleep 1000", \#(checks)},
                 {"task_id": "no_file", "command": "true", \#(checks)}]}
                """#)
            let (_, run) = try installation.run("ends")
            #expect(run.state("skip") == "skipped")
            let sentences = [
                ("code", "exit code 3"), ("signal", "signal 9"), ("absent", "exit code 127"),
                ("ended", "exit code 5"), ("no_file", "there is no file none.csv"),
            ]
            for (task, sentence) in sentences {
                let why = try installation.call("why", "ends", "latest", task).output
                #expect(why.contains(sentence), "\(why)")
            }
            let log = try installation.call("logs", "ends", "latest", "ended").output
            #expect(log.contains("tidied"))
        }
    }

    /// Metrics of the task and of its checks are one list, and a gate may look at both.
    @Test func aGateSeesTheChecksMetrics() throws {
        try Installation.with { installation in
            try installation.dag(
                "both",
                #"""
                {"dag_id": "both", "tasks": [{"task_id": "t", "on_gate_failure": "skip_downstream",
                  "command": "printf 'a\\n1\\n2\\n' > \"$ORCHESTRATOR_ARTIFACTS/t.csv\"; printf 'auc=0.7' >> $ORCHESTRATOR_METRICS",
                  "artifacts": ["t.csv"], "gate": [{"metric": "auc", "min": 0.9, "severity": "warn"}, {"metric": "mine.rows", "equals": 3}],
                  "checks": [{"name": "mine", "artifact": "t.csv", "rules": [{"column": "a", "min": 0, "max": 5}]}]},
                 {"task_id": "below", "depends_on": ["t"], "command": "true"}]}
                """#)
            let (status, run) = try installation.run("both")
            #expect(status == 0)
            #expect(run.states == ["t": "success", "below": "skipped"])
            let why = try installation.call("why", "both", "latest", "below").output
            #expect(why.contains("mine.rows 2 is not 3"), "\(why)")
            #expect(!why.contains("auc"))
            let shown = try installation.call("tasks", "show", "both", "latest", "t", "--output", "table")
                .output
            #expect(shown.contains("⚠ auc = 0.7 (at least 0.9)"), "\(shown)")
        }
    }

    @Test func otherWaysToRunAndTrialsAreCheckedToo() throws {
        try Installation.with { installation in
            try installation.dag(
                "ways",
                #"""
                {"dag_id": "ways", "tasks": [
                 {"task_id": "query", "sql": {"database": "x.sqlite", "query": "SELECT 1 AS a UNION ALL SELECT 1", "rows": "r.jsonl"},
                  "checks": [{"artifact": "r.jsonl", "rules": [{"column": "a", "unique": true}, {"min_rows": 2}]}]}]}
                """#)
            #expect(try installation.run("ways").status == 1)
            let why = try installation.call("why", "ways", "latest", "query").output
            #expect(why.contains("r.a.duplicates 1 > 0"), "\(why)")
            let trial = try installation.call("tasks", "test", "ways", "query")
            #expect(trial.status == 1)
            #expect(
                trial.errors.contains("the gate does not hold: r.a.duplicates 1 > 0"), "\(trial.errors)")
        }
    }
}
