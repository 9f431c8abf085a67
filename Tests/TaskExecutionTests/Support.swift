import CProcess
import Dispatch
import Glibc

/// The supervisor under test: `ORCHESTRATOR_SHIM`, else the one built beside the tests.
enum Shim {
    static let path: String = {
        if let path = getenv("ORCHESTRATOR_SHIM") { return String(cString: path) }
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer.prefix(max(length, 0)), as: UTF8.self)
        let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return folder.joined(separator: "/") + "/orchestrator-shim"
    }()

    /// Runs the supervisor directly and returns its exit code.
    static func run(_ record: String) -> Int32 {
        var process: Int32 = 0
        var pidfd: Int32 = -1
        let error = path.withCString { shim in
            record.withCString { record in
                let shim = UnsafeMutablePointer(mutating: shim)
                return cprocess_spawn(
                    shim, [shim, UnsafeMutablePointer(mutating: record), nil], -1, &process, &pidfd)
            }
        }
        guard error == 0 else { return -error }
        defer { close(pidfd) }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return (status >> 8) & 0xFF
    }
}

enum Processes {
    static func all(inEnvironment entry: String) -> [Int32] {
        Files.names("/proc").compactMap { Int32($0) }.filter { process in
            process != getpid()
                && (Files.read("/proc/\(process)/environ") ?? []).split(separator: 0)
                    .contains { $0.elementsEqual(entry.utf8) }
        }
    }

    /// Living processes of an attempt, wherever they are in the process tree.
    static func all(ofAttempt id: String, in pool: TestPool) -> [Int32] {
        Set(all(inEnvironment: "TEST_FOLDER=\(pool.folder)"))
            .intersection(all(inEnvironment: "ORCHESTRATOR_ATTEMPT_ID=\(pool.prefix)\(id)")).sorted()
    }

    static func isAlive(_ process: Int32) -> Bool {
        guard let stat = Files.read("/proc/\(process)/stat"),
            let bracket = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return false }
        return stat[bracket...].dropFirst(2).first != UInt8(ascii: "Z")
    }

    /// Returns when the process has ended.
    static func waitForEnd(_ process: Int32) async {
        let pidfd = cprocess_pidfd_open(process)
        guard pidfd >= 0 else { return }
        await blocking {
            var waited = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
            poll(&waited, 1, -1)
            close(pidfd)
        }
    }
}

/// Runs something that blocks outside the cooperative threads.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}

/// A named pipe through which a task tells a test how far it is.
struct FIFO: Sendable {
    let path: String

    init(path: String) {
        self.path = path
        mkfifo(path, 0o600)
    }

    /// What one writer wrote, once it has closed the pipe.
    func read() async -> String {
        await blocking { [path] in String(decoding: Files.read(path) ?? [], as: UTF8.self) }
    }

    /// Reads exactly so many bytes, from any number of writers.
    func read(count: Int) async {
        await blocking { [path] in
            let descriptor = open(path, O_RDWR | O_CLOEXEC)
            defer { close(descriptor) }
            var byte: UInt8 = 0
            for _ in 0..<count where Glibc.read(descriptor, &byte, 1) != 1 { return }
        }
    }

    /// Lets a task go on that waits in `read line < path`.
    func release() async {
        await blocking { [path] in _ = Files.write("go\n", to: path) }
    }
}

enum Files {
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            guard count > 0 else { return content }
            content += part.prefix(count)
        }
    }

    static func write(
        _ bytes: [UInt8], to path: String, at offset: Int = 0, flags: Int32 = O_WRONLY | O_CREAT
    ) -> Bool {
        let descriptor = open(path, flags | O_CLOEXEC, 0o700)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if offset > 0 { lseek(descriptor, offset, SEEK_SET) }
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }

    static func write(_ text: String, to path: String) -> Bool { write(Array(text.utf8), to: path) }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    static func removeTree(_ path: String) {
        if unlink(path) == 0 { return }
        for name in names(path) { removeTree("\(path)/\(name)") }
        rmdir(path)
    }
}
