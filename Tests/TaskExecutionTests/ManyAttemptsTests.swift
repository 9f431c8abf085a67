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
            #expect(supervisors.filter { Files.exists("/proc/\($0)") } == [])
            #expect(Processes.all(inEnvironment: "TEST_FOLDER=\(pool.folder)") == [])
        }
    }
}
