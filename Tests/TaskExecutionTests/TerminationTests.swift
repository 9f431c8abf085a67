import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TerminationTests {
    /// Ignores TERM, and starts a child in a session of its own and one whose parent is gone, which do the
    /// same.
    private static let stubbornTree = """
        trap '' TERM HUP INT
        setsid sh -c 'trap "" TERM; sleep 1000' &
        (setsid sh -c 'trap "" TERM; (sleep 1000 & sleep 1000)' &) &
        sh -c 'sleep 1000 & sleep 1000' &
        echo ready > ready
        while :; do sleep 1000; done
        """

    private func expectNothingLeft(of id: String, in pool: TestPool) {
        let left = Processes.all(ofAttempt: id, in: pool).filter(Processes.isAlive)
        #expect(left == [])
    }

    @Test func aTimeoutEndsTheWholeTree() async throws {
        try await TestPool.with { pool in
            pool.shell("a", Self.stubbornTree, timeout: .milliseconds(700), grace: .milliseconds(200))
            let end = await pool.events.end(of: "a")
            #expect(end.outcome == .timedOut)
            #expect(end.leftoversEnded >= 4)
            #expect(end.leftoversAlive == 0)
            let started = try #require(end.startedAt)
            let ended = try #require(end.endedAt)
            #expect(ended - started >= .milliseconds(900))
            expectNothingLeft(of: "a", in: pool)
        }
    }

    @Test func aRequestEndsTheWholeTree() async throws {
        try await TestPool.with { pool in
            let ready = pool.makeFIFO("ready")
            pool.shell("a", Self.stubbornTree, grace: .milliseconds(100))
            #expect(await ready.read() == "ready\n")
            #expect(Processes.all(ofAttempt: "a", in: pool).count >= 4)
            pool.executor.terminate(pool.id("a"))
            let end = await pool.events.end(of: "a")
            #expect(end.outcome == .terminated)
            #expect(end.startedAt != nil)
            expectNothingLeft(of: "a", in: pool)
        }
    }

    /// The grace is for the whole tree: a shell dies of TERM at once, what it started may take its time.
    @Test func aTaskMayUseItsGrace() async throws {
        try await TestPool.with { pool in
            let ready = pool.makeFIFO("ready")
            let saver = "trap 'echo saved; exit 0' TERM; echo ready > ready; while :; do sleep 0.01; done"
            #expect(Files.write("#!/bin/sh\n\(saver)\n", to: pool.folder + "/saver"))
            pool.shell("a", "./saver; true", grace: .seconds(30))
            #expect(await ready.read() == "ready\n")
            pool.executor.terminate(pool.id("a"))
            let end = await pool.events.end(of: "a")
            #expect(end.outcome == .terminated)
            // The shell may add that its own sleep was terminated.
            #expect(pool.log("a").hasSuffix("saved\n"))
        }
    }

    @Test func aStoppedTaskHearsTheRequest() async throws {
        try await TestPool.with { pool in
            let ready = pool.makeFIFO("ready")
            pool.shell("a", "(echo ready > ready; kill -STOP $$) & wait", grace: .seconds(30))
            #expect(await ready.read() == "ready\n")
            pool.executor.terminate(pool.id("a"))
            #expect(await pool.events.end(of: "a").outcome == .terminated)
        }
    }

    @Test func aRequestRightAfterTheStartIsNotLost() async throws {
        try await TestPool.with { pool in
            for number in 0..<50 {
                pool.shell("a\(number)", "while :; do sleep 1000; done")
                pool.executor.terminate(pool.id("a\(number)"))
            }
            for number in 0..<50 {
                #expect(await pool.events.end(of: "a\(number)").outcome == .terminated)
            }
        }
    }

    /// What was asked for too late does not change how the task ended.
    @Test func anEndBeforeTheRequestCounts() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 7").outcome == .exited(7))
            pool.executor.terminate(pool.id("a"))
            pool.executor.terminate(pool.id("unknown"))
            #expect(await pool.run("b", "exit 8").outcome == .exited(8))
            #expect(pool.events.all.count == 4)
        }
    }

    /// Processes that make more of themselves while they are being ended.
    @Test func endsAForkingTree() async throws {
        try await TestPool.with { pool in
            let ready = pool.makeFIFO("ready")
            let forker =
                "f() { n=$1; while [ $n -gt 0 ]; do n=$((n-1)); (f $n) & done; while :; do (:); done; }"
            pool.shell("a", "\(forker); (f 6) & echo ready > ready; exit 5")
            #expect(await ready.read() == "ready\n")
            let end = await pool.events.end(of: "a")
            #expect(end.outcome == .exited(5))
            #expect(end.leftoversAlive == 0)
            expectNothingLeft(of: "a", in: pool)
        }
    }

    @Test func keepsLeftoversWhenAsked() async throws {
        try await TestPool.with { pool in
            let script = "sleep 1000 > /dev/null 2>&1 & echo $!"
            let specification = pool.specification("a", ["/bin/sh", "-c", script], keepsLeftovers: true)
            let end = await pool.run(specification)
            #expect(end.outcome == .exited(0))
            #expect(end.leftoversEnded == 0)
            let sleeper = try #require(Int32(pool.log("a").dropLast()))
            #expect(Processes.isAlive(sleeper))
            kill(sleeper, SIGKILL)
        }
    }

    @Test func theTimeoutIsExactEnoughAndAShortTaskNeverMeetsIt() async throws {
        try await TestPool.with { pool in
            pool.shell("a", "exit 0", timeout: .seconds(50))
            #expect(await pool.events.end(of: "a").outcome == .exited(0))
            pool.shell("b", "sleep 1000", timeout: .milliseconds(50))
            let end = await pool.events.end(of: "b")
            #expect(end.outcome == .timedOut)
            #expect(end.leftoversEnded == 0)
        }
    }
}
