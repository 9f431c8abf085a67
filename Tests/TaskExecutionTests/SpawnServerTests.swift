import DAGDomain
import Glibc
import TaskExecution
import Testing

/// The process that supervisors are forked from may be shot at any time.
@Suite(.timeLimit(.minutes(5)))
struct SpawnServerTests {
    /// The pool's server, told by its arguments.
    private func server(of pool: TestPool) throws -> Int32 {
        try #require(processes("--serve", pool).first)
    }

    private func processes(_ text: String, _ pool: TestPool) -> [Int32] {
        Files.names("/proc").compactMap { Int32($0) }.filter { process in
            let line = String(decoding: Files.read("/proc/\(process)/cmdline") ?? [], as: UTF8.self)
            return line.contains(text) && line.contains(pool.runtimeFolder) && Processes.isAlive(process)
        }
    }

    @Test func isOneForAllAttempts() async throws {
        try await TestPool.with { pool in
            #expect(processes("--serve", pool).isEmpty)
            #expect(await pool.run("a", "exit 3").outcome == .exited(3))
            let server = try server(of: pool)
            #expect(await pool.run("b", "exit 4").outcome == .exited(4))
            #expect(processes("--serve", pool) == [server])
        }
    }

    @Test func isReplacedWhenItWasKilled() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate; exit 3")
            _ = await pool.events.start(of: "a")
            let first = try server(of: pool)
            kill(first, SIGKILL)
            await Processes.waitForEnd(first)
            #expect(await pool.run("b", "exit 4").outcome == .exited(4))
            await gate.release()
            #expect(try server(of: pool) != first)
            #expect(access("/proc/\(first)", F_OK) != 0, "the first one was not reaped")
        }
    }

    @Test func takesNoSupervisorWithIt() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate; exit 6")
            let supervisor = await pool.events.start(of: "a")
            let server = try server(of: pool)
            kill(server, SIGKILL)
            await Processes.waitForEnd(server)
            #expect(Processes.isAlive(supervisor))
            await gate.release()
            #expect(await pool.events.end(of: "a").outcome == .exited(6))
        }
    }

    /// The request lies in the socket of a server that will never take it, or finds it dead already.
    @Test(arguments: 0..<20) func losesNoRequestToItsDeath(_ round: Int) async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate; exit 3")
            _ = await pool.events.start(of: "a")
            let server = try server(of: pool)
            kill(server, SIGSTOP)
            pool.shell("b", "echo run >> runs; exit 4")
            for _ in 0..<round { sched_yield() }
            kill(server, SIGKILL)
            let b = pool.id("b")
            let answer = await pool.events.first { event in
                switch event {
                case .ended(b, _), .spawnFailed(b, _): true
                default: false
                }
            }
            if case .spawnFailed = answer { pool.shell("b", "echo run >> runs; exit 4") }
            #expect(await pool.events.end(of: "b").outcome == .exited(4))
            #expect(Files.read(pool.folder + "/runs") == Array("run\n".utf8))
            await gate.release()
        }
    }

    @Test func endsWithThePool() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate; exit 6")
            let supervisor = await pool.events.start(of: "a")
            let server = try server(of: pool)
            pool.executor.shutdown()
            #expect(!Processes.isAlive(server))
            #expect(Processes.isAlive(supervisor))
            await gate.release()
            await Processes.waitForEnd(supervisor)
        }
    }

    @Test func letsEachSupervisorShowItsAttempt() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate")
            let supervisor = await pool.events.start(of: "a")
            #expect(await pool.run("b", "true").outcome == .exited(0))
            #expect(processes(pool.recordPath("a"), pool) == [supervisor])
            await gate.release()
            #expect(await pool.events.end(of: "a").outcome == .exited(0))
        }
    }
}
