import Glibc
import JSONText
import Testing

/// Logs: their limit, and a folder that goes away.
@FaultLane @Suite(.serialized, .timeLimit(.minutes(60))) struct LogStorageTests {
    @Test func fiveGigabytesAreCutWithAMarker() throws {
        try Installation.with { installation in
            installation.environment["ORCHESTRATOR_LOG_LIMIT_BYTES"] = "1048576"
            let file = try installation.dag(
                "loud",
                #"""
                {"dag_id": "loud", "tasks": [{"task_id": "t", "command": "echo begin; head -c 5G /dev/zero; echo; echo end; exit 3"}]}
                """#)
            let (_, run) = try installation.run(file, seconds: 120)
            #expect(run.state == "failed")
            let shown = RunView(
                json: try installation.call("runs", "show", "loud", "latest", "--output", "json").json())
            #expect(shown.instance("t")?["exit_code"] == 3)
            let log = try #require(Files.names(installation.home + "/runs/1").first { $0.hasSuffix(".log") })
            let bytes = try #require(Files.bytes("\(installation.home)/runs/1/\(log)"))
            // The limit, and the last part of the output, which is kept beside it.
            #expect(bytes.count <= 1_048_576 + 131_072 && bytes.count > 1_000_000, "\(bytes.count)")
            let text = String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
            #expect(text.hasPrefix("begin\n") && text.hasSuffix("end\n"))
            // How much is missing stands where it is missing.
            #expect(text.firstMatch(of: /[0-9]{10}/) != nil, "\(text.suffix(500))")
        }
    }

    /// Row 44: what runs goes on, what comes later makes the folders it needs.
    @Test func theRunFoldersMayBeRemovedWhileTasksRun() throws {
        try Installation.with { installation in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            try installation.dag(
                "held",
                #"""
                {"dag_id": "held", "tasks": [{"task_id": "t", "command": "echo before; echo up > ../told; read x < ../gate; echo later; exit 5"},
                 {"task_id": "after", "depends_on": ["t"], "trigger_rule": "all_done", "command": "echo after"}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("held")
            #expect(try told.line() == "up")
            Files.removeTree(installation.home + "/runs")
            gate.release()
            let run = try daemon.waitForRun("held", runID)
            #expect(run.instance("t")?["exit_code"] == 5)
            #expect(run.state("after") == "success", "\(run.json.text())")
            #expect(try installation.call("logs", "held", runID, "after").output == "after\n")
            // The lost log is an empty answer or a plain refusal, never a fault of ours.
            let lost = try installation.call("logs", "held", runID, "t")
            #expect(lost.status == 0 || lost.status == 66, "\(lost)")
            gate.release()
            let next = try daemon.trigger("held")
            #expect(try daemon.waitForRun("held", next).state("after") == "success")
            #expect(try installation.call("logs", "held", next, "t").output == "before\nlater\n")
        }
    }

    @Test func oddBytesInOutputComeBackAsTheyAre() throws {
        try Installation.with { installation in
            let bytes: [UInt8] = [0, 1, 27, 91, 255, 254, 128, 13, 10] + Array("ä\u{2028}".utf8)
            try Files.write(bytes, to: installation.path("odd"))
            let file = try installation.dag(
                "odd",
                #"{"dag_id": "odd", "tasks": [{"task_id": "t", "command": ["cat", "\#(installation.path("odd"))"]}]}"#
            )
            #expect(try installation.run(file).status == 0)
            let (call, files) = try installation.begin(["logs", "odd", "latest", "t"])
            #expect(try call.wait() == .exited(0))
            #expect(Files.bytes(files + ".out") == bytes)
        }
    }
}
