import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct OutcomeTests {
    @Test(arguments: [0, 1, 42, 126, 127, 255] as [Int32])
    func recordsTheExitCode(_ code: Int32) async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit \(code)").outcome == .exited(code))
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGPIPE, SIGHUP, SIGUSR1])
    func recordsTheSignal(_ signal: Int32) async throws {
        try await TestPool.with { pool in
            let end = await pool.run("a", "kill -\(signal) $$")
            #expect(end.outcome == .signalled(signal, coreDumped: false))
        }
    }

    /// 139 is what a shell says when its child crashed; it is an exit code, not a signal.
    @Test func keepsASignalApartFromTheExitCodeThatImitatesIt() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 139").outcome == .exited(139))
            let crash = await pool.run("b", "ulimit -c 0; kill -SEGV $$")
            #expect(crash.outcome == .signalled(SIGSEGV, coreDumped: false))
        }
    }

    @Test func recordsTimesAndUsage() async throws {
        try await TestPool.with { pool in
            let end = await pool.run("a", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; printf 12345")
            let started = try #require(end.startedAt)
            let ended = try #require(end.endedAt)
            #expect(started < ended)
            #expect(started > Timestamp(secondsSinceEpoch: 1_700_000_000))
            #expect(end.userTime + end.systemTime > .zero)
            #expect(end.userTime + end.systemTime <= (ended - started) + .milliseconds(50))
            #expect(end.peakMemoryBytes > 100_000)
            #expect(end.logBytes == 5)
            #expect(end.droppedLogBytes == 0)
        }
    }

    @Test func doesNotWaitForWhatHoldsTheOutputOpen() async throws {
        try await TestPool.with { pool in
            let end = await pool.run("a", "sleep 600 & echo $!; exit 3")
            #expect(end.outcome == .exited(3))
            #expect(end.leftoversEnded == 1)
            let sleeper = try #require(Int32(pool.log("a").dropLast()))
            #expect(!Processes.isAlive(sleeper))
        }
    }

    /// An endless writer behind the task must not keep the supervisor reading.
    @Test func endsAlthoughALeftoverKeepsWriting() async throws {
        try await TestPool.with { pool in
            let script = "yes & echo task; exit 4"
            let kept = await pool.run(
                pool.specification("a", ["/bin/sh", "-c", script], logLimit: 1000, keepsLeftovers: true))
            #expect(kept.outcome == .exited(4))
            #expect(await pool.run("b", script).outcome == .exited(4))
        }
    }

    @Test func makesTheFoldersItIsAskedFor() async throws {
        try await TestPool.with { pool in
            let folder = pool.folder + "/made/for/the/task"
            let end = await pool.run(
                pool.specification(
                    "a", ["/bin/sh", "-c", "echo here > here"], workingDirectory: folder, folders: [folder]))
            #expect(end.outcome == .exited(0))
            #expect(Files.exists(folder + "/here"))
        }
    }

    @Test func forgetsOnlyWhatHasEnded() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate")
            _ = await pool.events.start(of: "a")
            pool.executor.forget(pool.id("a"))
            try pool.expectRecords(["a"])
            await gate.release()
            #expect(await pool.events.end(of: "a").outcome == .exited(0))
            pool.executor.forget(pool.id("a"))
            try pool.expectRecords([])
        }
    }

    @Test func startsAnAttemptOnlyOnce() async throws {
        try await TestPool.with { pool in
            let script = "echo run >> runs"
            #expect(await pool.run("a", script).outcome == .exited(0))
            // The record is still there: the same end is told again and nothing runs.
            let second = try TestPool(folder: pool.folder)
            #expect(await second.run("a", script).outcome == .exited(0))
            second.executor.shutdown()
            #expect(Files.read(pool.folder + "/runs") == Array("run\n".utf8))
        }
    }
}
