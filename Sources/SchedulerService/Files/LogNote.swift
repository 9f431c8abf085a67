import DAGDomain
import Glibc
import TaskExecution

/// A line that the scheduler adds to a task's log when the program itself cannot say what went wrong.
enum LogNote {
    static func append(_ text: String, to path: String) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        // The reason is in the database whatever happens here; a log on a full disk stays as it is.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let line = Array("[orchestrator] \(text)\n".utf8)
        _ = write(descriptor, line, line.count)
    }

    /// What an empty log should say when the program did print something: its disk was full, as a rule.
    static func lostOutput(_ end: AttemptEnd, log path: String) -> String? {
        var status = stat()
        guard end.logBytes == 0, end.droppedLogBytes > 0, stat(path, &status) != 0 || status.st_size == 0
        else { return nil }
        return "\(end.droppedLogBytes) bytes of output are lost: they could not be written to this log"
    }
}

extension AttemptReport {
    /// What the log should say of an attempt whose program could not.
    var note: String? {
        switch outcome {
        case .notStarted(_, let text): text
        case .lost(let text): text
        case .nothingToDo(let text): text
        case .exited, .signalled, .timedOut, .terminated, .cached: problem
        }
    }
}
