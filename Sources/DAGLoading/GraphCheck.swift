import DAGDomain
import JSONText

/// What can be judged only with all tasks at hand: ids, edges, circles, conditions, and outputs of tasks that are not
/// upstream.
struct GraphCheck {
    private struct Query {
        let writer: Int
        let reader: Int
        let shown: String
        let position: JSONPosition
        /// Inside the text that stands there.
        var offset: Int?
    }

    var diagnostics: DiagnosticList
    private var suggestions = NameSuggestions()
    private var queries: [Query] = []

    init(diagnostics: DiagnosticList) {
        self.diagnostics = diagnostics
    }

    /// Checks everything, and completes the definitions with their edges, conditions and full ids.
    mutating func check(_ tree: inout TaskTree) {
        let scope = NameScope(tree, targets: indexIDs(of: tree))
        var resolver = EdgeResolver(tree, scope, diagnostics: diagnostics, suggestions: suggestions)
        resolver.resolve()
        diagnostics = resolver.diagnostics
        suggestions = resolver.suggestions
        collectReferences(tree, scope, &resolver)
        readConditions(of: &tree, scope)
        readInputs(of: &tree, scope)
        warnOfStoppedTrials(tree, resolver.edges)
        warnOfEarlyAliases(tree)
        complete(&tree, scope, resolver.edges)
        do throws(DAGGraph.Cycle) {
            let graph = try DAGGraph(upstream: resolver.edges.map { $0.map(\.upstream) })
            checkQueries(tree, graph, skipping: resolver.incomplete)
        } catch {
            reportCircle(error.path, tree, resolver.edges)
        }
    }

    private mutating func indexIDs(of tree: TaskTree) -> [String: NameScope.Target] {
        var targets: [String: NameScope.Target] = [:]
        targets.reserveCapacity(tree.tasks.count + tree.groups.count)
        for (index, task) in tree.tasks.enumerated() where task.hasID {
            let id = task.definition.id.text
            guard case .task(let first)? = targets[id] else {
                targets[id] = .task(index)
                continue
            }
            let other = tree.tasks[first].position
            diagnostics.error(
                "duplicate task id \"\(id)\"; it is already at \(other.line):\(other.column)",
                at: task.position)
        }
        for (index, group) in tree.groups.enumerated() where group.hasID {
            let other: JSONPosition
            switch targets[group.id.text] {
            case nil:
                targets[group.id.text] = .group(index)
                continue
            case .task(let first): other = tree.tasks[first].position
            case .group(let first): other = tree.groups[first].position
            }
            diagnostics.error(
                "the group's id \"\(group.id)\" is already taken at \(other.line):\(other.column)",
                at: group.position)
        }
        return targets
    }

    /// - Parameter circle: task indices in the direction of the edges.
    private mutating func reportCircle(_ circle: [Int], _ tree: TaskTree, _ edges: [[ReadEdge]]) {
        // Starts with the task that comes first in the file.
        guard let start = circle.indices.min(by: { circle[$0] < circle[$1] }) else { return }
        let path = Array(circle[start...] + circle[..<start])
        guard let first = path.first, let last = path.last else { return }
        let names = path.map { tree.tasks[$0].definition.id.text }
        let shown = names.count <= 12 ? names : Array(names.prefix(6)) + ["..."] + Array(names.suffix(5))
        let count = names.count <= 12 ? "" : " (\(names.count) tasks)"
        let edge = edges[first].first { $0.upstream == last }
        diagnostics.error(
            "the tasks wait for each other in a circle: "
                + "\((shown + [names[0]]).joined(separator: " -> "))\(count)",
            at: edge?.position ?? tree.tasks[first].position)
    }

    // MARK: - Outputs

    private mutating func collectReferences(
        _ tree: TaskTree, _ scope: NameScope, _ resolver: inout EdgeResolver
    ) {
        for reader in tree.tasks.indices {
            for reference in tree.tasks[reader].references {
                guard let writer = writer(of: reference, from: .task(reader), tree, scope) else { continue }
                add(reference, writer: writer, reader: reader)
            }
        }
        for group in tree.groups.indices {
            for reference in tree.groups[group].references {
                guard let writer = writer(of: reference, from: .group(group), tree, scope) else { continue }
                if tree.groups[group].tasks.contains(writer) {
                    diagnostics.error(
                        "\(reference.shown): \"\(reference.task)\" is inside the group",
                        at: reference.position)
                } else {
                    // One of the first tasks is enough for the message.
                    for reader in resolver.first(of: group) {
                        add(reference, writer: writer, reader: reader)
                    }
                }
            }
        }
    }

    /// Has it checked that a task whose artifact is read is upstream.
    mutating func ask(from writer: Int, to reader: Int, shown: String, position: JSONPosition) {
        queries.append(Query(writer: writer, reader: reader, shown: shown, position: position))
    }

    private mutating func add(_ reference: OutputReference, writer: Int, reader: Int) {
        queries.append(
            Query(writer: writer, reader: reader, shown: reference.shown, position: reference.position))
    }

