import ArgumentParser
import DAGDomain
import JSONText

/// The options that describe a run that is only thought of.
struct TaskPreviewOptions: ParsableArguments {
    @Option(
        name: .customLong("param"),
        help: ArgumentHelp("A parameter; repeat for more. Wins over --conf.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(help: ArgumentHelp("Parameters as a JSON object, or @FILE with one.", valueName: "json"))
    var conf: String?

    @Option(help: ArgumentHelp("The logical date (RFC 3339); without it there is none.", valueName: "time"))
    var logicalDate: String?

    @Option(help: "Which instance of a mapped task.")
    var mapIndex: Int?

    var isEmpty: Bool { parameters.isEmpty && conf == nil && logicalDate == nil }

    func body() throws -> JSONValue {
        var body = JSONObject()
        body["logical_date"] = try logicalDate.map { .string(try Timestamp(rfc3339: $0).rfc3339) }
        body["conf"] = try RunRequestOptions.configuration(conf).map(JSONValue.object)
        if !parameters.isEmpty { body["params"] = .array(try parameters.map(RunRequestOptions.parameter)) }
        body["map_index"] = mapIndex.map { .integer(Int64($0)) }
        return .object(body)
    }
}
