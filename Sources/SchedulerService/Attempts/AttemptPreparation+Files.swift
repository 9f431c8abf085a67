import DAGDomain
import Glibc

/// Folders and files of an attempt, with what goes wrong told as the machine's fault.
extension AttemptPreparation {
    static func makeFolder(_ path: String) throws(Failure) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            let reason = String(cString: strerror(errno))
            throw Failure(text: "the folder \(path) cannot be made: \(reason)", isMachineFault: true)
        }
    }

    static func write(_ text: String, to path: String) throws(Failure) {
        try writing(path) { () throws(SmallFile.Failure) in try SmallFile.write(text, to: path) }
    }

    /// A file of an attempt that has not begun.
    static func writeForStart(_ text: String, to path: String) throws(Failure) {
        try writing(path) { () throws(SmallFile.Failure) in try SmallFile.writeUnread(text, to: path) }
    }

    static func writing(
        _ path: String, _ body: () throws(SmallFile.Failure) -> Void
    ) throws(Failure) {
        do { try body() } catch {
            let reason =
                if case .system(let code) = error { String(cString: strerror(code)) } else { error.text }
            throw Failure(text: "\(path) cannot be written: \(reason)", isMachineFault: true)
        }
    }
}

extension AttemptPreparation {
    /// Tells an attempt where it can log, and remembers the secret in that.
    func tellTracking(_ variables: inout [String: String], _ context: AttemptContext) throws(Failure) {
        tracking.tell(&variables, context)
        let secrets = tracking.secrets.intersection(variables.values)
        guard !secrets.isEmpty else { return }
        do throws(ValueError) { try values.record(secrets, of: context.run.number) } catch {
            throw Failure(text: error.sentence, isMachineFault: true)
        }
    }
}
