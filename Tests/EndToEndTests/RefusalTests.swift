import Glibc
import JSONText
import Testing

/// Exit codes and messages of what the program does not do.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct RefusalTests {
    @Test func wrongUsageIs64() throws {
        try Installation.with { installation in
            for arguments in [
                ["nonsense"], ["run"], ["trigger"], ["cron", "next"], ["run", "x", "--no-such-option"],
                ["pools", "set", "p", "many"], ["dags", "next", "d", "--count", "0"], ["--port", "1"],
            ] {
                let result = try installation.call(arguments)
                #expect(result.status == 64, "\(arguments): \(result)")
                #expect(result.output.isEmpty && !result.errors.isEmpty, "\(arguments)")
            }
        }
    }

    @Test func whatIsNotThereIs66() throws {
        try Installation.with { installation in
            try installation.dag("d", #"{"dag_id": "d", "tasks": [{"task_id": "t", "command": "true"}]}"#)
            for arguments in [
                ["run", "nothing.json"], ["run", "unknown"], ["runs", "show", "d", "unknown"],
                ["runs", "show", "d", "latest"], ["dags", "show", "unknown"],
                ["why", "unknown", "latest", "t"],
                ["logs", "d", "unknown", "t"], ["validate", "nowhere"], ["pools", "get", "unknown"],
            ] {
                let result = try installation.call(arguments)
                #expect(result.status == 66, "\(arguments): \(result)")
                #expect(result.output.isEmpty && !result.errors.isEmpty, "\(arguments)")
            }
        }
    }

    @Test func whatNeedsADaemonIs69WithoutOne() throws {
        try Installation.with { installation in
            try installation.dag("d", #"{"dag_id": "d", "tasks": [{"task_id": "t", "command": "true"}]}"#)
            #expect(try installation.call("run", "d", "--run-id", "r").status == 0)
            for arguments in [
                ["trigger", "d"], ["runs", "cancel", "d", "r"], ["runs", "clear", "d", "r", "--yes"],
                ["status", "--url", "http://127.0.0.1:9"],
            ] {
                let result = try installation.call(arguments)
                #expect(result.status == 69, "\(arguments): \(result)")
            }
        }
    }

    @Test func badConfigurationIs78() throws {
        try Installation.with { installation in
            try Files.makeFolder(installation.home)
            try Files.write(#"{"prot": 1}"#, to: installation.home + "/config.json")
            let typo = try installation.call("status")
            #expect(typo.status == 78 && typo.errors.contains("did you mean \"port\""), "\(typo)")
            try Files.write(#"{"port": "many"}"#, to: installation.home + "/config.json")
            #expect(try installation.call("status").status == 78)
            unlink(installation.home + "/config.json")
            #expect(try installation.call("start", environment: ["ORCHESTRATOR_PORT": "-1"]).status == 78)
            let unknown = try installation.call("dags", "list", environment: ["ORCHESTRATOR_HOMME": "x"])
            #expect(unknown.status == 0 && unknown.errors.contains("ORCHESTRATOR_HOMME"))
        }
    }

    @Test func theSecondDaemonIs73AndNamesTheFirst() throws {
        try Installation.with { installation in
            let daemon = try installation.start()
            let second = try installation.call("start", "--port", "0")
            #expect(second.status == 73)
            #expect(second.errors.contains("\(daemon.processID)"), "\(second.errors)")
            #expect(second.output.isEmpty)
            #expect(try daemon.get("/api/v1/status")["health"] != nil)
        }
    }

    @Test func aTakenPortIs74() throws {
        try Installation.with { first in
            let port = try #require(first.start().url.split(separator: ":").last.map(String.init))
            try Installation.with { second in
                let result = try second.call("start", "--port", port)
                #expect(result.status == 74, "\(result)")
                #expect(result.errors.contains(port))
                try second.waitForQuiet()
            }
        }
    }

    @Test func aBrokenFileIs65WithItsPlace() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "b", "{\"dag_id\": \"b\",\n \"tasks\": [{\"task_id\": \"t\", \"comand\": \"true\"}]}")
            let run = try installation.call("run", file)
            #expect(run.status == 65 && run.errors.contains("command"), "\(run)")
            let result = try installation.call("validate", file)
            #expect(result.status == 65)
            #expect(result.output.hasPrefix("\(file):2:29: "), "\(result.output)")
            let report = try installation.call("validate", file, "--output", "json").json()
            let entry = try #require(report["files"]?[0])
            #expect(report["files"]?.arrayValue?.count == 1)
            #expect(entry["path"]?.stringValue == file && entry["dag_id"] == "b" && entry["warnings"] == [])
            let error = try #require(entry["errors"]?[0])
            #expect(error["line"] == 2 && error["column"] == 29 && error["pointer"] == "/tasks/0/comand")
            #expect(error["message"]?.stringValue?.contains("command") == true)
        }
    }

    /// Rows 57 to 62 of the reliability matrix: all of a folder's broken files at once, none of them waited for.
    @Test func validateNamesEveryBrokenFileOfAFolder() throws {
        try Installation.with { installation in
            let task = #""tasks": [{"task_id": "t", "command": "true"}]"#
            let bad: [(name: String, bytes: [UInt8])] = [
                ("half", Array(#"{"dag_id": "half", "tas"#.utf8)), ("empty", []),
                ("bom", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
                ("utf16", [0xFF, 0xFE] + Array("{}".utf8).flatMap { [$0, 0] }),
                ("comment", Array("{/* x */}".utf8)),
                ("surrogate", Array(#"{"dag_id": "\ud800"}"#.utf8)),
                ("number", Array("{\"dag_id\": \"n\", \"x\": 1e400}".utf8)),
                ("deep", Array((String(repeating: "[", count: 100_000)).utf8)),
                ("duplicate_key", Array("{\"dag_id\": \"k\", \"dag_id\": \"k\", \(task)}".utf8)),
                ("no_tasks", Array(#"{"dag_id": "no_tasks", "tasks": []}"#.utf8)),
                (
                    "cycle",
                    Array(
                        #"{"dag_id": "cycle", "tasks": [{"task_id": "a", "command": "x", "depends_on": ["b"]}, {"task_id": "b", "command": "x", "depends_on": ["a"]}]}"#
                            .utf8)
                ),
                (
                    "self",
                    Array(
                        #"{"dag_id": "self", "tasks": [{"task_id": "a", "command": "x", "depends_on": ["a"]}]}"#
                            .utf8)
                ),
                (
                    "unknown",
                    Array(
                        #"{"dag_id": "unknown", "tasks": [{"task_id": "a", "command": "x", "depends_on": ["zz"]}]}"#
                            .utf8)
                ),
                (
                    "twice",
                    Array(
                        #"{"dag_id": "twice", "tasks": [{"task_id": "a", "command": "x"}, {"task_id": "a", "command": "x"}]}"#
                            .utf8)
                ),
                (
                    "template",
                    Array(
                        #"{"dag_id": "template", "params": {"x": 1}, "tasks": [{"task_id": "a", "command": "echo {{ params.x }}"}]}"#
                            .utf8)
                ),
                ("bad_id", Array("{\"dag_id\": \"a b\", \(task)}".utf8)),
                ("cron", Array("{\"dag_id\": \"cron\", \"schedule\": \"61 * * * *\", \(task)}".utf8)),
                ("zone", Array("{\"dag_id\": \"zone\", \"timezone\": \"Mars/Base\", \(task)}".utf8)),
                ("later", Array("{\"dag_id\": \"later\", \"task_groups\": [], \(task)}".utf8)),
                ("same1", Array("{\"dag_id\": \"same\", \(task)}".utf8)),
                ("same2", Array("{\"dag_id\": \"same\", \(task)}".utf8)),
                ("big", Array(repeating: UInt8(ascii: " "), count: 17 << 20)),
            ]
            for file in bad { try Files.write(file.bytes, to: "\(installation.dags)/\(file.name).json") }
            mkfifo(installation.dags + "/fifo.json", 0o600)
            symlink("loop.json", installation.dags + "/loop.json")
            symlink("/dev/zero", installation.dags + "/device.json")
            try installation.dag("good", "{\"dag_id\": \"good\", \(task)}")
            let result = try installation.call("validate", "--output", "json")
            #expect(result.status == 65)
            let files = try #require(try result.json()["files"]?.arrayValue)
            let broken = Set(files.filter { $0["errors"] != [] }.compactMap { $0["path"]?.stringValue })
            let expected = bad.map(\.name) + ["fifo", "loop", "device"]
            #expect(broken == Set(expected.map { "\(installation.dags)/\($0).json" }))
            #expect(files.count == expected.count + 1)
            for file in files {
                for error in file["errors"]?.arrayValue ?? [] {
                    #expect(
                        error["line"]?.intValue ?? 0 >= 1 && error["column"]?.intValue ?? 0 >= 1, "\(file)")
                    #expect(error["message"]?.stringValue?.isEmpty == false)
                }
            }
            let same = files.filter { $0["path"]?.stringValue?.contains("/same") == true }.map { $0.text() }
            #expect(same.count == 2 && same[0].contains("same2.json") && same[1].contains("same1.json"))
            // A daemon lives with all of them.
            let daemon = try installation.start()
            #expect(try daemon.waitForRun("good", daemon.trigger("good")).state == "success")
        }
    }
}
