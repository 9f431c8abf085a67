import Glibc
import JSONText
import Testing

/// The DAG folder while the daemon watches it.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DAGFolderTests {
    private func dag(_ id: String, _ word: String, _ extra: String = "") -> String {
        "{\"dag_id\": \"\(id)\", \(extra)\"tasks\": [{\"task_id\": \"t\", \"command\": \"echo \(word)\"}]}"
    }

    private func importErrors(_ daemon: Daemon) throws -> [JSONValue] {
        try daemon.get("/api/v1/import-errors")["items"]?.arrayValue ?? []
    }

    private func says(_ installation: Installation, _ id: String) throws -> String {
        let (status, run) = try installation.run(id)
        #expect(status == 0)
        return try installation.call("logs", id, run.runID, "t").line
    }

    private func waitForVersion(_ daemon: Daemon, _ id: String, after version: String?) throws -> String {
        try daemon.installation.waiting.until("a new version of \(id)") {
            let answer = try daemon.installation.api.send("GET", "/api/v1/dags/\(id)")
            guard answer.status == 200 else { return nil }
            let found = answer.json["dag"]?["version"]?.stringValue ?? answer.json["version"]?.stringValue
            return found == version ? nil : found
        }
    }

    private func waitForEnd(_ daemon: Daemon, _ id: String) throws {
        try daemon.installation.waiting.until("the end of \(id)") {
            let answer = try daemon.get("/api/v1/dags/\(id)")
            return (answer["dag"] ?? answer)["is_active"] == false ? true : nil
        }
    }

    @Test func newChangedBrokenMendedAndDeletedFiles() throws {
        try Installation.with { installation in
            let daemon = try installation.start()
            try installation.dag("live", dag("live", "one"))
            let first = try waitForVersion(daemon, "live", after: nil)
            #expect(try says(installation, "live") == "one")
            try installation.dag("live", dag("live", "two"))
            let second = try waitForVersion(daemon, "live", after: first)
            #expect(try says(installation, "live") == "two")
            // Written in place, and only half of it.
            let whole = dag("live", "three")
            let path = installation.dags + "/live.json"
            try Files.write(String(whole.prefix(whole.count / 2)), to: path)
            try installation.waiting.until("the error") { try importErrors(daemon).isEmpty ? nil : true }
            let error = try #require(try importErrors(daemon).first)
            #expect(error["path"]?.stringValue == path)
            #expect(error["errors"]?[0]?["line"]?.intValue == 1)
            let shown = try daemon.get("/api/v1/dags/live")
            #expect((shown["dag"] ?? shown)["version"]?.stringValue == second)
            #expect((shown["dag"] ?? shown)["has_import_errors"] == true)
            let refused = try installation.call("trigger", "live")
            #expect(refused.status == 65 && refused.output.isEmpty, "\(refused)")
            #expect(try installation.call("dags", "list").errors.contains("live.json"))
            try Files.write(whole, to: path)
            _ = try waitForVersion(daemon, "live", after: second)
            #expect(try importErrors(daemon).isEmpty)
            #expect(try says(installation, "live") == "three")
            unlink(path)
            try waitForEnd(daemon, "live")
            #expect(try installation.call("trigger", "live").status == 66)
            #expect(
                try installation.call("runs", "list", "live", "--output", "json").json().arrayValue?.count
                    == 3)
        }
    }

    @Test func foldersAreWatchedToo() throws {
        try Installation.with { installation in
            let daemon = try installation.start()
            try Files.makeFolder(installation.dags + "/team")
            try Files.makeFolder(installation.dags + "/team/deep")
            try Files.write(dag("deep", "x"), to: installation.dags + "/team/deep/deep.json")
            _ = try waitForVersion(daemon, "deep", after: nil)
            rename(installation.dags + "/team", installation.path("away"))
            try waitForEnd(daemon, "deep")
            #expect(try installation.call("trigger", "deep").status == 66)
        }
    }

    @Test func aBrokenFileKeepsItsScheduleAlsoOverARestart() throws {
        try Installation.with { installation in
            try installation.dag("tick", dag("tick", "x", #""schedule": {"every": 0.3}, "#))
            let daemon = try installation.start()
            try installation.dag("tick", "{\"dag_id\": \"tick\", \"tasks\": ")
            try installation.waiting.until("the error") { try importErrors(daemon).isEmpty ? nil : true }
            let before = try daemon.runs("tick").count
            try installation.waiting.until("more runs") {
                try daemon.runs("tick").count > before + 1 ? true : nil
            }
            daemon.kill()
            let second = try installation.start()
            let then = try second.runs("tick").count
            try installation.waiting.until("more runs") {
                try second.runs("tick").count > then + 1 ? true : nil
            }
            #expect(try importErrors(second).count == 1)
            unlink(installation.dags + "/tick.json")
            try installation.waiting.until("no error") { try importErrors(second).isEmpty ? true : nil }
            let last = try second.runs("tick").count
            // Long enough for several ticks: two runs of another DAG from beginning to end.
            let other = installation.path("other.json")
            try Files.write(
                #"{"dag_id": "other", "tasks": [{"task_id": "t", "command": "sleep 0.7"}]}"#, to: other)
            #expect(try installation.run(other).status == 0)
            #expect(try second.runs("tick").count <= last + 1)
        }
    }

    @Test func aRunKeepsTheVersionItBeganWith() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            let told = try installation.fifo("told")
            func text(_ word: String) -> String {
                #"{"dag_id": "pin", "tasks": [{"task_id": "a", "command": "echo up > ../told; read x < ../gate"}, {"task_id": "b", "depends_on": ["a"], "command": "echo \#(word)"}]}"#
            }
            try installation.dag("pin", text("old"))
            let daemon = try installation.start()
            let version = try waitForVersion(daemon, "pin", after: nil)
            let old = try daemon.trigger("pin", ["run_id": "old"])
            #expect(try told.line() == "up")
            try installation.dag("pin", text("new"))
            _ = try waitForVersion(daemon, "pin", after: version)
            let new = try daemon.trigger("pin", ["run_id": "new"])
            #expect(try told.line() == "up")
            // Also over a restart, with the old file gone.
            daemon.kill()
            let second = try installation.start()
            gate.release(2)
            #expect(try second.waitForRun("pin", old).state == "success")
            #expect(try second.waitForRun("pin", new).state == "success")
            #expect(try installation.call("logs", "pin", old, "b").output == "old\n")
            #expect(try installation.call("logs", "pin", new, "b").output == "new\n")
            #expect(
                try second.run("pin", old).json["dag_version"] != second.run("pin", new).json["dag_version"])
        }
    }

    @Test func twoFilesWithOneIDAreBothRefused() throws {
        try Installation.with { installation in
            try installation.dag("one", dag("same", "one"))
            try installation.dag("two", dag("same", "two"))
            let daemon = try installation.start()
            let errors = try importErrors(daemon)
            #expect(errors.count == 2)
            for error in errors {
                let text = error.text()
                #expect(text.contains("one.json") && text.contains("two.json"), "\(text)")
            }
            #expect(try installation.call("trigger", "same").status == 65)
            unlink(installation.dags + "/two.json")
            try installation.waiting.until("one of them") { try importErrors(daemon).isEmpty ? true : nil }
            #expect(try says(installation, "same") == "one")
        }
    }

    @Test func aThousandReplacementsAreNeverTorn() throws {
        try Installation.with { installation in
            try installation.dag("storm", dag("storm", "v0"))
            let daemon = try installation.start()
            for number in 1...1000 { try installation.dag("storm", dag("storm", "v\(number)")) }
            let wanted = dag("storm", "v1000")
            try installation.waiting.until("the last version") {
                #expect(try importErrors(daemon).isEmpty)
                return try says(installation, "storm") == "v1000" ? true : nil
            }
            #expect(Files.text(installation.dags + "/storm.json") == wanted)
        }
    }
}
