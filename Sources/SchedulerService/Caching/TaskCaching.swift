import ArtifactStore
import DAGDomain
import JSONText
import LifecycleCore
import StateStore

/// Looks for tasks with `cache` whether their work has been done before.
///
/// It is done beside the scheduler, when an attempt is about to be started. What cannot be found out never fails a task: it
/// runs, and the record says why it could not be served.
struct TaskCaching: Sendable {
    enum Answer: Sendable {
        /// What an earlier success left, as this attempt's report.
        case served(AttemptReport)
        /// The attempt is to run; its report is to carry this.
        case toRun(CacheTicket)
    }

    let store: StateStore
    let artifacts: ArtifactStore
    let values: ValueService
    let preparation: AttemptPreparation
    let digester = FileDigester()

    /// - Parameter inputs: what the declared inputs hold.
    func look(
        for context: AttemptContext, _ cache: TaskCache, inputs: [InputReference]
    ) throws(AttemptPreparation.Failure) -> Answer {
        var facts = try preparation.cacheFacts(for: context)
        facts.inputs += inputs.map { input in
            CacheComponent(input.isArtifact ? .artifact : .file, input.place, hash: input.sha256)
        }
        var paths: [String: String] = [:]
        let key: CacheKey
        do throws(Unusable) {
            key = try self.key(of: context, cache, facts, paths: &paths)
        } catch {
            let text = "the cache cannot say whether anything has changed: \(error.text)"
            return .toRun(
                CacheTicket(record(context, nil, .unusable, values.masked(text, of: context.run.number)), [:])
            )
        }
        do throws(StateStoreError) {
            let finding = try find(key, for: context, cache)
            switch finding {
            case .served(let result):
                return .served(report(result, key, for: context))
            case .toRun(let answer, let text):
                let masked = values.masked(text, of: context.run.number)
                return .toRun(CacheTicket(record(context, key, answer, masked), paths))
            }
        } catch {
            throw AttemptPreparation.Failure(text: "the cache cannot be read: \(error)", isMachineFault: true)
        }
    }

    /// The record of an attempt that has ended: nothing is kept when a file that counts is not what it was at the start.
    func settled(_ ticket: CacheTicket) -> (record: CacheRecord, note: String?) {
        var record = ticket.record
        for component in record.components where component.kind == .file {
            guard let path = ticket.paths[component.name] else { continue }
            let now = try? digester.digest(path)
            if now?.sha256 != component.hash {
                record.isKept = false
                let advice = "leave it out with \"files\": [\"!\(component.name)\"] if the task writes it"
                return (
                    record,
                    "\(component.name) changed while the task ran, so its result serves nobody; \(advice)"
                )
            }
        }
        return (record, nil)
    }

    // MARK: The answer

    private enum Finding {
        case served(KeptResult)
        case toRun(CacheAnswer, String)
    }

    private func find(
        _ key: CacheKey, for context: AttemptContext, _ cache: TaskCache
    ) throws(StateStoreError) -> Finding {
        switch context.run.cacheUse {
        case .never:
            return .toRun(.switchedOff, "computed anew because the run was asked for without the cache")
        case .exceptCleared:
            if let instance = try store.instance(context.key)?.instance, instance.wasCleared {
                return .toRun(.cleared, "computed anew because it was cleared")
            }
        case .always: break
        }
        guard let result = try store.keptResult(key.text) else { return try difference(key, context) }
        let source = "run \(result.sourceRun), try \(result.sourceTry)"
        if let expires = cache.expires, WallClock.now() - result.computedAt > expires {
            return .toRun(.expired, "computed anew because the result of \(source) has expired")
        }
        for artifact in result.report.artifacts where !isThere(artifact) {
            return .toRun(
                .artifactMissing,
                "computed anew because the artifact \(artifact.name) of \(source) is no longer kept")
        }
        return .served(result)
    }

    private func difference(_ key: CacheKey, _ context: AttemptContext) throws(StateStoreError) -> Finding {
        let earlier = try store.lastCachedSuccess(
            of: context.task.id, in: context.dag.id, mapIndex: context.key.mapIndex)
        guard let earlier else {
            return .toRun(.nothingKept, "computed because it has not succeeded with the cache before")
        }
        let source = "run \(earlier.runID), try \(earlier.tryNumber)"
        let changes = key.changes(since: earlier.components)
        guard !changes.isEmpty else {
            return .toRun(.forgotten, "computed anew because the result of \(source) no longer counts")
        }
        return .toRun(.changed, "computed anew because \(changes.sentence) since \(source)")
    }

    private func isThere(_ artifact: ArtifactReference) -> Bool {
        // Held first, so that a collection does not remove it before the report that names it again is committed.
        (try? artifacts.hold(artifact.sha256)) == true
            && (try? artifacts.size(of: artifact.sha256)) == artifact.sizeBytes
    }

    private func report(_ result: KeptResult, _ key: CacheKey, for context: AttemptContext) -> AttemptReport {
        let now = WallClock.now()
        var report = AttemptReport(
            attempt: context.attempt,
            outcome: .cached(run: result.sourceRun, tryNumber: result.sourceTry), startDate: now,
            endDate: now,
            outputs: result.report.outputs, metrics: result.report.metrics,
            artifacts: result.report.artifacts,
            verdict: result.report.verdict)
        let origin: JSONObject = ["served_from_run": .string(result.sourceRun.text)]
        for asset in context.task.outlets { report.outlets.extras[asset.uri] = origin }
        let text =
            "served from the cache: run \(result.sourceRun), try \(result.sourceTry), had done the same"
        var record = CacheRecord(
            tryNumber: context.tryNumber, key: key.text, components: key.components, answer: .served,
            text: text,
            sourceRun: result.sourceRun, sourceTry: result.sourceTry)
        record.computedAt = result.computedAt
        report.cache = record
        return report
    }

    private func record(
        _ context: AttemptContext, _ key: CacheKey?, _ answer: CacheAnswer, _ text: String
    ) -> CacheRecord {
        CacheRecord(
            tryNumber: context.tryNumber, key: key?.text, components: key?.components ?? [], answer: answer,
            text: text, sourceRun: context.run.runID, sourceTry: context.tryNumber)
    }
}

extension TaskInstance {
    /// Whether somebody has asked that what it had done be done again.
    fileprivate var wasCleared: Bool { tryNumber > triesSinceClear }
}
