import DAGDomain
import LifecycleCore
import StateStore

/// A question for the lineage of something.
package enum LineageQuestion: Hashable, Sendable {
    case model(ModelName, ModelReference)
    case content(sha256: String)
    case artifact(DAGID, RunID, TaskID, mapIndex: Int?, name: String)
    case task(DAGID, RunID, TaskID, mapIndex: Int)
    case run(DAGID, RunID)
}

/// What came of what.
package struct Lineage: Sendable {
    package struct Node: Sendable {
        package let id: String
        package let kind: String
        package let title: String
        /// Steps from the beginning, for a drawing.
        package let layer: Int
        package let details: [(name: String, value: String)]
    }

    package let nodes: [Node]
    package let edges: [(from: String, to: String)]
    /// The ids of the nodes that were asked about.
    package let starts: [String]
    /// Whether there was more than is shown.
    package let isCut: Bool
}

extension ControlPlane {
    /// - Parameters:
    ///   - upstream: what it came from.
    ///   - downstream: what came of it.
    package func lineage(
        of question: LineageQuestion, upstream: Bool = true, downstream: Bool = true
    ) throws(ControlPlaneError) -> Lineage {
        let starts = try places(question)
        // Of a run its tasks are looked at as well.
        let asked = if case .run? = starts.first { Array(starts.prefix(1)) } else { starts }
        var collector = LineageCollector(store: store, library: library)
        let direction: LineageCollector.Direction =
            upstream && downstream ? .both : downstream ? .downstream : .upstream
        do {
            // Runs that were asked about come first, so that their contents are taken for theirs.
            for case .run(let number) in starts { _ = try collector.known(number) }
            for case .instance(let key) in starts { _ = try collector.known(key.run) }
            try collector.collect(from: starts, direction)
        } catch {
            throw .unavailable("the lineage cannot be read: \(error)")
        }
        let graph = collector.graph
        return Lineage(
            nodes: zip(graph.nodes, graph.layers).map { node, layer in
                Lineage.Node(
                    id: node.id, kind: node.kind.rawValue, title: node.title, layer: layer,
                    details: node.details.map { ($0.name, $0.value) })
            }, edges: graph.edges.map { ($0.from, $0.to) }, starts: asked.map(\.nodeID),
            isCut: collector.isCut)
    }

    private func places(
        _ question: LineageQuestion
    ) throws(ControlPlaneError) -> [LineageCollector.Place] {
        switch question {
        case .model(let name, let reference): return [.model(try modelVersion(name, reference).key)]
        case .content(let sha256):
            guard try isKnown(sha256) else { throw .unknownArtifact("nobody left or read \(sha256)") }
            return [.content(sha256)]
        case .artifact(let dagID, let runID, let taskID, let mapIndex, let name):
            let run = try existingRun(dagID, runID)
            var filter = ArtifactFilter()
            filter.run = run.number
            filter.taskID = taskID
            filter.mapIndex = mapIndex
            filter.name = name
            let chosen = filter
            let rows = try reading { () throws(StateStoreError) in try store.artifacts(chosen).rows }
            guard !rows.isEmpty else {
                throw .unknownArtifact("\(taskID) left no artifact \(name) in \(runID)")
            }
            return rows.map { .content($0.artifact.sha256) }.uniqued
        case .task(let dagID, let runID, let taskID, let mapIndex):
            let run = try existingRun(dagID, runID)
            let row = try reading { () throws(StateStoreError) in
                try store.instance(of: run.number, taskID, mapIndex: mapIndex)
            }
            guard let row else { throw .unknownTask(dagID, taskID) }
            return [.instance(row.instance.key)]
        case .run(let dagID, let runID):
            let run = try existingRun(dagID, runID)
            // Its tasks too, so that what they read is shown.
            let keys = try instances(of: run).map(\.key)
            return [.run(run.number)] + keys.map { .instance($0) }
        }
    }

    private func isKnown(_ sha256: String) throws(ControlPlaneError) -> Bool {
        try reading { () throws(StateStoreError) in
            if try store.namesArtifact(sha256) { return true }
            if try !store.inputs(sha256: sha256).isEmpty { return true }
            return try !store.modelVersions(holding: sha256).isEmpty
        }
    }
}
