import Glibc
import JSONText
import Testing

/// A database that cannot be trusted is refused, named, and left as it is (rows 26 to 34).
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DatabaseTests {
    private static let dag = #"{"dag_id": "d", "tasks": [{"task_id": "t", "command": "true"}]}"#

    /// What is done to the files of a home whose daemon is gone, and a word of the message it leads to.
    enum Damage: String, CaseIterable, Sendable {
        case zeroedFirstPage, garbage, truncated, oddLength, empty, missing, newer, foreign, lostLog, link

        var word: String {
            switch self {
            case .zeroedFirstPage, .garbage, .truncated, .oddLength: "damaged"
            case .empty, .missing: "missing"
            case .newer: "newer program"
            case .foreign: "another program"
            case .lostLog: "write-ahead log was lost"
            case .link: "symbolic link"
            }
        }

        func apply(to database: String) throws {
            switch self {
            case .zeroedFirstPage: try Files.patch(database, at: 0, with: [UInt8](repeating: 0, count: 4096))
            case .garbage:
                try Files.write((0..<40_960).map { UInt8(truncatingIfNeeded: $0 &* 7) }, to: database)
            case .truncated: truncate(database, 8192)
            case .oddLength: truncate(database, 10_001)
            case .empty: truncate(database, 0)
            case .missing: unlink(database)
            // sqlite.org/fileformat2.html: user_version at offset 60, application_id at 68, big-endian.
            case .newer: try Files.patch(database, at: 60, with: [0, 0, 0x7F, 0xFF])
            case .foreign: try Files.patch(database, at: 68, with: [1, 2, 3, 4])
            case .lostLog: truncate(database + "-wal", 0)
            case .link:
                rename(database, database + ".real")
                symlink(database + ".real", database)
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func isRefusedAndUntouched(_ damage: Damage) throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            let first = try installation.start()
            _ = try first.waitForRun("d", first.trigger("d", ["run_id": "saved"]))
            #expect(try first.stop() == .exited(0))
            let daemon = try installation.start()
            let backup = try installation.call("db", "backup")
            try #require(backup.status == 0, "\(backup)")
            _ = try daemon.waitForRun("d", daemon.trigger("d", ["run_id": "later"]))
            // The log holds transactions only as long as nobody stops cleanly.
            if damage == .lostLog { daemon.kill() } else { #expect(try daemon.stop() == .exited(0)) }
            let database = installation.home + "/orchestrator.db"
            try damage.apply(to: database)
            let before = Files.bytes(database)
            for command in [["start", "--port", "0"], ["run", "d"], ["runs", "list"]] {
                let result = try installation.call(command)
                #expect(result.status == 65, "\(damage) \(command): \(result)")
                #expect(result.errors.contains(damage.word), "\(damage) \(command): \(result.errors)")
                #expect(result.errors.contains(database))
                if ![.newer, .foreign, .link].contains(damage) {
                    #expect(result.errors.contains(backup.line), "the backup is not named: \(result.errors)")
                }
                #expect(Files.bytes(database) == before, "\(damage) \(command) touched the file")
            }
            guard ![.newer, .foreign, .link].contains(damage) else { return }
            let restored = try installation.call("db", "restore", backup.line, "--yes")
            #expect(restored.status == 0, "\(damage): \(restored)")
            let second = try installation.start()
            #expect(try second.runs("d").map(\.runID) == ["saved"])
            #expect(try second.waitForRun("d", second.trigger("d")).state == "success")
        }
    }

    @Test func checkBackupAndInfoWorkBesideADaemon() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            let daemon = try installation.start()
            _ = try daemon.waitForRun("d", daemon.trigger("d"))
            #expect(
                try installation.call("db", "check", "--output", "json").json() == [
                    "ok": true, "problems": [],
                ])
            let info = try installation.call("db", "info", "--output", "json").json()
            #expect(info["rows"]?.objectValue?.isEmpty == false && info["in_use"] == true)
            let copy = installation.path("copy.db")
            #expect(try installation.call("db", "backup", copy).line == copy)
            #expect(Files.mode(copy) == 0o600 && Files.size(copy) > 0)
            #expect(try installation.call("db", "backup", copy).status == 65)
            #expect(try installation.call("db", "restore", copy, "--yes").status == 73)
            #expect(try daemon.stop() == .exited(0))
        }
    }

    @Test func damageDeepInsideIsFoundByCheck() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            for _ in 0..<3 { #expect(try installation.call("run", "d").status == 0) }
            let database = installation.home + "/orchestrator.db"
            #expect(try installation.call("db", "check").status == 0)
            let size = Files.size(database)
            try Files.patch(database, at: size / 8192 * 4096, with: [UInt8](repeating: 0x5A, count: 4096))
            let check = try installation.call("db", "check")
            #expect(check.status == 65 && !(check.output + check.errors).isEmpty, "\(check)")
            #expect(try installation.call("start", "--port", "0").status == 65)
        }
    }

    @Test func aHomeThatCannotBeUsedIsSaid() throws {
        try Installation.with { installation in
            try installation.dag("d", Self.dag)
            try Files.write("", to: installation.path("file"))
            #expect(try installation.call("run", "d", "--home", installation.path("file")).status == 78)
            #expect(try installation.call("run", "d", "--home", "/proc/nowhere").status == 74)
            #expect(try installation.call("db", "check", "--home", installation.path("absent")).status == 66)
        }
    }
}
