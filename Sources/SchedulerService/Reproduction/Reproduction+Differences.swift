import DAGDomain
import StateStore

extension ControlPlane {
    /// What is not as it was when the version was made, as far as that is on record.
    func differences(
        of run: DAGRun, _ dag: DAG, from version: ModelVersion
    ) throws(ControlPlaneError) -> [String] {
        let facts = version.content.facts
        var differences: [String] = []
        if let sentence = Self.difference(GitFolder.state(of: dag.folder), from: facts.git) {
            differences.append(sentence)
        }
        differences += Self.lockDifferences(dag, version)
        if let origin = version.content.origin {
            let original = try reading { () throws(StateStoreError) in
                try store.run(origin.dagID, origin.runID)
            }
            switch original?.run.logicalDate {
            case let date?:
                differences.append(
                    "the run that made it had the logical date \(date.rfc3339), this one has none")
            case nil:
                if original == nil {
                    differences.append("the run that made it is gone: its params are those on record")
                }
            }
        }
        let reports = try reading { () throws(StateStoreError) in
            try store.data(of: run.number, tasks: Array(dag.tasks.indices))
        }
        return differences + Self.dataDifferences(reports, dag, version)
    }

    private static func difference(_ now: GitState?, from then: GitState?) -> String? {
        switch (then, now) {
        case (nil, _): return nil
        case (let then?, nil):
            return "the code was at git commit \(then.commit.prefix(12)); its folder is in no repository now"
        case (let then?, let now?):
            if then.commit != now.commit {
                return
                    "the code was at git commit \(then.commit.prefix(12)) and is at \(now.commit.prefix(12))"
            }
            switch (then.isDirty, now.isDirty) {
            case (true?, _): return "the code had changes that were not committed, which are not on record"
            case (_, true?): return "the code has changes that are not committed"
            default: return nil
            }
        }
    }

    private static func lockDifferences(_ dag: DAG, _ version: ModelVersion) -> [String] {
        let declared =
            version.content.origin.flatMap { dag.index(of: $0.taskID) }.flatMap {
                dag.tasks[$0].model?.environment
            } ?? []
        let found = (try? LockFileScan.find(in: dag.folder, declared: declared)) ?? []
        let now = Dictionary(found.map { ($0.path, $0.sha256) }) { first, _ in first }
        return version.content.facts.environment.compactMap { file in
            guard let hash = now[file.path] else { return "\(file.path), which pinned the packages, is gone" }
            return hash == file.sha256 ? nil : "\(file.path), which pins the packages, has changed"
        }
    }

    private static func dataDifferences(
        _ reports: [InstanceData], _ dag: DAG, _ version: ModelVersion
    ) -> [String] {
        var now: [String: [String]] = [:]
        for report in reports {
            for artifact in report.artifacts {
                now["\(artifact.name) of \(dag.tasks[report.key.task].id)", default: []].append(
                    artifact.sha256)
            }
        }
        var sentences: [String] = []
        let then = Dictionary(grouping: version.content.facts.datasets) { "\($0.name) of \($0.taskID)" }
        for (place, datasets) in then.sorted(by: { $0.key < $1.key }) {
            guard let found = now[place] else { continue }
            let hashes = datasets.map(\.sha256)
            if found.sorted() != hashes.sorted() {
                sentences.append(
                    "the data \(place) has the hash \(found[0].prefix(12)), it had \(hashes[0].prefix(12))")
            }
        }
        if let origin = version.content.origin, let model = version.content.artifact,
            let found = now["\(model.name) of \(origin.taskID)"], !found.contains(model.sha256)
        {
            sentences.append("the model's file does not have the same bytes")
        }
        return sentences
    }
}
