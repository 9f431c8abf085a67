import CProcess
import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ReattachTests {
    /// A supervisor that is not the daemon's child, as after a restart: the script leaves it to init as soon
    /// as the task has said that it runs.
    private static func orphanedShim(in folder: String) -> String {
        let path = folder + "/orphaned-shim"
        let script = "{ \(Shim.path) \"$@\" <&3 & } 3<&0\nread line < \(folder)/runs\n"
        _ = Files.write("#!/bin/sh\n" + script, to: path)
        return path
    }

    @Test func tellsAnEndThatHappenedMeanwhile() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "echo hello; read line < gate; exit 42")
            let supervisor = await pool.events.start(of: "a")
            pool.executor.shutdown()
            await gate.release()
            await Processes.waitForEnd(supervisor)
            let second = try TestPool(folder: pool.folder)
            second.executor.reattach([pool.id("a")])
            let end = await second.events.end(of: "a")
            #expect(end.outcome == .exited(42))
            #expect(end.logBytes == 6)
            #expect(second.events.all.count == 1)
            second.executor.shutdown()
        }
    }

    @Test func watchesWhatStillRuns() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate; exit 42")
            let supervisor = await pool.events.start(of: "a")
            pool.executor.shutdown()
            let second = try TestPool(folder: pool.folder)
            second.executor.reattach([pool.id("a")])
            #expect(await second.events.start(of: "a") == supervisor)
            await gate.release()
            #expect(await second.events.end(of: "a").outcome == .exited(42))
            #expect(pool.events.all.count == 1)
            second.executor.shutdown()
        }
    }

    /// The pool finds the supervisor through its lock, watches it and can end its task, although it is
    /// init's.
    @Test func adoptsASupervisorOfAnotherDaemon() async throws {
        try await TestPool.with { pool in
            let pid = pool.makeFIFO("pid")
            _ = pool.makeFIFO("runs")
            let first = try TestPool(folder: pool.folder, shim: Self.orphanedShim(in: pool.folder))
            first.shell("a", "echo > runs; echo $PPID > pid; sleep 1000")
            let supervisor = try #require(Int32(await pid.read().dropLast()))
            first.executor.shutdown()
            pool.executor.reattach([pool.id("a")])
            #expect(await pool.events.start(of: "a") == supervisor)
            pool.executor.terminate(pool.id("a"))
            #expect(await pool.events.end(of: "a").outcome == .terminated)
        }
    }

    @Test func saysThatNothingRanAndThenStarts() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "echo run >> runs").outcome == .exited(0))
            let record = RecordEditor(path: pool.recordPath("a"))
            #expect(record.eraseStart())
            #expect(record.eraseEnd())
            pool.executor.reattach([pool.id("a")])
            #expect(
                await pool.events.first { if case .neverStarted = $0 { true } else { false } }
                    == .neverStarted(pool.id("a")))
            // A supervisor of an earlier daemon that arrives only now must not run the task.
            #expect(Shim.run(pool.recordPath("a")) == SUPERVISOR_REFUSED_DAMAGED)
            let second = try TestPool(folder: pool.folder)
            #expect(await second.run("a", "echo run >> runs").outcome == .exited(0))
            second.executor.shutdown()
            #expect(Files.read(pool.folder + "/runs") == Array("run\nrun\n".utf8))
        }
    }

    @Test func explainsAMissingRecordByItsAge() async throws {
        try await TestPool.with { pool in
            let future = Timestamp(secondsSinceEpoch: 4_000_000_000)
            pool.executor.reattach([
                (id: pool.id("new"), createdAt: future),
                (id: pool.id("old"), createdAt: Timestamp(secondsSinceEpoch: 1_000_000_000)),
                (id: pool.id("unknown"), createdAt: nil),
            ])
            #expect(await pool.events.answer(for: "new") == .neverStarted(pool.id("new")))
            #expect(await pool.events.end(of: "old").outcome == .lost(.reboot))
            #expect(await pool.events.end(of: "unknown").outcome == .lost(.recordMissing))
        }
    }

    @Test func knowsARestartOfTheMachine() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "true").outcome == .exited(0))
            let record = RecordEditor(path: pool.recordPath("a"))
            #expect(record.eraseEnd())
            #expect(record.rewriteStart { $0.boot_id.0 ^= 1 })
            pool.executor.reattach([pool.id("a")])
            let event = await pool.events.first { event in
                if case .ended(_, let end) = event, end.outcome == .lost(.reboot) { true } else { false }
            }
            guard case .ended(_, let end) = event else { return }
            #expect(end.startedAt != nil)
            #expect(end.endedAt == nil)
        }
    }

    @Test func listsRecordsWithoutARow() async throws {
        try await TestPool.with { pool in
            for id in ["a", "b", "c"] { #expect(await pool.run(id, "true").outcome == .exited(0)) }
            #expect(Files.write("", to: pool.runtimeFolder + "/not an id.attempt"))
            try pool.expectRecords(["a", "b", "c"])
        }
    }

    @Test func aSecondSupervisorRefuses() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "echo run >> runs; echo ready > ready; read line < gate")
            #expect(await pool.makeFIFO("ready").read() == "ready\n")
            #expect(Shim.run(pool.recordPath("a")) == SUPERVISOR_REFUSED_LOCKED)
            await gate.release()
            #expect(await pool.events.end(of: "a").outcome == .exited(0))
            #expect(Shim.run(pool.recordPath("a")) == SUPERVISOR_REFUSED_STARTED)
            #expect(Files.read(pool.folder + "/runs") == Array("run\n".utf8))
        }
    }
}
