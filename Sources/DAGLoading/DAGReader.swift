import DAGDomain
import JSONText

/// Reads a parsed file in four steps: shapes, settings, tasks, graph. Every step reports all it finds.
struct DAGReader {
    struct Content {
        var id: DAGID?
        var idPosition: JSONPosition?
        var settings = DAGSettings()
        var tasks: [TaskDefinition] = []
    }

    private let document: JSONDocument
    private let zones: ZoneLookup
    private(set) var diagnostics = DiagnosticList()

    init(document: JSONDocument, zones: ZoneLookup) {
        self.document = document
        self.zones = zones
    }

    mutating func read(mayContainNUL: Bool) -> Content {
        for duplicate in document.duplicateKeys {
            diagnostics.error(duplicate.message, at: duplicate.position)
        }
        if mayContainNUL { refuseNUL(document.root) }
        checkShapes()
        guard document.root.members != nil else { return Content() }

        let fields = Fields(document.root, .dag)
        var content = Content()
        content.id = fields.string("dag_id").flatMap { TextRule.identifier.accepts($0) ? DAGID($0) : nil }
        content.idPosition = fields["dag_id"]?.position
        readSettings(fields, into: &content)
        let tasks = readTasks(fields, into: &content)
        var graph = GraphCheck(diagnostics: diagnostics)
        graph.check(tasks)
        diagnostics = graph.diagnostics
        content.tasks = tasks.map(\.definition)
        return content
    }

    private mutating func checkShapes() {
        var check = ShapeCheck(diagnostics: diagnostics)
        check.check(document.root, .object(.dag), .whole("a DAG file"))
        diagnostics = check.diagnostics
    }

    private mutating func readSettings(_ fields: Fields, into content: inout Content) {
        var reader = SettingsReader(zones: zones, diagnostics: diagnostics)
        content.settings = reader.read(fields)
        diagnostics = reader.diagnostics
    }

    private mutating func readTasks(_ fields: Fields, into content: inout Content) -> [ReadTask] {
        let names = Set(content.settings.parameters.map(\.name))
        var reader = TaskReader(parameters: names, diagnostics: diagnostics)
        if let environment = fields["env"] {
            let read = reader.readEnvironment(environment, outputs: .refused("the DAG"))
            content.settings.environment = read.entries
        }
        let defaults = reader.readDefaults(fields["default_args"])
        var tasks: [ReadTask] = []
        for node in fields["tasks"]?.elements ?? [] where node.members != nil {
            tasks.append(reader.read(node, key: nil, defaults: defaults))
        }
        // A key that is there twice was reported as such.
        var keys = Set<String>()
        for member in fields["tasks"]?.members ?? []
        where member.node.members != nil && keys.insert(member.key).inserted {
            tasks.append(reader.read(member.node, key: member, defaults: defaults))
        }
        diagnostics = reader.diagnostics
        return tasks
    }

    /// No text of a DAG file may contain U+0000: neither an argument nor an environment variable can hold it.
    private mutating func refuseNUL(_ node: JSONNode) {
        if let text = node.stringValue, text.utf8.contains(0) {
            diagnostics.error("the text contains the character U+0000", at: node.position)
        }
        for element in node.elements ?? [] { refuseNUL(element) }
        for member in node.members ?? [] {
            if member.key.utf8.contains(0) {
                diagnostics.error("the key contains the character U+0000", at: member.keyPosition)
            }
            refuseNUL(member.node)
        }
    }
}
