import DAGDomain
import JSONText

/// An edge between two tasks, with the place in the file that asks for it.
struct ReadEdge {
    let upstream: Int
    let condition: EdgeCondition?
    let position: JSONPosition
    /// Whether it came of a dependency of, or on, a group.
    let isImplied: Bool
}

/// Turns the `depends_on` of tasks and groups into edges between tasks: what depends on a group waits for the tasks
/// with which it ends, and a group that depends on something holds back the tasks with which it begins.
struct EdgeResolver {
    /// More edges than this are not made out of groups: both ends may have many tasks.
    static let maximumImpliedEdges = 1_000_000

    private struct Dependency {
        let from: NameScope.Target
        let to: NameScope.Target
        let read: ReadDependency
        /// The number of groups that hold both ends.
        let depth: Int
    }

    private let tree: TaskTree
    private let scope: NameScope
    var diagnostics: DiagnosticList
    var suggestions: NameSuggestions
    private(set) var edges: [[ReadEdge]]
    /// Tasks that depend on something that is not there.
    private(set) var incomplete = Set<Int>()
    private var impliedEdges = 0
    private var firstTasks: [Int: [Int]] = [:]
    private var lastTasks: [Int: [Int]] = [:]

    init(_ tree: TaskTree, _ scope: NameScope, diagnostics: DiagnosticList, suggestions: NameSuggestions) {
        self.tree = tree
        self.scope = scope
        self.diagnostics = diagnostics
        self.suggestions = suggestions
        edges = Array(repeating: [], count: tree.tasks.count)
    }

    mutating func resolve() {
        var dependencies: [[Dependency]] = []
        for index in tree.tasks.indices {
            collect(tree.tasks[index].dependencies, of: .task(index), into: &dependencies)
        }
        for index in tree.groups.indices {
            collect(tree.groups[index].dependencies, of: .group(index), into: &dependencies)
        }
        // Where a group begins and ends follows from the edges inside it: the innermost first.
        for level in dependencies.reversed() {
            for dependency in level { add(dependency) }
        }
        if !tree.groups.isEmpty { removeRepetitions() }
    }

    /// The tasks of a group that wait for none of its tasks.
    mutating func first(of group: Int) -> [Int] {
        if let known = firstTasks[group] { return known }
        let tasks = tree.groups[group].tasks
        let first = tasks.filter { task in !edges[task].contains { tasks.contains($0.upstream) } }
        firstTasks[group] = first
        return first
    }

    /// The tasks of a group for which none of its tasks wait. As in Airflow, a teardown there does not hold up what
    /// comes after the group: the tasks before it count instead.
    private mutating func last(of group: Int) -> [Int] {
        if let known = lastTasks[group] { return known }
        let tasks = tree.groups[group].tasks
        var isWaitedFor = Set<Int>()
        for task in tasks { isWaitedFor.formUnion(edges[task].map(\.upstream)) }
        let ends = tasks.filter { !isWaitedFor.contains($0) }
        var result: [Int] = []
        var seen = Set<Int>()
        var pending = Array(ends.reversed())
        while let task = pending.popLast() {
            guard seen.insert(task).inserted else { continue }
            guard tree.tasks[task].definition.flow.isTeardown else {
                result.append(task)
                continue
            }
            pending += edges[task].map(\.upstream).filter { upstream in
                tasks.contains(upstream) && !tree.tasks[upstream].definition.flow.isSetup
            }
        }
        lastTasks[group] = result.isEmpty ? ends : result.sorted()
        return lastTasks[group] ?? []
    }

    private mutating func collect(
        _ read: [ReadDependency], of place: NameScope.Target, into dependencies: inout [[Dependency]]
    ) {
        let around = scope.groups(around: place)
        for dependency in read {
            guard let target = scope.target(of: dependency.name, from: place) else {
                let hint = suggestions.hint(for: dependency.name, in: scope.names)
                diagnostics.error(
                    "depends on the unknown task \"\(dependency.name)\"\(hint)", at: dependency.position)
                markIncomplete(place)
                continue
            }
            if scope.contains(target, place) || scope.contains(place, target) {
                diagnostics.error(refusal(dependency.name, place, target), at: dependency.position)
                markIncomplete(place)
                continue
            }
            let depth = zip(around, scope.groups(around: target)).prefix { $0 == $1 }.count
            while dependencies.count <= depth { dependencies.append([]) }
            dependencies[depth].append(
                Dependency(from: place, to: target, read: dependency, depth: depth))
        }
    }

    private func refusal(_ name: String, _ place: NameScope.Target, _ target: NameScope.Target) -> String {
        switch (place, target) {
        case (.task, .task): "the task \"\(name)\" depends on itself"
        case (.task, .group): "the task is inside the group \"\(name)\" and cannot wait for it"
        case (.group, _) where place == target: "the group \"\(name)\" depends on itself"
        case (.group, .group) where scope.contains(target, place):
            "the group is inside the group \"\(name)\" and cannot wait for it"
        case (.group, _): "\"\(name)\" is inside the group, which cannot wait for it"
        }
    }

    private mutating func markIncomplete(_ place: NameScope.Target) {
        switch place {
        case .task(let index): incomplete.insert(index)
        case .group(let index): incomplete.formUnion(tree.groups[index].tasks)
        }
    }

    private mutating func add(_ dependency: Dependency) {
        let upstream = ends(of: dependency.to)
        let downstream = starts(of: dependency.from)
        var isImplied = false
        if case .group = dependency.to { isImplied = true }
        if case .group = dependency.from { isImplied = true }
        if isImplied {
            let count = upstream.count * downstream.count
            impliedEdges += count
            guard impliedEdges <= Self.maximumImpliedEdges else {
                diagnostics.error(
                    "between groups there are \(impliedEdges) edges up to here, at most "
                        + "\(Self.maximumImpliedEdges) are allowed; put a noop task between them",
                    at: dependency.read.position)
                impliedEdges -= count
                return
            }
        }
        for task in downstream {
            for source in upstream {
                edges[task].append(
                    ReadEdge(
                        upstream: source, condition: dependency.read.condition,
                        position: dependency.read.position, isImplied: isImplied))
            }
        }
    }

    private mutating func ends(of target: NameScope.Target) -> [Int] {
        switch target {
        case .task(let index): [index]
        case .group(let index): last(of: index)
        }
    }

    private mutating func starts(of target: NameScope.Target) -> [Int] {
        switch target {
        case .task(let index): [index]
        case .group(let index): first(of: index)
        }
    }

    /// Of several edges between two tasks the one that the task itself asks for is kept, else the first in the file.
    private mutating func removeRepetitions() {
        for task in edges.indices where edges[task].count > 1 {
            var seen = Set<Int>()
            edges[task] = edges[task]
                .sorted {
                    ($0.isImplied ? 1 : 0, $0.position.offset) < ($1.isImplied ? 1 : 0, $1.position.offset)
                }
                .filter { seen.insert($0.upstream).inserted }
                .sorted { ($0.position.offset, $0.upstream) < ($1.position.offset, $1.upstream) }
        }
    }
}
