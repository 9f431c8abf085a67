import DAGDomain
import Glibc
import TaskExecution
import Testing

@Suite(.timeLimit(.minutes(5)))
struct OutputLogTests {
    @Test func holdsBothStreamsInOrder() async throws {
        try await TestPool.with { pool in
            let end = await pool.run("a", "echo one; echo two >&2; printf 'three\\000\\377'")
            #expect(Files.read(pool.logPath("a")) == Array("one\ntwo\nthree".utf8) + [0, 255])
            #expect(end.logBytes == 15)
        }
    }

    @Test func isOnlyMadeWhenSomethingIsWritten() async throws {
        try await TestPool.with { pool in
            #expect(await pool.run("a", "exit 0").outcome == .exited(0))
            #expect(!Files.exists(pool.folder + "/logs"))
        }
    }

    @Test func canBeReadWhileTheTaskRuns() async throws {
        try await TestPool.with { pool in
            let gate = pool.makeFIFO("gate")
            let ready = pool.makeFIFO("ready")
            // More than pipe and supervisor can hold together: the first line must have been written before.
            pool.shell("a", "echo early; head -c 140000 /dev/zero; echo ready > ready; read line < gate")
            #expect(await ready.read() == "ready\n")
            #expect(pool.log("a").hasPrefix("early\n"))
            await gate.release()
            #expect(await pool.events.end(of: "a").outcome == .exited(0))
        }
    }

    @Test func keepsEveryByteUpToTheLimit() async throws {
        try await TestPool.with { pool in
            let specification = pool.specification(
                "a", ["/bin/sh", "-c", "head -c 1000000 /dev/zero"], logLimit: 1_000_000)
            let end = await pool.run(specification)
            #expect(Files.read(pool.logPath("a")) == [UInt8](repeating: 0, count: 1_000_000))
            #expect(end.logBytes == 1_000_000)
            #expect(end.droppedLogBytes == 0)
        }
    }

    /// 64 KiB beyond the limit are still all there; one byte more and a line says what is missing.
    @Test(arguments: [65536, 65537, 200_000])
    func marksWhatItCuts(_ excess: Int) async throws {
        try await TestPool.with { pool in
            let total = 1000 + excess
            let script = "yes 0123456789abcde | head -c \(total)"
            let end = await pool.run(pool.specification("a", ["/bin/sh", "-c", script], logLimit: 1000))
            let expected = (0..<total).map { Array("0123456789abcde\n".utf8)[$0 % 16] }
            let cut = excess - 65536
            let marker = cut == 0 ? "" : "\n[... \(cut) bytes cut: log limit 1000 reached ...]\n"
            let log = expected.prefix(1000) + Array(marker.utf8) + expected.suffix(65536)
            #expect(Files.read(pool.logPath("a")) == Array(log), "the log differs")
            #expect(end.logBytes == UInt64(1000 + 65536))
            #expect(end.droppedLogBytes == UInt64(cut))
        }
    }

    @Test func needsTheSameMemoryForAnyAmountOfOutput() async throws {
        try await TestPool.with { pool in
            let script = "head -c 200000000 /dev/zero; grep -E 'RssAnon|VmHWM' /proc/$PPID/status > memory"
            let end = await pool.run(pool.specification("a", ["/bin/sh", "-c", script], logLimit: 100_000))
            #expect(end.outcome == .exited(0))
            #expect(end.droppedLogBytes == 200_000_000 - 100_000 - 65536)
            let memory = String(decoding: Files.read(pool.folder + "/memory") ?? [], as: UTF8.self)
            let kilobytes = memory.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            #expect(kilobytes.count == 2)
            #expect(kilobytes.allSatisfy { $0 < 4096 }, "\(memory)")
        }
    }

    @Test func outlivesTheRemovalOfItsFolder() async throws {
        try await TestPool.with { pool in
            let end = await pool.run("a", "echo before; rm -r logs; echo after; exit 3")
            #expect(end.outcome == .exited(3))
            // The folder was gone at the first byte of the next attempt: it is made again.
            #expect(await pool.run("b", "echo again").outcome == .exited(0))
            #expect(pool.log("b") == "again\n")
        }
    }

    @Test(arguments: ["fifo", "folder", "link"])
    func doesNotTouchWhatIsNoFile(_ kind: String) async throws {
        try await TestPool.with { pool in
            let path = pool.folder + "/log"
            switch kind {
            case "fifo": mkfifo(path, 0o600)
            case "folder": mkdir(path, 0o700)
            default: symlink(pool.folder + "/target", path)
            }
            let specification = pool.specification("a", ["echo", "hello"], logPath: path)
            let end = await pool.run(specification)
            #expect(end.outcome == .exited(0))
            #expect(end.logBytes == 0)
            #expect(end.droppedLogBytes == 6)
            #expect(!Files.exists(pool.folder + "/target"))
        }
    }

    /// A disk that is full and later is not (needs root, for a file system of 512 KiB).
    @Test func marksWhatAFullDiskLost() async throws {
        try await TestPool.with { pool in
            let disk = pool.folder + "/disk"
            mkdir(disk, 0o700)
            try #require(mount("none", disk, "tmpfs", 0, "size=512k") == 0)
            defer { umount2(disk, Int32(MNT_DETACH)) }
            let full = pool.makeFIFO("full")
            let gate = pool.makeFIFO("gate")
            let script =
                "echo first; head -c 140000 /dev/zero; cat /dev/zero > disk/ballast; "
                + "head -c 200000 /dev/zero; "
                + "echo full > full; read line < gate; echo last; exit 9"
            executorStart(pool, script, log: disk + "/log")
            #expect(await full.read() == "full\n")
            #expect(unlink(disk + "/ballast") == 0)
            await gate.release()
            let end = await pool.events.end(of: "a")
            #expect(end.outcome == .exited(9))
            let log = Files.read(disk + "/log") ?? []
            let text = String(decoding: log.filter { $0 != 0 }, as: UTF8.self)
            #expect(text.hasPrefix("first\n"))
            #expect(text.contains("\(end.droppedLogBytes) bytes lost: No space left on device"))
            #expect(text.hasSuffix("...]\nlast\n"))
            #expect(end.droppedLogBytes + end.logBytes > 340_000)
        }
    }

    private func executorStart(_ pool: TestPool, _ script: String, log: String) {
        pool.executor.start(pool.specification("a", ["/bin/sh", "-c", script], logPath: log))
    }
}
