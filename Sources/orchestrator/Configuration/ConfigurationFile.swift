import DAGDomain
import JSONText

/// `HOME/config.json`: one object whose keys are settings; `$schema` and `x-...` are for people and editors.
enum ConfigurationFile {
    static func values(path: String, bytes: [UInt8]) throws(CommandFailure) -> [SettingValue] {
        let root: JSONValue
        do throws(JSONSyntaxError) {
            root = try JSONValue.parse(bytes: bytes)
        } catch {
            let place = "\(path):\(error.position.line):\(error.position.column)"
            throw CommandFailure(.badConfiguration, "\(place): \(error.message)")
        }
        guard let object = root.objectValue else {
            throw CommandFailure(.badConfiguration, "\(path): expected an object, found \(root.kind)")
        }
        var values: [SettingValue] = []
        var problems: [String] = []
        for (key, value) in object where key != "$schema" && !key.hasPrefix("x-") {
            guard let setting = Setting(rawValue: key), setting.isAllowedInFile else {
                problems.append("\(path): unknown key \(key.quotedForMessage)\(suggestion(for: key))")
                continue
            }
            guard let text = text(of: value, kind: setting.kind) else {
                problems.append(
                    "\(path): \"\(key)\" must be \(setting.kind.expectation), found \(value.kind)")
                continue
            }
            values.append(SettingValue(setting: setting, text: text, source: .file(path)))
        }
        guard problems.isEmpty else {
            let known = Setting.allCases.filter(\.isAllowedInFile).map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.badConfiguration, problems, hint: "the keys are \(known)")
        }
        return values
    }

    /// The value as the text an option would have; nil when its type is another one.
    private static func text(of value: JSONValue, kind: Setting.Kind) -> String? {
        switch (kind, value) {
        case (.integer, .integer(let number)): "\(number)"
        case (.boolean, .bool(let isOn)): isOn ? "true" : "false"
        case (.text, .string(let text)), (.path, .string(let text)), (.choice, .string(let text)): text
        default: nil
        }
    }

    private static func suggestion(for key: String) -> String {
        let known = Setting.allCases.filter(\.isAllowedInFile).map(\.rawValue)
        let wanted = key.lowercased().replacing("-", with: "_")
        guard let nearest = known.min(by: { wanted.editDistance(to: $0) < wanted.editDistance(to: $1) }),
            wanted.editDistance(to: nearest) <= 2
        else { return "" }
        return "; did you mean \"\(nearest)\"?"
    }
}

extension Setting.Kind {
    fileprivate var expectation: String {
        switch self {
        case .text, .path, .choice: "a string"
        case .integer: "a whole number"
        case .boolean: "true or false"
        }
    }
}
