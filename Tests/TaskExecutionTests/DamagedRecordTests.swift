import CProcess
import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct DamagedRecordTests {
    enum Damage: String, CaseIterable, Sendable {
        case truncated, empty, wrongMagic, wrongID, headerBit, startBit, endBit, fifo, link, folder, garbage,
            huge
    }

    private func apply(_ damage: Damage, to path: String, other: String) -> Bool {
        let record = RecordEditor(path: path)
        let replacing = { unlink(path) == 0 }
        return switch damage {
        case .truncated: truncate(path, 100) == 0
        case .empty: truncate(path, 0) == 0
        case .wrongMagic: record.flipBit(at: 0)
        case .wrongID: replacing() && rename(other, path) == 0
        case .headerBit: record.flipBit(at: 30)
        case .startBit: record.eraseEnd() && record.flipBit(at: ATTEMPT_STARTED_OFFSET + 8)
        case .endBit: record.flipBit(at: ATTEMPT_EXIT_OFFSET + 8)
        case .fifo: replacing() && mkfifo(path, 0o600) == 0
        case .link: replacing() && symlink(other, path) == 0
        case .folder: replacing() && mkdir(path, 0o700) == 0
        case .garbage: Files.write((0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }, to: path)
        case .huge: record.flipBit(at: 0) && truncate(path, 1 << 30) == 0
        }
    }

    @Test(arguments: Damage.allCases)
    func isALossAndNothingWorse(_ damage: Damage) async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "echo run >> runs").outcome == .exited(0))
            #expect(await pool.run("other", "true").outcome == .exited(0))
            pool.executor.shutdown()
            #expect(apply(damage, to: pool.recordPath("a"), other: pool.recordPath("other")))
            let second = try TestPool(folder: pool.folder)
            second.executor.reattach([pool.id("a")])
            let end = await second.events.end(of: "a")
            guard case .lost(.recordDamaged(let problem)) = end.outcome else {
                Issue.record("unexpected outcome \(end.outcome)")
                return
            }
            #expect(!problem.isEmpty)
            // Nor may such a record let anything run again.
            second.shell("b", "true")
            #expect(await second.events.end(of: "b").outcome == .exited(0))
            #expect(Shim.run(pool.recordPath("a")) != SUPERVISOR_DONE)
            #expect(Files.read(pool.folder + "/runs") == Array("run\n".utf8))
            second.executor.shutdown()
        }
    }

    /// Every single flipped bit of the records is noticed, or hits a byte that means nothing.
    @Test func noFlippedBitChangesAnOutcome() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 42").outcome == .exited(42))
            pool.executor.shutdown()
            let second = try TestPool(folder: pool.folder)
            defer { second.executor.shutdown() }
            let content = try #require(Files.read(pool.recordPath("a")))
            for offset in 0..<ATTEMPT_SPEC_OFFSET {
                var changed = content
                changed[offset] ^= 1 << UInt8(offset % 8)
                #expect(Files.write(changed, to: pool.recordPath("a")))
                second.executor.reattach([pool.id("a")])
                await second.events.waitForCount(offset + 1)
            }
            for event in second.events.all {
                guard case .ended(_, let end) = event else {
                    Issue.record("unexpected event \(event)")
                    continue
                }
                switch end.outcome {
                case .exited(42), .lost(.recordDamaged): break
                default: Issue.record("unexpected outcome \(end.outcome)")
                }
            }
        }
    }

    /// A process number in a record proves nothing: the process that has it now is a stranger.
    @Test func neverTouchesAStranger() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            pool.shell("stranger", "read line < gate")
            let stranger = await pool.events.start(of: "stranger")
            #expect(await pool.run("a", "true").outcome == .exited(0))
            pool.executor.shutdown()
            let record = RecordEditor(path: pool.recordPath("a"))
            #expect(record.eraseEnd())
            #expect(
                record.rewriteStart {
                    $0.supervisor_pid = stranger
                    $0.child_pid = stranger
                })
            let second = try TestPool(folder: pool.folder)
            defer { second.executor.shutdown() }
            second.executor.reattach([pool.id("a")])
            second.executor.terminate(pool.id("a"))
            #expect(await second.events.end(of: "a").outcome == .lost(.supervisorKilled))
            #expect(Processes.isAlive(stranger))
            await gate.release()
            second.executor.reattach([pool.id("stranger")])
            #expect(await second.events.end(of: "stranger").outcome == .exited(0))
        }
    }

    /// Also one that holds the lock is not taken for the supervisor if it did not write the record.
    @Test func doesNotAdoptAStrangerThatHoldsTheLock() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "true").outcome == .exited(0))
            #expect(RecordEditor(path: pool.recordPath("a")).eraseEnd())
            let ready = pool.makeFIFO("ready")
            let program = """
                import fcntl, os, time
                f = open(os.environ["RECORD"], "r+b")
                fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                open("ready", "w").write(str(os.getpid()))
                time.sleep(1000)
                """
            pool.executor.start(
                pool.specification(
                    "holder", ["python3", "-c", program], environment: ["RECORD": pool.recordPath("a")]))
            let holder = try #require(Int32(await ready.read()))
            let second = try TestPool(folder: pool.folder)
            defer { second.executor.shutdown() }
            second.executor.reattach([pool.id("a")])
            second.executor.terminate(pool.id("a"))
            guard case .lost(.recordDamaged) = await second.events.end(of: "a").outcome else {
                Issue.record("the stranger was adopted")
                return
            }
            #expect(Processes.isAlive(holder))
        }
    }
}
