import DAGDomain
import JSONText
import LifecycleCore
import StateStore

/// Puts a lineage together from what is on record, from one place on, in one direction or both.
struct LineageCollector {
    /// A node before it is drawn.
    enum Place: Hashable {
        case instance(TaskInstanceKey)
        case run(RunNumber)
        case content(String)
        case model(ModelVersionKey)
        case alias(ModelName, AliasName)
        case deployment(Deployment)
    }

    enum Direction: String, CaseIterable {
        case upstream, downstream, both
    }

    /// More nodes are not shown.
    static let nodeLimit = 400
    /// Of those that made or read a content in other runs so many are followed, the newest first.
    static let strangerLimit = 20

    let store: StateStore
    let library: DefinitionLibrary
    /// The names of a run's tasks and the contents that it made, read once.
    var runs: [RunNumber: KnownRun] = [:]
    var graph = LineageGraph()
    var isCut = false
    /// Whether those who read a content in runs that are not in the graph yet belong to it: where a content is asked about.
    private var followsStrangers = false

    struct KnownRun {
        let run: DAGRun
        let dag: DAG
        let versionNumber: Int
        let instances: [TaskInstanceKey: TaskInstance]
        let artifacts: [TaskInstanceKey: [ArtifactRow]]
        let inputs: [TaskInstanceKey: [InputRow]]
    }

    init(store: StateStore, library: DefinitionLibrary) {
        self.store = store
        self.library = library
    }

    /// - Parameter starts: where to begin; each is a node of the result.
    mutating func collect(from starts: [Place], _ direction: Direction) throws {
        followsStrangers = starts.contains { if case .content = $0 { true } else { false } }
        if direction != .downstream { try walk(from: starts, isUpstream: true) }
        if direction != .upstream { try walk(from: starts, isUpstream: false) }
    }

    private mutating func walk(from starts: [Place], isUpstream: Bool) throws {
        var seen = Set(starts)
        var waiting = starts
        var next = 0
        for start in starts { try addNode(start) }
        while next < waiting.count {
            let place = waiting[next]
            next += 1
            for other in isUpstream ? try sources(of: place) : try results(of: place) {
                if !graph.contains(other.nodeID) {
                    guard graph.nodes.count < Self.nodeLimit else {
                        isCut = true
                        continue
                    }
                    try addNode(other)
                }
                if isUpstream {
                    graph.connect(other.nodeID, place.nodeID)
                } else {
                    graph.connect(place.nodeID, other.nodeID)
                }
                if seen.insert(other).inserted { waiting.append(other) }
            }
        }
    }

    // MARK: Upstream

    private mutating func sources(of place: Place) throws -> [Place] {
        switch place {
        case .alias(let model, let alias):
            return try store.modelAlias(model, alias).map { [.model(ModelVersionKey(model, $0))] } ?? []
        case .model(let key): return try sources(of: key)
        case .deployment(let deployment):
            return try [.model(deployment.key)] + (instance(deployment.origin).map { [.instance($0)] } ?? [])
        case .content(let sha256): return try makers(of: sha256).map { .instance($0) }
        case .instance(let key):
            guard let known = try known(key.run) else { return [] }
            return [.run(key.run)] + reads(key, known).map { .content($0) }
        case .run(let number):
            guard let known = try known(number) else { return [] }
            return known.run.parent.map { [.instance($0)] } ?? []
        }
    }

    private mutating func sources(of key: ModelVersionKey) throws -> [Place] {
        guard let content = try store.modelVersion(key)?.version.content else { return [] }
        var places: [Place] = []
        if let artifact = content.artifact { places.append(.content(artifact.sha256)) }
        if let origin = content.origin, let instance = try instance(origin) {
            places.append(.instance(instance))
        } else {
            // The run is gone: what it read is known all the same.
            places += content.facts.datasets.map { .content($0.sha256) }
        }
        if let reference = content.referenceSHA256 { places.append(.content(reference)) }
        return places
    }

    private func instance(_ origin: ModelOrigin) throws -> TaskInstanceKey? {
        guard let run = try store.run(origin.dagID, origin.runID)?.run else { return nil }
        return try store.instance(of: run.number, origin.taskID, mapIndex: origin.mapIndex)?.instance.key
    }

    /// Those in runs that are in the graph already, else the newest ones.
    private mutating func makers(of sha256: String) throws -> [TaskInstanceKey] {
        var filter = ArtifactFilter()
        filter.sha256 = sha256
        filter.limit = 1_000
        let all = try store.artifacts(filter).rows.map(\.key)
        let near = all.filter { runs[$0.run] != nil }
        if !near.isEmpty { return near }
        if all.count > Self.strangerLimit { isCut = true }
        return Array(all.prefix(Self.strangerLimit))
    }

