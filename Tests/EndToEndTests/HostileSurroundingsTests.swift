import Glibc
import JSONText
import Testing

/// The daemon where nothing around it is as usual (rows 51, 72, 74).
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct HostileSurroundingsTests {
    private static let dag = #"{"dag_id": "d", "tasks": [{"task_id": "t", "command": "echo fine"}]}"#

    @Test func itLivesWithAnOddEnvironmentAndKeepsItsFilesPrivate() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            let odd = [
                "TZ": "garbage", "LANG": "xx_YY", "LC_ALL": "nonsense", "HOME": "", "TERM": "",
                "PATH": "/usr/bin:/bin",
            ]
            let before = umask(0)
            defer { umask(before) }
            let daemon = try installation.start(environment: odd)
            #expect(try daemon.waitForRun("d", daemon.trigger("d")).state == "success")
            #expect(Files.mode(installation.home) == 0o700)
            for name in ["orchestrator.db", "api.sock", "token", "lock", "journal.seq"] {
                #expect(Files.mode(installation.home + "/" + name) == 0o600, "\(name)")
            }
            for name in ["runs", "runs/1", "artifacts"] where Files.exists(installation.home + "/" + name) {
                #expect(Files.mode(installation.home + "/" + name) == 0o700, "\(name)")
            }
            for name in Files.names(installation.home + "/runs/1") {
                #expect(Files.mode("\(installation.home)/runs/1/\(name)") & 0o077 == 0, "\(name)")
            }
        }
    }

    @Test func resultsThatCannotBeWrittenAreAnError() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            let full = try ChildProcess(
                Programs.orchestrator, ["dags", "list", "--output", "json"],
                environment: installation.surroundings(),
                folder: installation.folder, output: "/dev/full", errors: installation.path("err"))
            #expect(try full.wait() == .exited(74))
            #expect(!Files.text(installation.path("err")).isEmpty)
        }
    }

    @Test func clientsThatNeverFinishDoNotKeepOthersOut() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            let daemon = try installation.start()
            let idle = try (0..<200).map { _ in
                try installation.api.open("POST /api/v1/dags/d/runs HTTP/1.1\r\nHo")
            }
            defer { for descriptor in idle { close(descriptor) } }
            #expect(try daemon.waitForRun("d", daemon.trigger("d")).state == "success")
            #expect(try daemon.stop() == .exited(0))
        }
    }

    @Test func aStaleSocketIsReplaced() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            try installation.start().kill()
            #expect(Files.exists(installation.home + "/api.sock"))
            #expect(try installation.call("trigger", "d").status == 69)
            let daemon = try installation.start()
            #expect(try daemon.waitForRun("d", daemon.trigger("d")).state == "success")
            #expect(try daemon.stop() == .exited(0))
            #expect(try installation.call("trigger", "d").status == 69)
        }
    }

    @Test func theFirstStepsOfANewcomerWork() throws {
        try Installation.with { installation in
            installation.environment = ["ORCHESTRATOR_DAGS": installation.path("demo")]
            #expect(try installation.call("init", "demo").status == 0)
            #expect(try installation.call("init", "demo").status == 65)
            #expect(try installation.call("validate", "demo/hello.json").status == 0)
            let (status, run) = try installation.run("demo/hello.json", "--param", "name=Ada")
            #expect(status == 0)
            #expect(try installation.call("logs", run.dagID, run.runID, "greet").output == "Hello, Ada!\n")
            #expect(try installation.call("schema").json()["$schema"] != nil)
            #expect(try installation.call("doctor").status == 0)
            #expect(try installation.call("--help").output.contains("init demo"))
        }
    }
}
