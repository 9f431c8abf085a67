import DAGDomain
import GRDB
import JSONText

extension StateStore {
    /// Records all transitions in one durable transaction: when this returns, they outlive a power cut.
    ///
    /// Every change names the state it expects and must change exactly one row. A run's DAG version must have been
    /// recorded by `recordVersion` before.
    ///
    /// - Throws: `guardFailed` when a transition does not fit what is stored, `full` when there is no space, and any
    ///   other error when the database can no longer be trusted. Nothing of the batch is recorded then, except after
    ///   `replacedUnderneath`, when it is unknown.
    ///
    /// - Parameters:
    ///   - notes: what OpenLineage is to be told of them.
    ///   - steps: what an MLflow server of the person's own is to be told.
    package func commit(
        _ transitions: [Transition], notes: [LineageNote] = [], steps: [TrackingStep] = [], at: Timestamp
    ) throws(StateStoreError) {
        guard !transitions.isEmpty else { return }
        try write(at: at) { batch in
            for transition in transitions { try Self.apply(transition, at: at, in: batch) }
            if !notes.isEmpty { try Self.insert(notes, into: batch) }
            if !steps.isEmpty { try Self.insert(steps, at: at, into: batch) }
        }
    }

    private static func apply(_ transition: Transition, at: Timestamp, in batch: WriteBatch) throws {
        switch transition {
        case .dagStatusChanged(let status):
            try DAGStatusRecord.upsert(status, in: batch)
        case .ticksSkipped(let dagID, let count, let from, let through, let skippedAt):
            try batch.execute(
                """
                INSERT INTO skipped_tick (dag_id, count, first_date, last_date, at) VALUES (?, ?, ?, ?, ?)
                """,
                [
                    dagID.text, count, from.microsecondsSinceEpoch, through.microsecondsSinceEpoch,
                    skippedAt.microsecondsSinceEpoch,
                ])
        case .runCreated(let run, let instances):
            try insert(run, instances, at: at, into: batch)
        case .runChanged(let from, let run):
            try DAGRunRecord.update(run, from: from, in: batch)
        case .runRepinned(let repinning, let movedAt):
            try RepinningRecord.apply(repinning, at: movedAt, in: batch)
        case .instancesMapped(let placeholder, let instances, let replaces, let mappedAt):
            if replaces { try TaskInstanceRecord.delete(placeholder, in: batch) }
            for instance in instances { try TaskInstanceRecord.insert(instance, at: mappedAt, into: batch) }
        case .instanceChanged(let from, let instance, let changedAt):
            try TaskInstanceRecord.update(instance, from: from, at: changedAt, in: batch)
        case .attemptCreated(let attempt):
            try AttemptRecord.insert(attempt, into: batch)
        case .attemptChanged(let from, let attempt):
            try AttemptRecord.update(attempt, from: from, in: batch)
        case .reportRecorded(let instance, let report):
            try ReportRecord.replace(instance, with: report, in: batch)
        case .reportsForgotten(let instance):
            try ReportRecord.forget(instance, in: batch)
        case .resultSetAside(let instance):
            try CacheRecordTables.setAside(instance, in: batch)
        case .noted(let dagID, let runID, let event, let text, let notedAt):
            try Self.insert(
                RecordedEvent(
                    who: "scheduler", what: event, dagID: dagID, runID: runID,
                    detail: ["text": .string(text)]), at: notedAt, into: batch)
        case .noticeRaised(let notice):
            try NoticeRecord.insert(notice, into: batch)
        case .backfillCreated(let backfill):
            try BackfillRecord.insert(backfill, into: batch)
        case .backfillChanged(let backfill):
            try BackfillRecord.update(backfill, in: batch)
        case .assetEventRecorded(let event, let dags):
            try AssetEventRecord.insert(event, queuedFor: dags, into: batch)
        case .assetEventsConsumed(let run, let dagID, let count, let last):
            try AssetQueueRecord.consume(by: run, dagID, count: count, through: last, in: batch)
        case .assetQueueDropped(let dagID, let assets):
            try AssetQueueRecord.drop(assets, of: dagID, in: batch)
        case .retrainChanged(let state):
            try RetrainRecord.replace(state, in: batch)
        case .retrainStarted(let run, let firings):
            try RetrainRecord.insert(firings, of: run, into: batch)
        case .retrainForgotten(let dagID):
            try RetrainRecord.delete(of: dagID, in: batch)
        case .assetJoinedAlias(let asset, let alias, let joinedAt):
            try AssetAliasRecord.join(asset, to: alias, at: joinedAt, in: batch)
        case .assetDescribed(let asset, let describedAt):
            try AssetRecord.describe(asset, at: describedAt, in: batch)
        case .assetRemoved(let asset):
            try AssetRecord.delete(asset, in: batch)
        case .deploymentBegan(let deployment):
            try DeploymentRecord.insert(deployment, into: batch)
        case .deploymentEnded(let attempt, let end):
            try DeploymentRecord.end(attempt, end, in: batch)
        case .outsideRecorded(let record, let recordedAt):
            try OutsideRecordTables.write(record, at: recordedAt, in: batch)
        case .modelChanged(let change, let changedAt, let who):
            try ModelRecords.write(change, at: changedAt, by: who, in: batch)
        case .poolChanged(let pool):
            try PoolRecord.upsert(pool, in: batch)
        case .poolRemoved(let name):
            try PoolRecord.delete(name, in: batch)
        }
    }

    private static func insert(
        _ run: DAGRun, _ instances: [TaskInstance], at: Timestamp, into batch: WriteBatch
    ) throws {
        try DAGRunRecord.insert(run, into: batch)
        for instance in instances {
            guard instance.key.run == run.number else {
                throw GuardError(detail: "\(instance.key.inWords) was given to run \(run.number.value)")
            }
            try TaskInstanceRecord.insert(instance, at: at, into: batch)
        }
        try batch.execute(
            "UPDATE ledger SET next_run = max(next_run, ?)", [run.number.value &+ 1])
    }
}
