import ArgumentParser
import JSONText

/// What an import does with a name that is there already, in Airflow's words.
enum ImportMode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case overwrite, fail, skip

    /// The members of the file that are to be set.
    ///
    /// - Throws: a failure that names what is there already, when that is not wanted; nothing was changed then.
    func chosen<Value>(
        _ values: [(name: String, value: Value)], known: Set<String>
    ) throws(CommandFailure) -> [(name: String, value: Value)] {
        let present = values.map(\.name).filter(known.contains)
        switch self {
        case .overwrite: return values
        case .skip: return values.filter { !known.contains($0.name) }
        case .fail:
            guard present.isEmpty else {
                throw CommandFailure(
                    .badData, "there already: \(present.joined(separator: ", ")); nothing was changed")
            }
            return values
        }
    }

    /// The object in a file; `-` is standard input.
    static func object(inFile file: String) throws(CommandFailure) -> JSONObject {
        let text = try ValueText.read(nil, file: file) ?? ""
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(text)
        } catch {
            throw CommandFailure(.badData, "\(file):\(error.description)")
        }
        guard let object = value.objectValue else {
            throw CommandFailure(.badData, "\(file): expected an object, found \(value.kind)")
        }
        return object
    }
}
