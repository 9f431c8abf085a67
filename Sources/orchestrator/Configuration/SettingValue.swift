import DAGDomain
import JSONText

/// A setting's text with the place it comes from, so that a message about it can name the place.
struct SettingValue: Sendable, Equatable {
    enum Source: Sendable, Equatable {
        case option, environment
        case file(String)
    }

    let setting: Setting
    let text: String
    let source: Source

    /// `--port`, `ORCHESTRATOR_PORT`, or `"port" in /home/config.json`.
    var place: String {
        switch source {
        case .option: setting.optionName
        case .environment: setting.environmentName
        case .file(let path): "\"\(setting.rawValue)\" in \(path)"
        }
    }

    func failure(_ explanation: String) -> CommandFailure {
        let status: ExitStatus = source == .option ? .wrongUsage : .badConfiguration
        return CommandFailure(status, "\(place) \(explanation), found \(text.quotedForMessage)")
    }

    func integer(in range: ClosedRange<Int>) throws(CommandFailure) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw failure("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func boolean() throws(CommandFailure) -> Bool {
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw failure("must be true or false")
        }
    }

    /// Checks the text by the setting's kind.
    func check() throws(CommandFailure) {
        switch setting.kind {
        case .text: break
        case .path: if text.isEmpty { throw failure("must name a path") }
        case .integer(let range): _ = try integer(in: range)
        case .boolean: _ = try boolean()
        case .choice(let words):
            if !words.contains(text) { throw failure("must be one of \(words.joined(separator: ", "))") }
        }
    }
}
