import Glibc

extension Invocation {
    /// Asks before something is changed that cannot be undone. Without a person to ask, `--yes` is needed.
    ///
    /// - Throws: a failure when the answer is no.
    func confirm(_ question: String, isYes: Bool) throws(CommandFailure) {
        if isYes { return }
        guard isatty(STDIN_FILENO) == 1, output.messages.isInteractive else {
            throw CommandFailure(
                .wrongUsage, "nobody is there to confirm this; nothing was changed", hint: "add --yes")
        }
        try? output.messages.write(question + " [y/N] ")
        let answer = readLine()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            throw CommandFailure(.failed, "nothing was changed")
        }
    }
}
