import DAGDomain
import JSONText

/// Data-aware scheduling (airflow.md A12): updates of assets wait in a queue for each DAG that is scheduled on them,
/// and start a run that uses them all as soon as the DAG's condition holds.
///
/// An event waits for the DAGs whose file is there, that are not paused, and whose start and end date it lies between;
/// for others it only is on record. No event starts two runs of one DAG, and none that waits is lost.
extension SchedulerStateMachine {
    /// Asset-triggered runs of one DAG are at least this far apart, so that DAGs that update each other's assets
    /// without doing anything are not a storm. What comes in between waits for the next one.
    static let assetFloor = Duration.seconds(1)

    // MARK: Events

    mutating func emitAsset(_ emission: AssetEmission, _ step: inout SchedulerStep) {
        step.decision.createdAssetEvent = update(
            emission.asset, extra: emission.extra, source: emission.source, &step)
    }

    /// The success of a task updates its outlets, in the order of the file, then those that were filled in, then what
    /// it told of under aliases.
    mutating func updateOutlets(
        of key: TaskInstanceKey, _ report: OutletReport, _ step: inout SchedulerStep
    ) {
        guard let active = runs[key.run], let row = active.row(of: key) else { return }
        let task = active.definition(row)
        let source = AssetEventSource.task(
            active.run.dagID, active.run.runID, task.id, mapIndex: key.mapIndex)
        for asset in report.filled where !asset.isPlain {
            step.decision.transitions.append(.assetDescribed(asset, at: step.now))
        }
        for asset in (task.outlets + report.filled).map(\.uri) {
            update(
                asset, extra: report.extras[asset] ?? JSONObject(), source: source, by: active.run, &step)
        }
        for told in report.aliased {
            update(
                told.asset, extra: told.extra, source: source, aliases: told.aliases, by: active.run, &step)
        }
    }

    @discardableResult
    private mutating func update(
        _ asset: AssetURI, extra: JSONObject, source: AssetEventSource, aliases: [AssetAliasName] = [],
        by run: DAGRun? = nil,
        _ step: inout SchedulerStep
    ) -> AssetEvent {
        let joined = aliases.filter { join(asset, to: $0) }
        defer {
            step.decision.transitions += joined.map { .assetJoinedAlias(asset, $0, at: step.now) }
        }
        let event = AssetEvent(
            id: nextAssetEventID, asset: asset, timestamp: step.now, extra: extra, source: source,
            aliases: aliases)
        nextAssetEventID = AssetEventID(nextAssetEventID.value + 1)
        let takers = (assetConsumers[asset] ?? []).filter { takes(event, $0) }.sorted()
        step.decision.transitions.append(.assetEventRecorded(event, queuedFor: takers))
        for id in takers {
            assetQueues[id, default: AssetQueue(dagID: id)].add(event)
            armAssets(of: id)
        }
        if !retrainPlans.isEmpty { retrainAssetUpdated(event, by: run, &step) }
        return event
    }

    /// Lets the DAGs that are scheduled on an alias wait for an asset that is new in it.
    private mutating func join(_ asset: AssetURI, to alias: AssetAliasName) -> Bool {
        guard aliasMembers.join(asset, to: alias) else { return false }
        for id in aliasConsumers[alias] ?? [] {
            assetConsumers[asset, default: []].insert(id)
            if assetSchedules[id]?.assets.contains(asset) == false {
                assetSchedules[id]?.assets.append(asset)
            }
        }
        return true
    }

    /// Forgets an asset that no file names.
    mutating func removeAsset(_ asset: AssetURI, _ step: inout SchedulerStep) {
        for id in assetQueues.keys.sorted() { dropQueue(of: id, assets: [asset], before: nil, &step) }
        aliasMembers.remove(asset)
        for id in assetConsumers.removeValue(forKey: asset) ?? [] {
            assetSchedules[id]?.assets.removeAll { $0 == asset }
        }
        step.decision.transitions.append(.assetRemoved(asset))
    }

    /// Whether an event of an asset that a DAG is scheduled on counts for it.
    private func takes(_ event: AssetEvent, _ id: DAGID) -> Bool {
        guard let status = statuses[id], status.isActive, !status.isPaused, let schedule = assetSchedules[id]
        else { return false }
        return schedule.startDate ?? .distantPast <= event.timestamp
            && event.timestamp <= schedule.endDate ?? .distantFuture
    }

    /// Takes waiting events away from a DAG.
    ///
    /// - Parameters:
    ///   - assets: nil means all.
    ///   - instant: only assets whose first waiting event is older, which is what Airflow's `before` means.
    mutating func dropQueue(
        of id: DAGID, assets: Set<AssetURI>?, before instant: Timestamp?, _ step: inout SchedulerStep
    ) {
        guard let queue = assetQueues[id] else { return }
        let dropped = queue.entries.filter { asset, entry in
            assets?.contains(asset) ?? true && entry.since < instant ?? .distantFuture
        }.keys.sorted()
        guard !dropped.isEmpty else { return }
        assetQueues[id]?.remove(dropped)
        if assetQueues[id]?.isEmpty == true { assetQueues[id] = nil }
        step.decision.transitions.append(.assetQueueDropped(id, dropped))
        armAssets(of: id)
    }

    // MARK: Schedules that change

