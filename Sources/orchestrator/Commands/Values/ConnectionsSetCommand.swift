import ArgumentParser
import JSONText

/// `connections set`
struct ConnectionsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Make a connection, or change what is given of it.",
        discussion: """
            A URI is TYPE://LOGIN:PASSWORD@HOST:PORT/SCHEMA?EXTRA, each part percent-encoded. What stands in the
            command can be seen in the list of processes: give secrets with --password-file or --file.
            """, aliases: ["add"])

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The connection's id.")
    var id: String

    @Argument(help: "A URI, or its fields as JSON; `-` reads standard input.")
    var uri: String?

    @Option(help: "A file with a URI or the fields as JSON; `-` is standard input.")
    var file: String?

    @Option(name: .customLong("conn-uri"), help: "A URI (Airflow's word).")
    var connURI: String?

    @Option(help: "The fields as JSON (Airflow's word).")
    var connJSON: String?

    @Option(name: [.customLong("type"), .customLong("conn-type")], help: "For example postgres or http.")
    var type: String?

    @Option(name: [.customLong("host"), .customLong("conn-host")], help: "The host.")
    var host: String?

    @Option(name: [.customLong("port"), .customLong("conn-port")], help: "The port.")
    var port: Int?

    @Option(name: [.customLong("login"), .customLong("conn-login")], help: "The user's name.")
    var login: String?

    @Option(name: [.customLong("password"), .customLong("conn-password")], help: "The password.")
    var password: String?

    @Option(help: "A file with the password; `-` is standard input.")
    var passwordFile: String?

    @Option(name: [.customLong("schema"), .customLong("conn-schema")], help: "The schema or database.")
    var schema: String?

    @Option(
        name: [.customLong("extra"), .customLong("conn-extra")], help: "Further settings, a JSON object.")
    var extra: String?

    @Option(
        name: [.customLong("description"), .customLong("conn-description")],
        help: "What the connection is for.")
    var description: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let texts = [uri, connURI, connJSON].compactMap { $0 }
        guard texts.count < 2 else {
            throw CommandFailure(.wrongUsage, "give one URI, or the fields as JSON")
        }
        var body = JSONObject()
        body["uri"] = try ValueText.read(texts.first, file: file).map(JSONValue.string)
        body["conn_type"] = type.map(JSONValue.string)
        body["host"] = host.map(JSONValue.string)
        body["port"] = port.map { .integer(Int64($0)) }
        body["login"] = login.map(JSONValue.string)
        body["password"] = try ValueText.read(password, file: passwordFile).map(JSONValue.string)
        body["schema"] = schema.map(JSONValue.string)
        body["extra"] = extra.map(JSONValue.string)
        body["description"] = description.map(JSONValue.string)
        guard !body.isEmpty else {
            throw CommandFailure(.wrongUsage, "give a URI, a file, or fields such as --type and --host")
        }
        let request = APIRequest(.put, ConnectionsCommand.parts + [id], body: .object(body))
        let connection = try await invocation.withAPI(.records) { try await $0.json(request) }
        if invocation.output.format == .json { return try invocation.output.show(json: connection) }
        invocation.output.say("set the connection \(id)")
    }
}
