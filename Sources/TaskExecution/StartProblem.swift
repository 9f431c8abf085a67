import CProcess
import Glibc

/// Why a program did not start, in words that name the path.
struct StartProblem {
    private let step: attempt_step
    private let position: Int
    private let error: Int32
    private let specification: StoredSpecification?

    /// `specification` is nil when it cannot be read any more; the text then does without the path.
    init(_ record: attempt_exit, specification: StoredSpecification?) {
        step = attempt_step(record.step)
        position = Int(record.step_index)
        error = record.code
        self.specification = specification
    }

    var outcome: ProcessOutcome {
        .notStarted(errno: error, exitCode: exitCode, message: "\(what): \(Machine.describe(error))")
    }

    /// POSIX, Shell Command Language 2.8.2: 127 when the command was not found, 126 when it was found but
    /// cannot be executed.
    private var exitCode: Int32 {
        step == ATTEMPT_STEP_EXEC && (error == ENOENT || error == ENOTDIR) ? 127 : 126
    }

    private var what: String {
        switch step {
        case ATTEMPT_STEP_EXEC: "cannot execute \(quoted(specification?.program))"
        case ATTEMPT_STEP_INTERPRETER: "cannot find the interpreter of \(quoted(specification?.program))"
        case ATTEMPT_STEP_WORKING_DIRECTORY:
            "cannot enter the working directory \(quoted(specification?.workingDirectory))"
        case ATTEMPT_STEP_DIRECTORY: "cannot make the folder \(quoted(specification?.directory(position)))"
        default: "cannot make a process"
        }
    }

    private func quoted(_ path: String?) -> String {
        path.map { "'\($0)'" } ?? "(unknown)"
    }
}
