import Glibc

/// A system call that failed, with the path it was about.
struct SystemError: Error {
    let call: String
    let path: String
    let code: Int32

    /// Takes the code from `errno`: to be made directly after the call.
    init(_ call: String, _ path: String) {
        self.code = errno
        self.call = call
        self.path = path
    }
}

extension ArtifactStoreError {
    init(_ error: SystemError) {
        if error.code == ENOSPC || error.code == EDQUOT {
            self = .full(path: error.path)
        } else {
            self = .inputOutput(
                path: error.path, detail: "\(error.call): \(String(cString: strerror(error.code)))")
        }
    }

    /// Classifies what the parts below throw.
    init(_ error: any Error) {
        switch error {
        case let error as ArtifactStoreError: self = error
        case let error as SystemError: self.init(error)
        default: self = .inputOutput(path: "", detail: "\(error)")
        }
    }
}

/// An open file that is closed with its value.
struct FileDescriptor: ~Copyable {
    let number: CInt

    init(opening path: String, flags: CInt, mode: mode_t = 0) throws(SystemError) {
        number = open(path, flags | O_CLOEXEC, mode)
        if number < 0 { throw SystemError("open", path) }
    }

    /// Opens one name in an open folder. The name has no slash.
    init(opening name: String, in parent: borrowing FileDescriptor, flags: CInt) throws(SystemError) {
        number = openat(parent.number, name, flags | O_CLOEXEC)
        if number < 0 { throw SystemError("openat", name) }
    }

    deinit {
        close(number)
    }

    func status(_ path: String) throws(SystemError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw SystemError("fstat", path) }
        return status
    }

    /// Makes content, or a folder's entries, durable.
    func sync(_ path: String) throws(SystemError) {
        guard fsync(number) == 0 else { throw SystemError("fsync", path) }
    }

    /// Writes all bytes; takes the number so that a closure can call it.
    static func write(
        _ bytes: UnsafeRawBufferPointer, to number: CInt, _ path: String
    ) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let count = Glibc.write(number, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write", path) }
            offset += count
        }
    }
}