    /// Declared inputs; of a task that declares no artifacts all that its direct upstreams left.
    private func reads(_ key: TaskInstanceKey, _ known: KnownRun) -> [String] {
        let declared = known.inputs[key] ?? []
        var contents = declared.map(\.input.sha256)
        let declaresArtifacts = known.dag.tasks[key.task].inputs.contains { input in
            if case .artifact = input.source { true } else { false }
        }
        if !declaresArtifacts,
            known.instances[key]?.state.isFinished == true || known.instances[key]?.tryNumber ?? 0 > 0
        {
            let upstream = Set(known.dag.graph.upstream[key.task])
            for (maker, rows) in known.artifacts.sorted(by: { $0.key < $1.key })
            where upstream.contains(maker.task) {
                contents += rows.map(\.artifact.sha256)
            }
        }
        return contents.uniqued
    }

    // MARK: Downstream

    private mutating func results(of place: Place) throws -> [Place] {
        switch place {
        case .alias, .deployment: return []
        case .model(let key):
            let aliases = try store.modelVersion(key)?.aliases ?? []
            let deployments = try store.deployments(.version(key), limit: Self.strangerLimit)
            if deployments.total > Self.strangerLimit { isCut = true }
            return deployments.rows.map { .deployment($0) } + aliases.map { .alias(key.model, $0) }
        case .content(let sha256): return try readers(of: sha256)
        case .instance(let key):
            guard let known = try known(key.run) else { return [] }
            var places: [Place] = (known.artifacts[key] ?? []).map { .content($0.artifact.sha256) }
            let task = known.dag.tasks[key.task]
            let origin = ModelOrigin(
                dagID: known.run.dagID, runID: known.run.runID, taskID: task.id, mapIndex: key.mapIndex)
            places += try store.modelVersions(madeBy: origin).map { .model($0) }
            if task.deploy != nil {
                places += try store.deployments(.run(origin.dagID, origin.runID)).rows
                    .filter { $0.origin == origin }.map { .deployment($0) }
            }
            return places
        case .run(let number):
            guard let known = try known(number) else { return [] }
            return known.instances.keys.sorted().map { .instance($0) }
        }
    }

    private mutating func readers(of sha256: String) throws -> [Place] {
        var places: [Place] = []
        let rows = try store.inputs(sha256: sha256)
        for row in rows.prefix(Self.strangerLimit) where followsStrangers || runs[row.key.run] != nil {
            places.append(.instance(row.key))
        }
        for maker in try makers(of: sha256) {
            guard let known = try known(maker.run) else { continue }
            for key in known.instances.keys.sorted()
            where known.dag.graph.upstream[key.task].contains(maker.task)
                && reads(key, known).contains(sha256)
            {
                places.append(.instance(key))
            }
        }
        return (places + (try store.modelVersions(holding: sha256).map { .model($0) })).uniqued
    }

    // MARK: Records

    mutating func known(_ number: RunNumber) throws -> KnownRun? {
        if let known = runs[number] { return known }
        let (run, dag) = try library.run(number)
        var filter = ArtifactFilter()
        filter.run = number
        filter.limit = 100_000
        var all = InstanceFilter()
        all.limit = Int(Int32.max)
        let rows = try store.instances(of: number, all).rows
        let known = KnownRun(
            run: run, dag: dag, versionNumber: rows.first?.versionNumber ?? 0,
            instances: Dictionary(rows.map { ($0.instance.key, $0.instance) }) { first, _ in first },
            artifacts: Dictionary(grouping: try store.artifacts(filter).rows, by: \.key),
            inputs: Dictionary(grouping: try store.inputs(of: number), by: \.key))
        runs[number] = known
        return known
    }
}

extension LineageCollector.Place {
    var nodeID: String {
        switch self {
        case .instance(let key): "task:\(key.run.value)/\(key.task)/\(key.mapIndex)"
        case .run(let number): "run:\(number.value)"
        case .content(let sha256): "data:\(sha256)"
        case .model(let key): "model:\(key)"
        case .alias(let model, let alias): "alias:\(model)@\(alias)"
        case .deployment(let deployment): "deployment:\(deployment.attempt)"
        }
    }
}

extension Array where Element: Hashable {
    /// Each once, where it comes first.
    var uniqued: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
