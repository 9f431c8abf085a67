import DAGDomain
import JSONText

/// What can be judged only with all tasks at hand: ids, edges, circles, and outputs of tasks that are not
/// upstream.
struct GraphCheck {
    var diagnostics: DiagnosticList
    /// Suggesting names costs a pass over all ids; after this many it stops, so that a broken file stays
    /// linear.
    private var suggestionsLeft = 50

    init(diagnostics: DiagnosticList) {
        self.diagnostics = diagnostics
    }

    mutating func check(_ tasks: [ReadTask]) {
        let indices = indexIDs(of: tasks)
        var hasUnknownEdge = Set<Int>()
        var upstream: [[Int]] = []
        upstream.reserveCapacity(tasks.count)
        for place in tasks.indices {
            let edges = edges(of: tasks[place], indices)
            if edges.count < tasks[place].dependencies.count { hasUnknownEdge.insert(place) }
            upstream.append(edges)
        }
        do throws(DAGGraph.Cycle) {
            let graph = try DAGGraph(upstream: upstream)
            checkReferences(tasks, graph, indices, skipping: hasUnknownEdge)
        } catch {
            reportCircle(error.path, tasks)
        }
    }

    private mutating func indexIDs(of tasks: [ReadTask]) -> [TaskID: Int] {
        var indices: [TaskID: Int] = [:]
        indices.reserveCapacity(tasks.count)
        for place in tasks.indices where tasks[place].hasID {
            let id = tasks[place].definition.id
            if let first = indices[id] {
                let other = tasks[first].position
                diagnostics.error(
                    "duplicate task id \"\(id)\"; it is already at \(other.line):\(other.column)",
                    at: tasks[place].position)
            } else {
                indices[id] = place
            }
        }
        return indices
    }

    private mutating func edges(of task: ReadTask, _ indices: [TaskID: Int]) -> [Int] {
        var edges: [Int] = []
        for (id, position) in task.dependencies {
            if task.hasID, id == task.definition.id {
                diagnostics.error("the task \"\(id)\" depends on itself", at: position)
            } else if let index = indices[id] {
                edges.append(index)
            } else {
                let hint = suggestion(for: id.text, in: indices.namesInFileOrder)
                diagnostics.error("depends on the unknown task \"\(id)\"\(hint)", at: position)
            }
        }
        return edges
    }

    private mutating func suggestion(for word: String, in names: @autoclosure () -> [String]) -> String {
        guard suggestionsLeft > 0 else { return "" }
        suggestionsLeft -= 1
        return NearestWord.find(word, in: names()).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// - Parameter circle: task indices in the direction of the edges.
    private mutating func reportCircle(_ circle: [Int], _ tasks: [ReadTask]) {
        // Starts with the task that comes first in the file.
        guard let start = circle.indices.min(by: { circle[$0] < circle[$1] }) else { return }
        let path = Array(circle[start...] + circle[..<start])
        guard let first = path.first, let last = path.last else { return }
        let names = path.map { tasks[$0].definition.id.text }
        let shown = names.count <= 12 ? names : Array(names.prefix(6)) + ["..."] + Array(names.suffix(5))
        let count = names.count <= 12 ? "" : " (\(names.count) tasks)"
        let edge = tasks[first].dependencies.first { $0.id == tasks[last].definition.id }
        diagnostics.error(
            "the tasks wait for each other in a circle: "
                + "\((shown + [names[0]]).joined(separator: " -> "))\(count)",
            at: edge?.position ?? tasks[first].position)
    }

    private mutating func checkReferences(
        _ tasks: [ReadTask], _ graph: DAGGraph, _ indices: [TaskID: Int], skipping incomplete: Set<Int>
    ) {
        var pairs = ReachabilityQueries()
        var queried: [(reader: Int, reference: OutputReference)] = []
        for reader in tasks.indices {
            for reference in tasks[reader].references {
                let shown = "{{ outputs.\(reference.task).\(reference.name) }}"
                guard let writer = indices[reference.task] else {
                    let hint = suggestion(for: reference.task.text, in: indices.namesInFileOrder)
                    diagnostics.error(
                        "\(shown): there is no task \(reference.task.text.quotedForMessage)\(hint)",
                        at: reference.position)
                    continue
                }
                checkName(reference, shown, of: tasks[writer].definition)
                if !incomplete.contains(reader) {
                    pairs.add(from: writer, to: reader)
                    queried.append((reader, reference))
                }
            }
        }
        for (query, isReached) in zip(queried, pairs.answers(in: graph)) where !isReached {
            let (id, reader) = (query.reference.task, tasks[query.reader].definition.id)
            diagnostics.error(
                "{{ outputs.\(id).\(query.reference.name) }}: \"\(id)\" is not upstream of \"\(reader)\"; "
                    + "add it to \"depends_on\"", at: query.reference.position)
        }
    }

    private mutating func checkName(_ reference: OutputReference, _ shown: String, of task: TaskDefinition) {
        guard let outputs = task.outputs, !outputs.contains(reference.name) else { return }
        let hint = suggestion(for: reference.name, in: outputs)
        diagnostics.error(
            "\(shown): the task \"\(task.id)\" declares no such output\(hint)", at: reference.position)
    }
}

extension [TaskID: Int] {
    fileprivate var namesInFileOrder: [String] { sorted { $0.value < $1.value }.map(\.key.text) }
}

/// Answers many "is a upstream of b" at once: 64 starting tasks travel together as the bits of a word along
/// the topological order, over the stretch between the first start and the last end only.
struct ReachabilityQueries {
    private var pairs: [(from: Int, to: Int)] = []

    mutating func add(from: Int, to: Int) {
        pairs.append((from, to))
    }

    func answers(in graph: DAGGraph) -> [Bool] {
        var rank = [Int](repeating: 0, count: graph.topologicalOrder.count)
        for (place, task) in graph.topologicalOrder.enumerated() { rank[task] = place }
        var answers = [Bool](repeating: false, count: pairs.count)
        let order = pairs.indices.filter { rank[pairs[$0].from] < rank[pairs[$0].to] }
            .sorted { rank[pairs[$0].from] < rank[pairs[$1].from] }
        var marks = [UInt64](repeating: 0, count: rank.count)
        var next = 0
        while next < order.count {
            var bits: [Int: UInt64] = [:]
            let first = next
            var lastRank = 0
            while next < order.count, bits.count < 64 || bits[pairs[order[next]].from] != nil {
                let pair = pairs[order[next]]
                if bits[pair.from] == nil { bits[pair.from] = 1 << UInt64(bits.count) }
                lastRank = max(lastRank, rank[pair.to])
                next += 1
            }
            let stretch = graph.topologicalOrder[rank[pairs[order[first]].from]...lastRank]
            for task in stretch {
                marks[task] = graph.upstream[task].reduce(bits[task] ?? 0) { $0 | marks[$1] }
            }
            for query in order[first..<next] {
                answers[query] = marks[pairs[query].to] & (bits[pairs[query].from] ?? 0) != 0
            }
            for task in stretch { marks[task] = 0 }
        }
        return answers
    }
}
