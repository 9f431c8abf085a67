import DAGDomain

/// Why a command ends without having done what was asked: the text for a person, and the exit status.
struct CommandFailure: Error, Sendable, Equatable {
    let status: ExitStatus
    /// One thing that is wrong a line; empty when everything has been said already.
    var messages: [String]
    /// What the person can do about it.
    var hint: String?

    init(_ status: ExitStatus, _ messages: [String], hint: String? = nil) {
        self.status = status
        self.messages = messages
        self.hint = hint
    }

    init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
        self.init(status, [message], hint: hint)
    }

    /// Ends with a status when the text has been printed already.
    static func silent(_ status: ExitStatus) -> CommandFailure { CommandFailure(status, []) }

    /// The reader of standard output went away (`... | head`): not an error of ours, nothing to say.
    static let outputClosed = CommandFailure.silent(.done)

    /// The lines for standard error.
    var text: String {
        var lines = messages.map { "error: " + $0.withoutControls }
        if let hint { lines.append("hint: " + hint.withoutControls) }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension CommandFailure {
    /// An error number of the system as a sentence's end.
    static func inputOutput(_ action: String, _ errorNumber: Int32) -> CommandFailure {
        CommandFailure(.inputOutput, "\(action): \(systemErrorText(errorNumber))")
    }
}
