import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SupervisorDeathTests {
    private static let script = """
        setsid sleep 1000 &
        (setsid sh -c 'sleep 1000; true' &)
        echo $$ > ready
        sleep 1000
        """

    @Test func isALossAtOnceAndLeavesNothingRunning() async throws {
        try await TestPool.with { pool in
            let ready = pool.makeFIFO("ready")
            pool.shell("a", Self.script)
            let task = try #require(Int32(await ready.read().dropLast()))
            #expect(Processes.all(ofAttempt: "a", in: pool).count >= 3)
            kill(await pool.events.start(of: "a"), SIGKILL)
            let end = await pool.events.end(of: "a")
            #expect(end.outcome == .lost(.supervisorKilled))
            #expect(end.startedAt != nil)
            await Processes.waitForEnd(task)
            #expect(Processes.all(ofAttempt: "a", in: pool).filter(Processes.isAlive) == [])
        }
    }

    @Test func isFoundAfterARestart() async throws {
        try await TestPool.with { pool in
            let ready = pool.makeFIFO("ready")
            pool.shell("a", Self.script)
            _ = await ready.read()
            let supervisor = await pool.events.start(of: "a")
            pool.executor.shutdown()
            kill(supervisor, SIGKILL)
            await Processes.waitForEnd(supervisor)
            let second = try TestPool(folder: pool.folder)
            defer { second.executor.shutdown() }
            second.executor.reattach([pool.id("a")])
            #expect(await second.events.end(of: "a").outcome == .lost(.supervisorKilled))
            #expect(Processes.all(ofAttempt: "a", in: pool).filter(Processes.isAlive) == [])
        }
    }

    /// A task may kill its supervisor; it only harms itself.
    @Test func byTheTaskItselfIsALoss() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "kill -9 $PPID; sleep 1000").outcome == .lost(.supervisorKilled))
            #expect(await pool.run("b", "exit 0").outcome == .exited(0))
        }
    }

    @Test func theTerminalsSignalsDoNotReachIt() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate; exit 6")
            let supervisor = await pool.events.start(of: "a")
            for signal in [SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGUSR1, SIGALRM] { kill(supervisor, signal) }
            await gate.release()
            #expect(await pool.events.end(of: "a").outcome == .exited(6))
        }
    }
}
