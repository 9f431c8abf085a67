import DAGDomain
import Glibc
import JSONText

/// Where the process of an attempt tells what it did: the log, and the file of outputs.
struct PerformanceReport {
    private let log = Terminal(descriptor: STDOUT_FILENO, wantsColour: false, environment: [:])

    func say(_ line: String) {
        try? log.write(line + "\n")
    }

    /// Appends metrics, behind what the task itself wrote. Without a file to write to nobody wants them.
    func write(metrics: [Metric]) throws(CommandFailure) {
        guard let path = getenv("ORCHESTRATOR_METRICS").map({ String(cString: $0) }), !path.isEmpty,
            !metrics.isEmpty
        else { return }
        try append(metrics.map { "\($0.name)=\($0.value)\n" }.joined(), to: path)
    }

    /// Appends outputs, each as one line of JSON. Without a file to write to nobody wants them.
    func write(_ outputs: [(name: String, value: JSONValue)]) throws(CommandFailure) {
        guard let path = getenv("ORCHESTRATOR_OUTPUT").map({ String(cString: $0) }), !path.isEmpty else {
            return
        }
        try append(outputs.map { "\($0.name)=\($0.value.text())\n" }.joined(), to: path)
    }

    private func append(_ lines: String, to path: String) throws(CommandFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .inputOutput("cannot write \(path)", errno) }
        defer { close(descriptor) }
        var last: UInt8 = 0x0A
        let size = lseek(descriptor, 0, SEEK_END)
        if size > 0 { pread(descriptor, &last, 1, size - 1) }
        // The task's own last line may lack its end.
        try Terminal(descriptor: descriptor, wantsColour: false, environment: [:])
            .write((last == 0x0A ? "" : "\n") + lines)
    }
}