    private mutating func writer(
        of reference: OutputReference, from place: NameScope.Target, _ tree: TaskTree, _ scope: NameScope
    ) -> Int? {
        switch scope.target(of: reference.task, from: place) {
        case .task(let writer):
            if let problem = problem(of: reference, tree.tasks[writer].definition) {
                diagnostics.error("\(reference.shown): \(problem)", at: reference.position)
            }
            return writer
        case .group:
            diagnostics.error(
                "\(reference.shown): \"\(reference.task)\" is a group; outputs are those of tasks",
                at: reference.position)
        case nil:
            let hint = suggestions.hint(for: reference.task, in: scope.names)
            diagnostics.error(
                "\(reference.shown): there is no task \(reference.task.quotedForMessage)\(hint)",
                at: reference.position)
        }
        return nil
    }

    private mutating func problem(of reference: OutputReference, _ task: TaskDefinition) -> String? {
        let name = reference.name
        if reference.isArtifact {
            let names = task.artifacts.map(\.name)
            guard !names.contains(name) else { return nil }
            return
                "the task \"\(task.id)\" declares no such artifact\(suggestions.hint(for: name, in: names))"
        }
        if task.addedOutputs.contains(name) { return nil }
        guard let outputs = task.outputs, !outputs.contains(name) else { return nil }
        return "the task \"\(task.id)\" declares no such output\(suggestions.hint(for: name, in: outputs))"
    }

    /// A stopped trial is skipped, and with it whoever needs every upstream to succeed.
    private mutating func warnOfStoppedTrials(_ tree: TaskTree, _ edges: [[ReadEdge]]) {
        for (reader, task) in tree.tasks.enumerated() where task.definition.triggerRule == .allSuccess {
            guard
                let edge = edges[reader].first(where: {
                    tree.tasks[$0.upstream].definition.flow.earlyStopping != nil
                })
            else { continue }
            let trial = tree.tasks[edge.upstream].definition.id
            diagnostics.warning(
                "the task is skipped when an instance of \"\(trial)\" is stopped early; with \"trigger_rule\": "
                    + "\"none_failed_min_one_success\" it is not", at: edge.position)
        }
    }

    private mutating func checkQueries(_ tree: TaskTree, _ graph: DAGGraph, skipping incomplete: Set<Int>) {
        queries.removeAll { incomplete.contains($0.reader) }
        var pairs = ReachabilityQueries()
        for query in queries { pairs.add(from: query.writer, to: query.reader) }
        var reported = Set<String>()
        for (query, isReached) in zip(queries, pairs.answers(in: graph)) where !isReached {
            let (writer, reader) = (tree.tasks[query.writer], tree.tasks[query.reader])
            let place = "\(query.position.offset) \(query.offset ?? 0) \(query.shown)"
            guard reported.insert(place).inserted else { continue }
            report(
                "\(query.shown): \"\(writer.definition.id)\" is not upstream of "
                    + "\"\(reader.definition.id)\"; add it to \"depends_on\"", of: query)
        }
    }

    private mutating func report(_ message: String, of query: Query) {
        if let offset = query.offset {
            diagnostics.error(message, at: query.position, inText: offset)
        } else {
            diagnostics.error(message, at: query.position)
        }
    }

    // MARK: - Conditions

    private mutating func readConditions(of tree: inout TaskTree, _ scope: NameScope) {
        // What is looked at while the tree changes; a copy made each time would be quadratic work.
        let known = tree
        for reader in known.tasks.indices {
            guard let node = known.tasks[reader].condition, let text = node.stringValue, !text.isEmpty else {
                continue
            }
            let names = TaskConditionNames(
                tree: known, scope: scope, task: reader, suggests: suggestions.areLeft)
            do throws(ConditionFailure) {
                let result = try ConditionParser.parse(text, names: names)
                tree.tasks[reader].definition.flow.condition = Condition(
                    text: text, expression: result.expression)
                for read in result.reads {
                    queries.append(
                        Query(
                            writer: read.task.index, reader: reader,
                            shown: "outputs.\(read.task.id).\(read.name)",
                            position: node.position, offset: read.offset))
                }
            } catch {
                suggestions.use()
                diagnostics.error(
                    "\"when\", column \(error.offset + 1): \(error.message)",
                    at: node.position, inText: error.offset)
            }
        }
    }

    // MARK: - The definitions

    /// Gives the definitions their edges, and replaces short ids by full ones.
    private func complete(_ tree: inout TaskTree, _ scope: NameScope, _ edges: [[ReadEdge]]) {
        let ids = tree.tasks.map(\.definition.id)
        let fullID = { (id: TaskID, place: NameScope.Target) -> TaskID in
            guard case .task(let index)? = scope.target(of: id.text, from: place) else { return id }
            return ids[index]
        }
        for index in tree.tasks.indices {
            tree.tasks[index].definition.dependsOn = edges[index].map { ids[$0.upstream] }
            for edge in edges[index] {
                guard let condition = edge.condition else { continue }
                tree.tasks[index].definition.flow.edgeConditions[ids[edge.upstream]] = condition
            }
            guard tree.tasks[index].group != nil, !tree.tasks[index].references.isEmpty else { continue }
            tree.tasks[index].definition.renameReferences { fullID($0, .task(index)) }
        }
        for index in tree.groups.indices where !tree.groups[index].references.isEmpty {
            tree.groups[index].mapping = tree.groups[index].mapping?.renaming { fullID($0, .group(index)) }
        }
    }
}
