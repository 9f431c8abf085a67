import ArgumentParser
import DAGDomain
import JSONText

/// The options of `run` and `trigger` that describe the run.
struct RunRequestOptions: ParsableArguments {
    @Option(
        name: .customLong("param"),
        help: ArgumentHelp("A parameter; repeat for more. Wins over --conf.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(help: ArgumentHelp("Parameters as a JSON object, or @FILE with one.", valueName: "json"))
    var conf: String?

    @Option(help: ArgumentHelp("The run's logical date (RFC 3339).", valueName: "time"))
    var logicalDate: String?

    @Option(help: ArgumentHelp("The run's id.", valueName: "id"))
    var runID: String?

    @Option(help: ArgumentHelp("A note that is kept with the run.", valueName: "text"))
    var note: String?

    @Flag(help: "Run every task, also those that an earlier success could serve.")
    var noCache = false

    /// The body of the request that asks for the run; members that were not given are left out.
    func body() throws -> JSONObject {
        var body = JSONObject()
        body["run_id"] = runID.map(JSONValue.string)
        body["logical_date"] = try logicalDate.map { .string(try Timestamp(rfc3339: $0).rfc3339) }
        body["conf"] = try Self.configuration(conf).map(JSONValue.object)
        if !parameters.isEmpty { body["params"] = .array(try parameters.map(Self.parameter)) }
        body["note"] = note.map(JSONValue.string)
        if noCache { body["no_cache"] = true }
        return body
    }

    static func parameter(_ text: String) throws -> JSONValue {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CommandFailure(.wrongUsage, "--param takes name=value, found \(text.quotedForMessage)")
        }
        return [
            "name": .string(String(text[..<equals])),
            "text": .string(String(text[text.index(after: equals)...])),
        ]
    }

    /// The object of `--conf`: a JSON text, or `@FILE` with one.
    static func configuration(_ conf: String?, option: String = "--conf") throws -> JSONObject? {
        guard let conf else { return nil }
        let isFile = conf.hasPrefix("@")
        let bytes = isFile ? try FileAccess.read(String(conf.dropFirst())) : Array(conf.utf8)
        let place = isFile ? String(conf.dropFirst()) : option
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(bytes: bytes)
        } catch {
            throw CommandFailure(.badData, "\(place):\(error.description)")
        }
        guard let object = value.objectValue else {
            throw CommandFailure(.badData, "\(place) must be a JSON object, found \(value.kind)")
        }
        return object
    }
}
