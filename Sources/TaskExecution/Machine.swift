import DAGDomain
import Glibc

/// Facts about the machine and its clocks.
package enum Machine {
    /// Different after every start of the machine; empty if the kernel does not tell.
    package static func bootID() -> String {
        guard let bytes = readFile("/proc/sys/kernel/random/boot_id", limit: 64) else { return "" }
        return String(decoding: bytes.prefix(36), as: UTF8.self)
    }

    static func now() -> Timestamp {
        Timestamp(microsecondsSinceEpoch: microseconds(CLOCK_REALTIME))
    }

    /// When the machine was started, by today's reading of the wall clock.
    static func bootTime() -> Timestamp {
        Timestamp(microsecondsSinceEpoch: microseconds(CLOCK_REALTIME) - microseconds(CLOCK_BOOTTIME))
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// The text of an errno value.
    static func describe(_ errno: Int32) -> String {
        String(cString: strerror(errno))
    }

    /// Raises the soft limit of open descriptors to the hard one and returns what the soft limit was before,
    /// for the tasks: programs that close every possible descriptor suffer from a large one.
    static func raiseOpenFilesLimit() -> UInt64 {
        var limit = rlimit()
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
        return UInt64(before)
    }

    /// Field 22 of /proc/PID/stat; nil if there is no such process.
    static func startTicks(of process: Int32) -> UInt64? {
        guard let bytes = readFile("/proc/\(process)/stat", limit: 1024),
            let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[(bracket + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    /// The first `limit` bytes of a file of the kernel's; nil if it cannot be read.
    static func readFile(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var complete = true
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            while count < limit, let start = buffer.baseAddress {
                let part = read(descriptor, start + count, limit - count)
                if part < 0 { complete = false }
                if part <= 0 { break }
                count += part
            }
        }
        return complete ? bytes : nil
    }
}
