import DAGDomain
import Glibc
import TaskExecution
import Testing

/// A supervisor whose attempt is over gets the next one, unless anything about it was out of the ordinary.
@Suite(.timeLimit(.minutes(5)))
struct SupervisorReuseTests {
    private func supervisor(of name: String, in pool: TestPool) async -> Int32 {
        await pool.events.start(of: name)
    }

    @Test func hasOneAttemptAfterTheOther() async throws {
        try await TestPool.with { pool in
            let folder = pool.folder + "/there"
            let specification = pool.specification(
                "a", ["/bin/sh", "-c", "echo $SECRET; cd /; ulimit -n 17; exit 3"],
                environment: ["SECRET": "x"],
                timeout: .seconds(100), folders: [folder])
            #expect(await pool.run(specification).outcome == .exited(3))
            let end = await pool.run("b", "echo \"$SECRET|$(pwd)|$(ulimit -n)|$0|$#\"; exit 4")
            #expect(end.outcome == .exited(4))
            let first = await supervisor(of: "a", in: pool)
            // On a machine that stood still between the two it may have ended.
            #expect(await supervisor(of: "b", in: pool) == first || !Processes.isAlive(first))
            #expect(pool.log("a") == "x\n")
            let limit = try #require(pool.log("b").split(separator: "|").dropFirst().first)
            #expect(limit != "17")
            #expect(pool.log("b") == "|\(pool.folder)|\(limit)|/bin/sh|0\n")
        }
    }

    /// It may be shot at any moment around the next start: the attempt runs once, or is said not to have run.
    @Test(arguments: 0..<20) func losesNothingWhenItIsKilledWhileFree(_ round: Int) async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 3").outcome == .exited(3))
            let first = await supervisor(of: "a", in: pool)
            if round % 2 == 0 { kill(first, SIGKILL) }
            pool.shell("b", "echo run >> runs; exit 4")
            for _ in 0..<round { sched_yield() }
            if round % 2 == 1 { kill(first, SIGKILL) }
            let b = pool.id("b")
            let answer = await pool.events.first { event in
                switch event {
                case .ended(b, _), .spawnFailed(b, _): true
                default: false
                }
            }
            switch answer {
            case .ended(_, let end) where end.outcome == .exited(4):
                #expect(Files.read(pool.folder + "/runs") == Array("run\n".utf8))
            case .ended(_, let end): #expect(end.outcome == .lost(.supervisorKilled))
            default:
                #expect(Files.read(pool.folder + "/runs") == nil)
                #expect(await pool.run("c", "exit 5").outcome == .exited(5))
            }
        }
    }

    @Test func endsWhenItIsAskedToWhileFree() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 3").outcome == .exited(3))
            let first = await supervisor(of: "a", in: pool)
            kill(first, SIGTERM)
            await Processes.waitForEnd(first)
            #expect(await pool.run("b", "exit 4").outcome == .exited(4))
            #expect(await supervisor(of: "b", in: pool) != first)
        }
    }

    /// The signal of the stop could reach it when it has the next attempt.
    @Test func getsNoOtherAttemptAfterAStop() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("a", "read line < gate")
            let first = await supervisor(of: "a", in: pool)
            pool.executor.terminate(pool.id("a"))
            #expect(await pool.events.end(of: "a").outcome == .terminated)
            await Processes.waitForEnd(first)
            #expect(await pool.run("b", "exit 4").outcome == .exited(4))
        }
    }

    @Test func getsNoOtherAttemptWhileSomethingIsLeft() async throws {
        try await TestPool.with { pool in
            let keeper = pool.specification(
                "a", ["/bin/sh", "-c", "sleep 1000 > /dev/null 2>&1 & exit 0"], keepsLeftovers: true)
            #expect(await pool.run(keeper).outcome == .exited(0))
            #expect(await pool.run("b", "exit 4").outcome == .exited(4))
            #expect(await supervisor(of: "a", in: pool) != supervisor(of: "b", in: pool))
        }
    }

    @Test func endsWithThePool() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 3").outcome == .exited(3))
            let first = await supervisor(of: "a", in: pool)
            pool.executor.shutdown()
            #expect(access("/proc/\(first)", F_OK) != 0)
        }
    }

    @Test func endsWhenItHasNothingToDo() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 3").outcome == .exited(3))
            await Processes.waitForEnd(await supervisor(of: "a", in: pool))
            #expect(await pool.run("b", "exit 4").outcome == .exited(4))
        }
    }
}
