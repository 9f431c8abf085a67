import DAGDomain
import JSONText

/// Reads a parsed file in four steps: shapes, settings, tasks, graph. Every step reports all it finds.
struct DAGReader {
    struct Content {
        var id: DAGID?
        var idPosition: JSONPosition?
        var settings = DAGSettings()
        var tasks: [TaskDefinition] = []
        var groups: [TaskGroup] = []
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
        var tree = readTasks(fields, into: &content)
        var graph = GraphCheck(diagnostics: diagnostics)
        graph.check(&tree)
        diagnostics = graph.diagnostics
        content.tasks = tree.tasks.map(\.definition)
        content.groups = tree.groups.map { group in
            TaskGroup(
                id: group.id, tooltip: group.tooltip, tasks: Array(group.tasks), mapping: group.mapping)
        }
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

    private mutating func readTasks(_ fields: Fields, into content: inout Content) -> TaskTree {
        let names = ParameterNames(declared: Set(content.settings.parameters.map(\.name)))
        var tasks = TaskReader(parameters: names, diagnostics: diagnostics)
        if let environment = fields["env"] {
            let read = tasks.readEnvironment(environment, outputs: .refused("the DAG"))
            content.settings.environment = read.entries
        }
        content.settings.notices = tasks.readNotices(fields, ofRuns: true)
        content.settings.deadlines = tasks.readDeadlines(fields, ofRuns: true)
        let defaults = tasks.readDefaults(fields["default_args"])
        var reader = GroupReader(tasks: tasks)
        reader.read(fields, defaults: defaults, in: GroupPlace())
        diagnostics = reader.tasks.diagnostics
        return reader.tree
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
