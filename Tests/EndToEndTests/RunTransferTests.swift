import Foundation
import Glibc
import JSONText
import Testing

/// A run as one file: written in one home, opened in another.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct RunTransferTests {
    private static let text = #"""
        {"dag_id": "t", "params": {"n": 3}, "tasks": [
          {"task_id": "make", "expand": {"i": [1, 2]}, "retries": 1, "retry_delay": 0, "artifacts": ["a.bin"],
           "command": "echo try $ORCHESTRATOR_TRY_NUMBER; test $ORCHESTRATOR_TRY_NUMBER = 2 || exit 1; seq 300000 > $ORCHESTRATOR_ARTIFACTS/a.bin; echo loss=0.5 1 >> $ORCHESTRATOR_METRICS; echo auc=inf >> $ORCHESTRATOR_METRICS; echo 'o={\"k\": [1, null]}' >> $ORCHESTRATOR_OUTPUT"},
          {"task_id": "judge", "depends_on": ["make"], "env": {"P": "{{ var.value.api_password }}"}, "cache": true,
           "command": "echo $P; echo auc=0.9 >> $ORCHESTRATOR_METRICS", "gate": [{"metric": "auc", "min": 0.8}]},
          {"task_id": "no", "depends_on": ["judge"], "when": "params.n > 5", "command": "true"}]}
        """#

    /// Runs and exports in one home, and tells the other about the file.
    private func exported(_ body: (Installation, Installation, String) throws -> Void) throws {
        try Installation.with { source in
            try source.dag("t", Self.text)
            #expect(try source.call("variables", "set", "api_password", "correct-horse").status == 0)
            #expect(try source.call("run", "t", "--run-id", "first", "--note", "look").status == 0)
            let file = source.path("first.run")
            let result = try source.call("runs", "export", "t", "first", file)
            #expect(result.status == 0 && result.line == file, "\(result.errors)")
            try Installation.with { target in try body(source, target, file) }
        }
    }

    private func show(_ installation: Installation, _ command: String...) throws -> JSONValue {
        try installation.call(command + ["--output", "json"]).json()
    }

    @Test func anotherHomeSeesWhatTheFirstSaw() throws {
        try exported { source, target, file in
            // Something is here already, so that the numbers of the runs differ.
            try target.dag("other", #"{"dag_id": "other", "tasks": [{"task_id": "x", "command": "true"}]}"#)
            #expect(try target.call("run", "other").status == 0)
            let imported = try target.call("runs", "import", file)
            #expect(imported.status == 0 && imported.line == "first", "\(imported.errors)")
            #expect(
                try show(source, "runs", "show", "t", "first") == show(target, "runs", "show", "t", "first"))
            for index in ["0", "1"] {
                let both = try [source, target].map {
                    try show($0, "tasks", "show", "t", "first", "make", "--map-index", index)
                }
                #expect(both[0] == both[1] && both[1]["tries"]?.arrayValue?.count == 2)
                let logs = try [source, target].map {
                    try $0.call("logs", "t", "first", "make", "--map-index", index, "--try", "1").output
                }
                #expect(logs[0] == logs[1] && logs[1] == "try 1\n")
                let hash = both[1]["artifacts"]?.arrayValue?.first?["sha256"]?.stringValue ?? ""
                let kept = "/artifacts/\(hash.prefix(2))/\(hash)"
                #expect(Files.bytes(source.home + kept) == Files.bytes(target.home + kept))
                #expect(Files.size(target.home + kept) > 1 << 20, "more than one piece")
            }
            #expect(
                try target.call("logs", "t", "first", "judge").output.hasSuffix("***\n"),
                "a secret stays at home")
            #expect(!(String(decoding: Files.bytes(file) ?? [], as: UTF8.self)).contains("correct-horse"))
            #expect(
                try source.call("why", "t", "first", "no").output
                    == target.call("why", "t", "first", "no").output)
            let again = try target.call("runs", "import", file)
            #expect(again.status == 65 && again.errors.contains("is here already"))
            #expect(try target.call("db", "check").status == 0)
            // It can go like any other, and come back.
            #expect(try target.call("runs", "delete", "t", "first", "--yes").status == 0)
            #expect(try target.call("runs", "import", file).status == 0)
            #expect(try target.call("run", "other").status == 0, "runs go on with numbers of their own")
        }
    }

    @Test func aDaemonExportsAndImportsToo() throws {
        try exported { source, target, file in
            let daemon = try target.start()
            #expect(try target.call("runs", "import", file).status == 0)
            #expect(try daemon.run("t", "first").state == "success")
            let copy = target.path("copy.run")
            #expect(try target.call("runs", "export", "t", "latest", copy).status == 0)
            #expect(try target.call("runs", "export", "t", "latest", copy).status == 65, "never over a file")
            #expect(try source.call("runs", "delete", "t", "first", "--yes").status == 0)
            #expect(try source.call("runs", "import", copy).status == 0)
        }
    }

    @Test func whatHasNotEndedIsNotExported() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            try installation.dag(
                "w",
                "{\"dag_id\": \"w\", \"tasks\": [{\"task_id\": \"t\", \"command\": \"cat \(gate.path)\"}]}")
            let daemon = try installation.start()
            let run = try daemon.trigger("w", ["run_id": "r"])
            try daemon.waitForTask("w", run, "t", "running")
            let result = try installation.call("runs", "export", "w", "r", installation.path("f"))
            #expect(result.status == 65 && result.errors.contains("running"))
            #expect(!Files.exists(installation.path("f")) && !Files.exists(installation.path("f.partial")))
        }
    }

    /// What a stranger may have done to the file, and a word of the answer.
    nonisolated static let hostile: [(sql: String, word: String)] = [
        ("PRAGMA application_id = 1", "not an exported run"), ("PRAGMA user_version = 9", "format 9"),
        ("UPDATE fact SET value = 999 WHERE name = 'schema'", "later version"),
        ("CREATE TRIGGER x AFTER INSERT ON metric BEGIN SELECT 1; END", "does not belong there"),
        ("CREATE VIEW x AS SELECT 1", "does not belong there"),
        ("CREATE TABLE x (y)", "does not belong there"),
        (
            "UPDATE piece SET bytes = zeroblob(length(bytes)) WHERE file LIKE 'artifacts/%'",
            "does not have its hash"
        ),
        ("UPDATE piece SET bytes = x'41' WHERE file LIKE 'logs/%'", "does not have its hash"),
        ("UPDATE OR REPLACE file SET name = '../../evil'", "whose name, size or hash is none"),
        ("UPDATE OR REPLACE file SET name = 'logs/../../evil'", "whose name, size or hash is none"),
        ("UPDATE attempt SET id = '../../evil'", "an id that is none"),
        ("UPDATE attempt SET state = 'running' WHERE try_number = 2", "has not ended"),
        ("UPDATE dag_run SET state = 'running'", "no finished run"),
        ("UPDATE task_instance SET state = 'queued'", "have not ended"),
        ("UPDATE task_instance SET task = 7 WHERE task = 2", "not those of its DAG"),
        ("UPDATE task_instance SET reason = '{\"kind\": \"nonsense\"}'", "cannot be"),
        ("UPDATE task_instance SET state = 'great'", "CHECK"),
        ("UPDATE task_output SET value = '{'", "cannot be"),
        ("UPDATE artifact SET sha256 = '../../../etc/passwd'", "has no hash"),
        ("UPDATE dag_run SET dag_id = 'else'", "another DAG"),
        ("UPDATE dag_run SET run_id = 'a/b'", "another DAG"),
        ("DELETE FROM dag_run", "0 runs"), ("INSERT INTO dag_run SELECT * FROM dag_run", "2 runs"),
        ("UPDATE fact SET value = x'7b7d' WHERE name = 'source'", "does not read"),
        ("UPDATE fact SET value = 'text' WHERE name = 'source'", "does not hold the DAG"),
        ("DELETE FROM task_instance WHERE task = 0", "FOREIGN KEY"),
    ]

    @Test func aForgedFileIsRefusedAndLeavesNothing() throws {
        try exported { _, target, file in
            let whole = try #require(Files.bytes(file))
            try SQLiteTool.execute("UPDATE metric SET value = value + 1", in: file)
            #expect(try target.call("runs", "import", file).errors.contains("not what was sealed"))
            for (sql, word) in Self.hostile {
                try Files.write(whole, to: file)
                try SQLiteTool.execute(sql, in: file)
                try Self.seal(file, target)
                let result = try target.call("runs", "import", file)
                #expect(
                    result.status == 65 && result.errors.contains(word),
                    "\(sql): \(result.status) \(result.errors)")
            }
            for bytes in [[], Array(whole.prefix(50)), Array(whole.prefix(20_000)), Array("hello".utf8)] {
                try Files.write(bytes, to: file)
                #expect(try target.call("runs", "import", file).status == 65)
            }
            #expect(unlink(file) == 0 && mkfifo(file, 0o600) == 0)
            #expect(try target.call("runs", "import", file).status == 65)
            #expect(try target.call("runs", "import", "/nonexistent").status == 65)
            #expect(try target.call("runs", "list", "--output", "json").json() == [])
            #expect(
                Files.names(target.home + "/runs").filter { $0.hasPrefix("import") || $0 == "evil" }.isEmpty)
            #expect(!Files.exists(target.home + "/evil") && !Files.exists(target.folder + "/evil"))
            #expect(try target.call("db", "check").status == 0)
        }
    }
}

extension RunTransferTests {
    private static func seal(_ file: String, _ target: Installation) throws {
        let program = Programs.project + "/Tests/EndToEndTests/Faults/seal.py"
        let sealing = try ChildProcess(
            Programs.project + "/.venv/bin/python", [program, file], environment: target.surroundings(),
            folder: target.folder, output: target.path("seal.out"), errors: target.path("seal.err"))
        guard case .exited(0) = try sealing.wait() else {
            throw HarnessError("not sealed: \(Files.text(target.path("seal.err")))")
        }
    }
}
