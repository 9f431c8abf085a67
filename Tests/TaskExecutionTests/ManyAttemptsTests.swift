import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ManyAttemptsTests {
    /// All wait on one FIFO and go on in the same instant, when its only writer closes it.
    @Test func fiveHundredEndsAtOnceAreAllRecorded() async throws {
        try await TestPool.with { pool in
            let count = 500
            let gate = pool.makeFIFO("gate")
            let arrived = pool.makeFIFO("arrived")
            let holder = open(gate.path, O_RDWR | O_CLOEXEC)
            for number in 0..<count {
                pool.shell(
                    "a\(number)", "exec 3< gate; printf x > arrived; read line <&3; exit \(number % 200)")
            }
            await arrived.read(count: count)
            close(holder)
            for number in 0..<count {
                #expect(await pool.events.end(of: "a\(number)").outcome == .exited(Int32(number % 200)))
            }
            #expect(pool.events.all.count == 2 * count)
        }
    }

    /// Ends are heard on one thread while starts are told on others, and supervisors go from hand to hand between them.
    @Test func twoThousandShortOnesStartBeforeTheyEnd() async throws {
        try await TestPool.with { pool in
            let count = 2_000
            for number in 0..<count {
                pool.executor.start(pool.specification("a\(number)", ["/bin/true"]))
            }
            for number in 0..<count {
                #expect(await pool.events.end(of: "a\(number)").outcome == .exited(0))
            }
            var running: [AttemptID: Int32] = [:]
            var ended = Set<AttemptID>()
            for event in pool.events.all {
                switch event {
                case .started(let id, let process, _):
                    #expect(running.updateValue(process, forKey: id) == nil)
                case .ended(let id, _):
                    #expect(running[id] != nil && ended.insert(id).inserted)
                default: Issue.record("\(event)")
                }
            }
            #expect(ended.count == count)
            // How many supervisors there were depends on who is quicker; some had more than one attempt.
            #expect(Set(running.values).count < count)
        }
    }

    @Test func leavesNoZombieAndNoProcess() async throws {
        try await TestPool.with { pool in
            for number in 0..<200 { pool.shell("a\(number)", "sleep 1000 & exit 0") }
            for number in 0..<200 {
                #expect(await pool.events.end(of: "a\(number)").leftoversEnded == 1)
            }
            let supervisors = pool.events.all.compactMap { event -> Int32? in
                if case .started(_, let process, _) = event { process } else { nil }
            }
            #expect(supervisors.count == 200)
            // The last ones wait for more.
            pool.executor.shutdown()
            #expect(supervisors.filter { Files.exists("/proc/\($0)") } == [])
            #expect(Processes.all(inEnvironment: "TEST_FOLDER=\(pool.folder)") == [])
        }
    }
}