    /// Notes what a new version of a DAG is scheduled on; events of assets that it no longer names are let go.
    mutating func scheduleOnAssets(_ dag: DAG, _ step: inout SchedulerStep) {
        unscheduleOnAssets(dag.id)
        expectAssets(for: dag)
        let wanted = Set(dag.settings.assets?.assets(with: aliasMembers) ?? [])
        let waiting = Set((assetQueues[dag.id]?.entries ?? [:]).keys)
        dropQueue(of: dag.id, assets: waiting.subtracting(wanted), before: nil, &step)
        armAssets(of: dag.id)
    }

    /// Lets events wait for a DAG; after a restart already before its file is read, so that none is missed.
    mutating func expectAssets(for dag: DAG) {
        guard let condition = dag.settings.assets else { return }
        assetSchedules[dag.id] = AssetSchedule(
            assets: condition.assets(with: aliasMembers), aliases: condition.aliases,
            startDate: dag.settings.startDate, endDate: dag.settings.endDate)
        for asset in assetSchedules[dag.id]?.assets ?? [] {
            assetConsumers[asset, default: []].insert(dag.id)
        }
        for alias in condition.aliases { aliasConsumers[alias, default: []].insert(dag.id) }
    }

    /// The DAG's file is gone. What waits for it stays, should the file come back.
    mutating func unscheduleOnAssets(_ id: DAGID) {
        nextAssetRuns[id] = nil
        guard let schedule = assetSchedules.removeValue(forKey: id) else { return }
        for asset in schedule.assets {
            assetConsumers[asset]?.remove(id)
            if assetConsumers[asset]?.isEmpty == true { assetConsumers[asset] = nil }
        }
        for alias in schedule.aliases {
            aliasConsumers[alias]?.remove(id)
            if aliasConsumers[alias]?.isEmpty == true { aliasConsumers[alias] = nil }
        }
    }

    // MARK: Runs

    /// Asks to be woken when the next asset-triggered run of a DAG is due; to be called whenever that may have
    /// changed.
    mutating func armAssets(of id: DAGID) {
        guard let instant = assetRunDue(of: id) else {
            nextAssetRuns[id] = nil
            return
        }
        guard nextAssetRuns[id] != instant else { return }
        nextAssetRuns[id] = instant
        wakes.insert(WakeEntry(at: instant, reason: .assets(id)))
    }

    /// From when on a run may be made of what waits; nil when the condition does not hold, or nothing may start. As
    /// in Airflow, no run is made while as many are unfinished as `max_active_runs` allows: what comes meanwhile is
    /// used by one run.
    private func assetRunDue(of id: DAGID) -> Timestamp? {
        guard let queue = assetQueues[id], let status = statuses[id], status.isActive, !status.isPaused,
            let settings = dags[id]?.settings, let condition = settings.assets,
            settings.allowedRunTypes?.contains(.assetTriggered) ?? true,
            queues[id]?.unfinishedCounted ?? 0 < settings.maximumActiveRuns,
            condition.isMet(aliases: aliasMembers, by: { queue.entries[$0] != nil })
        else { return nil }
        return status.lastAssetRun.map { $0 + Self.assetFloor } ?? .epoch
    }

    /// The runs that assets are about to make, for `dueRuns`.
    func dueAssetRuns(at now: Timestamp) -> [ScheduledRunKey] {
        nextAssetRuns.filter { $0.value <= now }.keys.sorted().compactMap { id in
            assetQueues[id].flatMap { assetRunID(for: $0) }.map {
                ScheduledRunKey(dagID: id, runID: $0, logicalDate: nil)
            }
        }
    }

    private func assetRunID(for queue: AssetQueue) -> RunID? {
        queue.last.map { RunID("\(DAGRunType.assetTriggered.rawValue)__\($0.latest.runIDText)") }
    }

    /// Makes the run of what waits for a DAG.
    ///
    /// - Parameters:
    ///   - asked: the keys that the caller has looked up, and `taken` those of them that are not free. A name that
    ///     nobody looked up gets a suffix.
    mutating func answerAssets(
        of id: DAGID, asked: Set<ScheduledRunKey>, taken: Set<ScheduledRunKey>, _ step: inout SchedulerStep
    ) {
        nextAssetRuns[id] = nil
        guard let dag = dags[id], var status = statuses[id], let queue = assetQueues.removeValue(forKey: id),
            let last = queue.last, let plain = assetRunID(for: queue)
        else { return }
        status.lastAssetRun = step.now
        record(status, &step)
        let key = ScheduledRunKey(dagID: id, runID: plain, logicalDate: nil)
        let isFree =
            asked.contains(key) && !taken.contains(key) && queues[id]?.runIDs.contains(plain) != true
        let number = takeRunNumber()
        let run = DAGRun(
            number: number, dagID: id, runID: isFree ? plain : RunID("\(plain)_\(generator.nextSuffix())"),
            version: dag.version, type: .assetTriggered, trigger: .asset, logicalDate: nil,
            dataIntervalStart: nil, dataIntervalEnd: nil, runAfter: last.latest, queuedAt: step.now,
            parameters: dag.settings.defaultParameters)
        create(run, dag: dag, &step)
        step.decision.transitions.append(
            .assetEventsConsumed(number, id, count: queue.count, through: last.last))
    }
}

/// What decides which events count for a DAG.
struct AssetSchedule: Sendable {
    /// Those of its aliases too.
    var assets: [AssetURI]
    let aliases: [AssetAliasName]
    let startDate: Timestamp?
    let endDate: Timestamp?
}
