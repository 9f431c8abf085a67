import Glibc
import JSONText
import Testing

/// The n-th system call of the daemon fails, for n = 1 and so on until there is no n-th any more.
///
/// The steps grow with n and are drawn from `ORCHESTRATOR_TEST_SEED`, so that each kind takes a dozen daemons and each
/// run tries other calls. With `ORCHESTRATOR_TEST_FAULTS=1` every n is tried.
@FaultLane @Suite(.serialized, .timeLimit(.minutes(60))) struct SystemCallFaultTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        let kind: String
        let number: Int32
        let name: String

        var testDescription: String { "\(kind) \(name)" }
    }

    private nonisolated static let faults = [
        Fault(kind: "write", number: EIO, name: "EIO"), Fault(kind: "write", number: ENOSPC, name: "ENOSPC"),
        Fault(kind: "fsync", number: EIO, name: "EIO"), Fault(kind: "open", number: EMFILE, name: "EMFILE"),
        Fault(kind: "mkdir", number: ENOSPC, name: "ENOSPC"),
        Fault(kind: "spawn", number: EAGAIN, name: "EAGAIN"),
        Fault(kind: "answer", number: EAGAIN, name: "EAGAIN"),
    ]

    private static let maximumCall = 2_000

    @Test(arguments: faults)
    func nothingIsLostWhicheverCallFails(_ fault: Fault) throws {
        let library = try Self.library()
        defer { unlink(library) }
        let isThorough = Programs.number("ORCHESTRATOR_TEST_FAULTS", default: 0) == 1
        let seed = Programs.seed
        var random = SeededNumbers(state: UInt64(seed))
        var call = 1
        var fired = 0
        while call < Self.maximumCall {
            guard try scenario(fault, call, library) else { break }
            fired += 1
            call += isThorough ? 1 : Int.random(in: 1...max(1, call), using: &random)
        }
        print(
            "SystemCallFaultTests: \(fault.testDescription): \(fired) faults, ORCHESTRATOR_TEST_SEED=\(seed)")
        #expect(fired > 0)
        #expect(call < Self.maximumCall, "the calls of one small run have no end")
    }

    /// One daemon with one fault, and one without that finds everything in order.
    ///
    /// - Returns: whether there was an n-th call.
    private func scenario(_ fault: Fault, _ call: Int, _ library: String) throws -> Bool {
        var hasFired = false
        try Installation.with { installation in
            let crowd = try Crowd(installation, width: 6)
            let report = installation.path("fired")
            let daemon = try installation.launch(environment: [
                "LD_PRELOAD": library, "FAULT": "\(fault.kind):\(fault.number):\(call)",
                "FAULT_PATH": installation.home,
                "FAULT_FIRED": report,
            ])
            var acknowledged: [String] = []
            if try daemon.becomesReady(), let run = try? daemon.trigger(Crowd.name) {
                acknowledged.append(run)
                // To its end, or to the daemon's.
                _ = try? daemon.waitForRun(Crowd.name, run, seconds: 20)
            }
            let isAlive = daemon.isRunning
            let ending = isAlive ? try daemon.stop() : try daemon.waitForEnd()
            hasFired = Files.exists(report)
            // sysexits.h: input/output error, try again; never a crash, never an unknown number.
            let allowed: [ChildProcess.Ending] = [.exited(0), .exited(65), .exited(74), .exited(75)]
            #expect(allowed.contains(ending), "call \(call): \(daemon.report)")
            if ending != .exited(0) { #expect(!daemon.log.isEmpty) }
            if hasFired {
                try verify(crowd, installation, acknowledged, "call \(call) of \(fault.testDescription)")
            }
        }
        return hasFired
    }

    private func verify(
        _ crowd: Crowd, _ installation: Installation, _ acknowledged: [String], _ place: String
    ) throws {
        do {
            let daemon = try installation.start()
            try crowd.verifyLoosely(daemon, acknowledged: acknowledged)
        } catch {
            throw HarnessError("\(place): \(error)")
        }
    }

    private static func library() throws -> String {
        let source =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                separator: "/")
            + "/Faults/fault.c"
        let library = "/tmp/e2e-fault-\(getpid()).so"
        let compiler = try ChildProcess(
            "cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], folder: "/")
        guard try compiler.wait() == .exited(0) else { throw HarnessError("cc cannot compile \(source)") }
        return library
    }
}
