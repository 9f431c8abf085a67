import Glibc

/// A system call that failed, with the path it was about.
struct SystemError: Error, CustomStringConvertible {
    let call: String
    let path: String
    let code: Int32

    /// Takes the code from `errno`: to be made directly after the call.
    init(_ call: String, _ path: String) {
        self.code = errno
        self.call = call
        self.path = path
    }

    var description: String { "\(call): \(String(cString: strerror(code)))" }
}
