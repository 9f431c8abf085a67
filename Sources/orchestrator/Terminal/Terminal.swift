import Glibc

/// One of the two output streams: whether a person looks at it, how wide it is, whether colour is welcome.
struct Terminal: Sendable {
    let descriptor: Int32
    let isInteractive: Bool
    let usesColour: Bool

    /// - Parameters:
    ///   - wantsColour: false after `--no-color`.
    ///   - environment: `NO_COLOR` (any value but the empty one, no-color.org) and `TERM=dumb` turn things
    /// off.
    init(descriptor: Int32, wantsColour: Bool, environment: [String: String]) {
        let isDumb = environment["TERM"] == "dumb"
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1 && !isDumb
        usesColour = isInteractive && wantsColour && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Columns at this moment; 80 when nobody knows.
    var width: Int { size.columns }

    /// Columns and rows at this moment.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? (Int(size.ws_col), max(Int(size.ws_row), 5)) : (80, 24)
    }

    func styled(_ text: String, _ style: TextStyle) -> String {
        style.applied(to: text, if: usesColour)
    }

    /// Writes all of it.
    func write(_ text: String) throws(CommandFailure) {
        try write(bytes: Array(text.utf8))
    }

    /// Writes all of it; waits where the descriptor does not block.
    func write(bytes: [UInt8]) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            case EPIPE: throw .outputClosed
            default: throw .inputOutput("cannot write the output", errno)
            }
        }
    }
}
