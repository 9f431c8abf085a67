import ArtifactStore
import DAGDomain
import Dispatch
import JSONText
import Logging
import StateStore
import Synchronization

/// Finds out what is in tables that tasks have left as artifacts, once for each content, after the commit and beside the
/// scheduler: rows and columns, for lists, lineage and OpenLineage. A process of its own reads the files, which nobody
/// trusts, one at a time.
final class DatasetExaminer: Sendable {
    private let store: StateStore
    private let artifacts: ArtifactStore
    private let errands: ErrandRunner
    private let logger: Logger
    /// Contents that are being looked at, or could not be by this daemon.
    private let known = Mutex<Set<String>>([])

    private static let timeout = Duration.seconds(600)
    private static let batchSize = 100

    init(settings: ServiceSettings, store: StateStore, artifacts: ArtifactStore, logger: Logger) {
        self.store = store
        self.artifacts = artifacts
        self.logger = logger
        errands = ErrandRunner(settings: settings, name: "datasets")
    }

    /// Goes on with what an earlier daemon left.
    func start() {
        errands.queue.async { [self] in
            do {
                let waiting = try store.unreadDatasets(
                    limit: Self.batchSize, except: known.withLock { $0 })
                for (sha256, format) in waiting { examine(sha256, format) }
            } catch {
                logger.error("which tables are still to be read cannot be found out: \(error)")
            }
        }
    }

    /// Follows a committed batch.
    func follow(_ transitions: [Transition]) {
        for case .reportRecorded(_, let report) in transitions where !report.artifacts.isEmpty {
            for artifact in report.artifacts {
                guard let format = DatasetFacts.Format(path: artifact.path) else { continue }
                let sha256 = artifact.sha256
                errands.queue.async { [self] in examine(sha256, format) }
            }
        }
    }

    /// For a process that lives for one run only: what takes longer is left to the next.
    func settle() { errands.settle(within: .seconds(10)) }

    func stop() { errands.stop() }

    private func examine(_ sha256: String, _ format: DatasetFacts.Format) {
        guard known.withLock({ $0.insert(sha256).inserted }) else { return }
        do {
            guard try store.datasetFacts(of: sha256) == nil, try artifacts.contains(sha256) else { return }
            let path = try artifacts.path(of: sha256)
            errands.run(
                ErrandRunner.Errand(
                    kind: "facts",
                    specification: ["path": .string(path), "format": .string(format.rawValue)],
                    timeout: Self.timeout, ended: { [self] in ended(sha256, format, $0, $1) }))
        } catch {
            logger.warning("what is in the artifact \(sha256) cannot be found out: \(error)")
        }
    }

    private func ended(
        _ sha256: String, _ format: DatasetFacts.Format, _ ending: ErrandRunner.Ending, _ result: [UInt8]?
    ) {
        var facts = DatasetFacts(format: format)
        switch ending {
        case .done:
            guard let result, let json = (try? JSONValue.parse(bytes: result))?.objectValue,
                let found = DatasetFacts(json)
            else { return }
            facts = found
        case .failed(let text, _): facts.problem = text
        case .notRun(let text):
            // The next daemon tries again.
            return logger.warning("what is in the artifact \(sha256) cannot be found out now: \(text)")
        }
        do {
            try store.recordDatasetFacts(facts, of: sha256, at: WallClock.now())
        } catch {
            // The next daemon tries again.
            logger.warning("what is in the artifact \(sha256) cannot be recorded: \(error)")
        }
    }
}
