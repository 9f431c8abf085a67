import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StartFailureTests {
    private func failure(
        _ arguments: [String], workingDirectory: String? = nil, folders: [String] = [],
        prepare: (TestPool) -> Void = { _ in }
    ) async throws -> (errno: Int32, exitCode: Int32, message: String) {
        let pool = try TestPool()
        defer { pool.close() }
        prepare(pool)
        let end = await pool.run(
            pool.specification("a", arguments, workingDirectory: workingDirectory, folders: folders))
        guard case .notStarted(let errno, let exitCode, let message) = end.outcome else {
            Issue.record("unexpected outcome \(end.outcome)")
            return (0, 0, "")
        }
        #expect(!Files.exists(pool.logPath("a")))
        return (errno, exitCode, message)
    }

    @Test(arguments: ["no-such-program-here", "/no/such/program"])
    func saysThatAProgramIsNotThere(_ program: String) async throws {
        let failure = try await failure([program])
        #expect(failure.errno == ENOENT)
        #expect(failure.exitCode == 127)
        #expect(failure.message == "cannot execute '\(program)': No such file or directory")
    }

    @Test func saysThatAFileIsNotExecutable() async throws {
        let failure = try await failure(["./plain"]) { pool in
            #expect(Files.write("#!/bin/sh\n", to: pool.folder + "/plain"))
            chmod(pool.folder + "/plain", 0o600)
        }
        #expect(failure.errno == EACCES)
        #expect(failure.exitCode == 126)
        #expect(failure.message.contains("'./plain'"))
    }

    @Test func saysThatAnInterpreterIsMissing() async throws {
        let failure = try await failure(["./script"]) { pool in
            #expect(Files.write("#!/no/such/interpreter\n", to: pool.folder + "/script"))
        }
        #expect(failure.errno == ENOENT)
        #expect(failure.exitCode == 126)
        #expect(failure.message == "cannot find the interpreter of './script': No such file or directory")
    }

    @Test func saysThatTheWorkingDirectoryIsMissing() async throws {
        let failure = try await failure(["/bin/true"], workingDirectory: "/no/such/folder")
        #expect(failure.errno == ENOENT)
        #expect(failure.exitCode == 126)
        #expect(failure.message.contains("working directory '/no/such/folder'"))
    }

    @Test func saysWhichFolderCannotBeMade() async throws {
        let failure = try await failure(["/bin/true"], folders: ["/dev", "/dev/null/folder"])
        #expect(failure.errno == ENOTDIR)
        #expect(failure.message.contains("'/dev/null/folder'"))
    }

    @Test func saysThatTheArgumentsAreTooLong() async throws {
        let failure = try await failure(["/bin/true", String(repeating: "x", count: 3_000_000)])
        #expect(failure.errno == E2BIG)
        #expect(failure.exitCode == 126)
        let beyondTheFile = try await self.failure(["/bin/true", String(repeating: "x", count: 17_000_000)])
        #expect(beyondTheFile.errno == E2BIG)
    }

    @Test(arguments: [["/bin/echo", "a\0b"], []])
    func refusesWhatNoProcessCanBeGiven(_ arguments: [String]) async throws {
        let failure = try await failure(arguments)
        #expect(failure.errno == EINVAL)
    }

    @Test(arguments: ["", "../escape", "a/b", String(repeating: "a", count: 64)])
    func refusesAnIDThatIsNoFileName(_ id: String) async throws {
        try await TestPool.with { pool in
            pool.executor.start(
                AttemptSpecification(
                    id: AttemptID(id), arguments: ["true"], environment: [:], workingDirectory: "/",
                    logPath: "/log"))
            guard case .ended(AttemptID(id), let end) = await pool.events.first({ _ in true }),
                case .notStarted(EINVAL, _, _) = end.outcome
            else {
                Issue.record("unexpected events \(pool.events.all)")
                return
            }
        }
    }

    /// Nothing ran, so the attempt is not over: it may be started again.
    @Test func aMissingSupervisorIsNoEnd() async throws {
        try await TestPool.with(shim: "/no/such/shim") { pool in
            pool.shell("a", "echo run >> runs")
            let expected = SpawnFailure(step: .startingSupervisor, errno: ENOENT)
            #expect(await pool.events.answer(for: "a") == .spawnFailed(pool.id("a"), expected))
            try pool.expectRecords([])
            let repaired = try TestPool(folder: pool.folder)
            #expect(await repaired.run("a", "echo run >> runs").outcome == .exited(0))
            repaired.executor.shutdown()
        }
    }

    @Test func aSupervisorThatEndsAtOnceIsNoEnd() async throws {
        try await TestPool.with(shim: "/bin/false") { pool in
            pool.shell("a", "true")
            let expected = SpawnFailure(step: .supervisorEndedEarly, errno: 0)
            let event = await pool.events.first { if case .spawnFailed = $0 { true } else { false } }
            #expect(event == .spawnFailed(pool.id("a"), expected))
        }
    }
}
