import Crypto
import Foundation
import Glibc
import JSONText
import Testing

/// Notices sent to real receivers: a web server, a mail server, a command.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct NoticeTests {
    private func notices(_ installation: Installation, _ arguments: String...) throws -> [JSONValue] {
        try installation.call(["notices", "list"] + arguments + ["--output", "json"]).json().arrayValue ?? []
    }

    /// Until every notice is sent or given up.
    private func settled(_ installation: Installation, count: Int) throws -> [JSONValue] {
        try installation.waiting.until("\(count) notices to be settled") {
            let all = try notices(installation)
            let open = all.filter { ["pending", "sending"].contains($0["state"]?.stringValue) }
            return all.count >= count && open.isEmpty ? all : nil
        }
    }

    // MARK: Commands

    @Test func aCommandHasTheFactsInItsEnvironment() throws {
        try Installation.with { installation in
            let said = installation.path("said")
            try installation.dag(
                "told",
                #"""
                {"dag_id": "told", "env": {"OWN": "x"}, "params": {"who": "'; rm -rf /; '"},
                 "on_failure": {"command": "echo \"$ORCHESTRATOR_NOTICE_EVENT|$ORCHESTRATOR_NOTICE_STATE|$ORCHESTRATOR_TASK_ID|$OWN\" >> \#(said)"},
                 "default_args": {"on_failure": {"command": ["/bin/sh", "-c", "echo \"$1|$ORCHESTRATOR_TASK_ID|$ORCHESTRATOR_TRY_NUMBER|$ORCHESTRATOR_NOTICE_REASON\" >> \#(said); cat \"$ORCHESTRATOR_NOTICE\" >> \#(said).json", "sh", "{{ params.who }}"]}},
                 "tasks": [{"task_id": "good", "command": "true"}, {"task_id": "bad", "command": "exit 3"},
                           {"task_id": "silent", "command": "exit 4", "on_failure": []}]}
                """#)
            try installation.start()
            let (status, run) = try installation.run("told")
            #expect(status == 1)
            let all = try settled(installation, count: 2)
            #expect(all.allSatisfy { $0["state"] == "sent" && $0["tries"] == 1 }, "\(all)")
            #expect(
                Set(Files.lines(said)) == [
                    "on_failure|failed||x", "'; rm -rf /; '|bad|1|exit code 3",
                ])
            let facts = try JSONValue.parse(Files.text(said + ".json"))
            #expect(facts["id"]?.stringValue == all.first { $0["task_id"] == "bad" }?["uid"]?.stringValue)
            #expect(facts["dag_id"] == "told" && facts["task_id"] == "bad" && facts["state"] == "failed")
            #expect(facts["run_id"] == run.json["run_id"] && facts["reason"] == "exit code 3")
        }
    }

    @Test func aFailingNoticeChangesNothingAndIsGivenUp() throws {
        try Installation.with { installation in
            try installation.dag(
                "vain",
                #"""
                {"dag_id": "vain", "tasks": [{"task_id": "t", "command": "true",
                 "on_success": {"command": "echo out of paper; exit 7", "retries": 2, "retry_delay": "10ms"}}]}
                """#)
            let daemon = try installation.start()
            let run = try daemon.trigger("vain")
            #expect(try daemon.waitForRun("vain", run).state == "success")
            let notice = try #require(try settled(installation, count: 1).first)
            #expect(notice["state"] == "failed" && notice["tries"] == 3)
            #expect(notice["problem"] == "exit code 7: out of paper")
            let why = try installation.call("why", "vain", run, "t").output
            #expect(
                why.contains(
                    "Its on_success notice by command was given up after 3 tries: exit code 7: out of paper"),
                "\(why)")
            #expect(try daemon.run("vain", run).state == "success")
            #expect(daemon.log.contains("was given up"))
            let shown = try installation.call("notices", "list", "vain", "--state", "failed").output
            #expect(shown.contains("out of paper"))
            // With what was wrong put right, a person has it sent again.
            let id = try #require(notice["id"]?.intValue)
            #expect(try installation.call("notices", "send", "\(id)").status == 0)
            let again = try #require(try settled(installation, count: 1).first)
            #expect(again["state"] == "failed" && again["uid"] == notice["uid"])
            #expect(try installation.call("notices", "send", "999").status == 66)
        }
    }

    @Test func aCommandThatHangsIsEnded() throws {
        try Installation.with { installation in
            try installation.dag(
                "hang",
                #"""
                {"dag_id": "hang", "tasks": [{"task_id": "t", "command": "true",
                 "on_success": {"command": "sleep 1000 & wait", "timeout": "200ms", "retries": 0}}]}
                """#)
            try installation.start()
            #expect(try installation.run("hang").status == 0)
            let notice = try #require(try settled(installation, count: 1).first)
            #expect(notice["state"] == "failed" && notice["problem"] == "it took longer than its timeout")
        }
    }

    @Test func aForegroundRunSendsBeforeItEnds() throws {
        try Installation.with { installation in
            let said = installation.path("said")
            let file = try installation.dag(
                "alone",
                #"""
                {"dag_id": "alone", "tasks": [{"task_id": "t", "command": "true"}],
                 "on_success": {"command": "echo told >> \#(said)"}}
                """#)
            #expect(try installation.call("run", file).status == 0)
            #expect(Files.lines(said) == ["told"])
        }
    }

    // MARK: Webhooks

    @Test func aWebhookIsSignedAndSaysNoSecrets() throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            installation.environment = [
                "ORCHESTRATOR_VAR_HOOK_SECRET": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
                "ORCHESTRATOR_VAR_API_TOKEN": "token-of-the-api",
            ]
            try installation.dag(
                "hook",
                #"""
                {"dag_id": "hook", "params": {"url": ""}, "tasks": [{"task_id": "t",
                 "command": "echo \"bad=token-of-the-api x\" >> $ORCHESTRATOR_METRICS",
                 "on_failure": [
                  {"webhook": {"url": "{{ params.url }}/a", "secret": "{{ var.value.hook_secret }}",
                               "headers": {"X-Token": "{{ var.value.api_token }}"}}},
                  {"webhook": {"url": "{{ params.url }}/b", "body": {"text": "{{ task.task_id }} of {{ dag.dag_id }}: {{ notice.reason }}"}}}]}]}
                """#)
            try installation.start()
            #expect(
                try installation.run("hook", "--param", "url=http://127.0.0.1:\(server.port)").status == 1)
            let requests = try server.lines("requests", atLeast: 2)
            let signed = try #require(requests.first { $0["path"] == "/a" })
            let headers = try #require(signed["headers"]?.objectValue)
            let body = try #require(signed["body"]?.stringValue)
            let id = try #require(headers["webhook-id"]?.stringValue)
            let timestamp = try #require(headers["webhook-timestamp"]?.stringValue)
            let key = SymmetricKey(data: Data("secret-secret-secret".utf8))
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("\(id).\(timestamp).\(body)".utf8), using: key)
            #expect(headers["webhook-signature"] == .string("v1," + Data(code).base64EncodedString()))
            #expect(headers["content-type"] == "application/json" && headers["x-token"] == "token-of-the-api")
            let facts = try JSONValue.parse(body)
            #expect(facts["id"]?.stringValue == id && facts["event"] == "on_failure")
            #expect(
                facts["reason"]?.stringValue?.contains("***") == true && !body.contains("token-of-the-api"))
            let plain = try #require(requests.first { $0["path"] == "/b" })
            let said = try JSONValue.parse(plain["body"]?.stringValue ?? "")["text"]?.stringValue ?? ""
            #expect(said.hasPrefix("t of hook: ") && said.contains("***"), "\(said)")
            #expect(plain["headers"]?["webhook-signature"] == nil)
            #expect(try settled(installation, count: 2).allSatisfy { $0["state"] == "sent" })
        }
    }

    @Test func aReceiverThatRefusesIsAskedAgainWithTheSameID() throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            try Files.write("503", to: server.folder + "/status")
            try installation.dag(
                "again",
                #"""
                {"dag_id": "again", "tasks": [{"task_id": "t", "command": "true"}],
                 "on_success": {"webhook": "http://127.0.0.1:\#(server.port)/", "retry_delay": "10ms", "retries": 100}}
                """#)
            try installation.start()
            #expect(try installation.run("again").status == 0)
            _ = try server.lines("requests", atLeast: 2)
            #expect(try notices(installation).first?["problem"] == "127.0.0.1 answered 503")
            try Files.write("200", to: server.folder + "/status")
            #expect(try settled(installation, count: 1).first?["state"] == "sent")
            let ids = Set(
                try server.lines("requests", atLeast: 3).compactMap {
                    $0["headers"]?["webhook-id"]?.stringValue
                })
            #expect(ids.count == 1)
        }
    }

    @Test(arguments: [
        ("302", "127.0.0.1 answered 302", 2), ("410", "127.0.0.1 answered 410", 1),
    ]) func someAnswersAreFinal(status: String, problem: String, tries: Int64) throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            try Files.write(status, to: server.folder + "/status")
            try installation.dag(
                "final",
                #"""
                {"dag_id": "final", "tasks": [{"task_id": "t", "command": "true"}],
                 "on_success": {"webhook": "http://127.0.0.1:\#(server.port)/", "retry_delay": 0, "retries": 1}}
                """#)
            try installation.start()
            #expect(try installation.run("final").status == 0)
            let notice = try #require(try settled(installation, count: 1).first)
            #expect(notice["state"] == "failed" && notice["problem"] == .string(problem))
            #expect(notice["tries"] == .integer(tries))
            #expect(try server.lines("requests", atLeast: Int(tries)).count == Int(tries))
        }
    }

    // MARK: Restarts

    /// Shot after every commit in turn: whatever was committed is told, with one id for each.
    @Test(arguments: 1...9) func aDaemonShotBeforeItSendsSendsAfterItsRestart(_ commit: Int) throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            try installation.dag(
                "shot",
                #"""
                {"dag_id": "shot", "tasks": [
                 {"task_id": "a", "command": "true", "on_success": {"webhook": "http://127.0.0.1:\#(server.port)/a"}},
                 {"task_id": "b", "depends_on": ["a"], "command": "exit 1", "on_failure": {"webhook": "http://127.0.0.1:\#(server.port)/b"}}],
                 "on_failure": {"webhook": "http://127.0.0.1:\#(server.port)/run"}}
                """#)
            let failpoint = ["ORCHESTRATOR_FAILPOINT": "after_commit_before_actions@\(commit)"]
            let first = try installation.launch(environment: failpoint)
            if try first.becomesReady(), let run = try? first.trigger("shot") {
                _ = try? first.waitForRun("shot", run)
            }
            first.kill()
            let second = try installation.start()
            for run in try second.runs("shot") {
                #expect(
                    try second.waitForRun("shot", run.json["run_id"]?.stringValue ?? "").state == "failed")
            }
            let count = try second.runs("shot").count * 3
            let all = try settled(installation, count: count)
            #expect(all.count == count && all.allSatisfy { $0["state"] == "sent" }, "\(all)")
            let requests = try server.lines("requests", atLeast: count)
            let ids = requests.compactMap { $0["headers"]?["webhook-id"]?.stringValue }
            #expect(Set(ids) == Set(all.compactMap { $0["uid"]?.stringValue }))
        }
    }

    /// What is under way when the daemon is shot goes on by itself, and is not sent twice.
    @Test func aNoticeUnderWayOutlivesTheDaemon() throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            let hold = try FIFO(server.folder + "/hold")
            try installation.dag(
                "held",
                #"""
                {"dag_id": "held", "tasks": [{"task_id": "t", "command": "true"}],
                 "on_success": {"webhook": "http://127.0.0.1:\#(server.port)/", "retry_delay": 0}}
                """#)
            let first = try installation.start()
            try first.trigger("held")
            _ = try server.lines("requests", atLeast: 1)
            first.kill()
            hold.release()
            try installation.start()
            let notice = try #require(try settled(installation, count: 1).first)
            #expect(notice["state"] == "sent" && notice["tries"] == 1)
            #expect(try server.lines("requests", atLeast: 1).count == 1)
        }
    }

    /// Nobody knows whether it was sent: it is sent again, with the id by which the receiver can tell.
    @Test func aNoticeWhoseProcessesAreShotIsSentAgain() throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            let hold = try FIFO(server.folder + "/hold")
            try installation.dag(
                "gone",
                #"""
                {"dag_id": "gone", "tasks": [{"task_id": "t", "command": "true"}],
                 "on_success": {"webhook": "http://127.0.0.1:\#(server.port)/", "retry_delay": 0}}
                """#)
            let first = try installation.start()
            try first.trigger("gone")
            _ = try server.lines("requests", atLeast: 1)
            first.kill()
            for process in installation.processes() where process != first.processID {
                kill(process, SIGKILL)
            }
            unlink(hold.path)
            hold.release()
            try installation.start()
            #expect(try settled(installation, count: 1).first?["state"] == "sent")
            let requests = try server.lines("requests", atLeast: 2)
            #expect(Set(requests.compactMap { $0["headers"]?["webhook-id"]?.stringValue }).count == 1)
        }
    }

    // MARK: Deadlines

    @Test func aMissedDeadlineIsToldOnceAndSeen() throws {
        try Installation.with { installation in
            let server = try TestServer("webhook_server", installation)
            let hold = try installation.fifo("hold")
            try installation.dag(
                "late",
                #"""
                {"dag_id": "late", "max_active_runs": 1,
                 "deadline": {"not_started_by": "100ms", "notify": {"webhook": "http://127.0.0.1:\#(server.port)/run"}},
                 "tasks": [{"task_id": "slow", "command": "read line < \#(hold.path)",
                  "deadline": [{"not_finished_by": "100ms", "notify": {"webhook": "http://127.0.0.1:\#(server.port)/task"}},
                               {"average_runtime": 2}]}]}
                """#)
            let first = try installation.start()
            let run = try first.trigger("late")
            let waiting = try first.trigger("late")
            _ = try server.lines("requests", atLeast: 2)
            first.kill()
            let second = try installation.start()
            hold.release(2)
            #expect(try second.waitForRun("late", run).state == "success")
            #expect(try second.waitForRun("late", waiting).state == "success")
            let all = try settled(installation, count: 2)
            let told = Set(
                all.map { "\($0["run_id"]?.stringValue ?? "") \($0["task_id"]?.stringValue ?? "run")" })
            #expect(told.isSuperset(of: ["\(run) slow", "\(waiting) run"]))
            #expect(all.allSatisfy { $0["event"] == "deadline" && $0["state"] == "sent" })
            #expect(!told.contains("\(run) run"))
            let why = try installation.call("why", "late", run, "slow").output
            #expect(why.contains("Deadline missed: `slow` has not finished by "), "\(why)")
            let shown = try installation.call("runs", "show", "late", run, "--output", "json").json()
            let deadlines = shown["deadlines"]?.arrayValue ?? []
            #expect(deadlines.contains { $0["task_id"] == "slow" && $0["outcome"] == "missed" })
            #expect(deadlines.contains { $0["task_id"] == "slow" && $0["outcome"] == "ignored" })
        }
    }
}
