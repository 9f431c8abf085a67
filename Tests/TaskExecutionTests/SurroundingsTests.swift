import CProcess
import DAGDomain
import Glibc
import TaskExecution
import Testing

/// What a task finds around it.
@Suite(.timeLimit(.minutes(5)))
struct SurroundingsTests {
    @Test func opensNothingButTheStandardDescriptors() async throws {
        let leaks = (0..<50).map { _ in open("/dev/null", O_RDONLY) }
        defer { for leak in leaks { close(leak) } }
        try await TestPool.with { pool in
            #expect(await pool.run("a", "ls /proc/$$/fd").outcome == .exited(0))
            #expect(pool.log("a") == "0\n1\n2\n")
        }
    }

    @Test func givesAnEmptyStandardInput() async throws {
        try await TestPool.with { pool in
            let end = await pool.run("a", "wc -c; readlink /proc/self/fd/0")
            #expect(end.outcome == .exited(0))
            #expect(pool.log("a") == "0\n/dev/null\n")
        }
    }

    @Test func neitherBlocksNorIgnoresSignals() async throws {
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        try await TestPool.with { pool in
            #expect(
                await pool.run(pool.specification("a", ["cat", "/proc/self/status"])).outcome == .exited(0))
            let lines = pool.log("a").split(separator: "\n")
            for name in ["SigBlk", "SigIgn", "SigCgt"] {
                #expect(lines.contains("\(name):\t0000000000000000"), "\(name)")
            }
        }
    }

    @Test func hasExactlyTheEnvironmentItIsGiven() async throws {
        setenv("DAEMON_SECRET", "must not leak", 1)
        defer { unsetenv("DAEMON_SECRET") }
        try await TestPool.with { pool in
            let specification = pool.specification(
                "a", ["env"], environment: ["GREETING": "hello world", "EMPTY": ""])
            #expect(await pool.run(specification).outcome == .exited(0))
            let expected: Set<Substring> = [
                "EMPTY=", "GREETING=hello world", "ORCHESTRATOR_ATTEMPT_ID=\(pool.prefix)a",
                "PATH=/usr/local/bin:/usr/bin:/bin", "TEST_FOLDER=\(pool.folder[...])",
            ]
            #expect(Set(pool.log("a").split(separator: "\n")) == expected)
        }
    }

    /// The program is looked for in the task's PATH, not in the daemon's.
    @Test func looksForTheProgramInItsOwnPath() async throws {
        try await TestPool.with { pool in
            #expect(Files.write("#!/bin/sh\necho mine\n", to: pool.folder + "/only-here"))
            let specification = pool.specification("a", ["only-here"], environment: ["PATH": pool.folder])
            #expect(await pool.run(specification).outcome == .exited(0))
            #expect(pool.log("a") == "mine\n")
        }
    }

    /// The daemon raises its own limit; a task gets the one from before, whatever its supervisor has.
    @Test func hasTheOpenFilesLimitFromBeforeTheDaemonRaisedIt() async throws {
        let pool = try TestPool()
        defer { pool.close() }
        let shim = pool.folder + "/limited-shim"
        #expect(Files.write("#!/bin/sh\nulimit -Sn 99; exec \(Shim.path) \"$@\"\n", to: shim))
        let limited = try TestPool(folder: pool.folder, shim: shim)
        #expect(await limited.run("a", "ulimit -Sn").outcome == .exited(0))
        let spec = try #require(RecordEditor(path: pool.recordPath("a")).spec)
        #expect(spec.open_files_limit > 99)
        #expect(pool.log("a") == "\(spec.open_files_limit)\n")
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        #expect(limit.rlim_cur == limit.rlim_max)
    }

    @Test func leadsASessionOfItsOwn() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "cut -d' ' -f5,6 /proc/$$/stat; echo $$").outcome == .exited(0))
            let lines = pool.log("a").split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first == "\(lines.last ?? "") \(lines.last ?? "")")
        }
    }

    @Test func keepsArgumentsAsTheyAre() async throws {
        try await TestPool.with { pool in
            let odd = ["", "a b", "$HOME", "ä\n\"'", String(repeating: "x", count: 100_000)]
            let end = await pool.run(pool.specification("a", ["printf", "%s|"] + odd))
            #expect(end.outcome == .exited(0))
            #expect(pool.log("a") == odd.map { $0 + "|" }.joined())
        }
    }
}
