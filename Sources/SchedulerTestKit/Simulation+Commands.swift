import DAGDomain
import JSONText
import SchedulerCore

extension Simulation {
    /// What users and the world do between two turns of the daemon.
    mutating func drawCommands() {
        if generator.chance(options.trigger) { drawTrigger() }
        if generator.chance(options.cancel), let run = anyRun(finished: false) {
            send(.runCancelled(run.number, by: "ann"))
        }
        if generator.chance(options.clear) { drawClear() }
        if generator.chance(options.backfill) { drawBackfill() }
        if generator.chance(options.mark) { drawMark() }
        if generator.chance(options.pause) {
            send(.dagPauseChanged(generator.pick(folderIDs), isPaused: generator.chance(50)))
        }
        if generator.chance(options.poolChange) { drawPoolChange() }
        if generator.chance(options.emit) { drawEmission() }
        if generator.chance(options.edit) { drawEdit() }
        if generator.chance(options.cancel), let attempt = store.liveAttempts.first {
            send(.trialStopped(attempt.id, reason: "it fell behind"))
        }
        if generator.chance(options.supervisorKill), !executor.running.isEmpty {
            executor.kill(generator.pick(executor.running), at: clock.now)
        }
    }

    private var folderIDs: [DAGID] { (0..<options.dagCount).map { DAGID("dag\($0)") } }

    private mutating func send(_ event: SchedulerEvent) {
        note(event.summary)
        daemon.mailbox.append(event)
    }

    private mutating func drawTrigger() {
        let date: Timestamp? =
            generator.chance(20)
            ? Timestamp(
                secondsSinceEpoch: clock.now.secondsSinceEpoch / 60 * 60
                    + Int64(generator.number(-2...2) * 60))
            : nil
        send(
            .runRequested(
                RunRequest(dagID: generator.pick(folderIDs), trigger: .commandLine, logicalDate: date)))
    }

    /// A new backfill, or a change of one.
    private mutating func drawBackfill() {
        let known = store.backfills.keys.sorted()
        if !known.isEmpty, generator.chance(60) {
            let id = generator.pick(known)
            send(
                generator.chance(70)
                    ? .backfillCancelled(id, by: "dan")
                    : .backfillPauseChanged(id, isPaused: generator.chance(40)))
        } else if let dag = folder[generator.pick(folderIDs)], dag.settings.schedule.hasTicks {
            let from = clock.now - .seconds(generator.number(0...3_000))
            var request = BackfillRequest(
                dag: dag, fromDate: from, toDate: from + .seconds(generator.number(0...2_000)),
                maximumActiveRuns: generator.number(1...3), isReversed: generator.chance(30),
                isCollapsed: generator.chance(15))
            if !request.isCollapsed { request.reprocess = generator.pick(ReprocessBehavior.allCases) }
            guard let plan = try? BackfillPlan(request, existing: ExistingRuns(), now: clock.now) else {
                return
            }
            send(.backfillRequested(request, plan, by: "dan"))
        }
    }

    private mutating func anyRun(finished: Bool) -> DAGRun? {
        let runs = store.runs.values.filter { $0.state.isFinished == finished }.sorted {
            $0.number < $1.number
        }
        return runs.isEmpty ? nil : generator.pick(runs)
    }

    /// A run for a command; a finished one is brought back first.
    private mutating func target() -> (DAGRun, DAG, [TaskInstance])? {
        guard let run = anyRun(finished: generator.chance(50)), let dag = dag(of: run),
            let instances = store.instances[run.number]
        else { return nil }
        if run.state.isFinished { send(.runRestored(run, dag, instances, outputs: store.outputs)) }
        return (run, dag, instances)
    }

    private mutating func drawClear() {
        guard var (run, dag, instances) = target() else { return }
        if run.state.isFinished, let newest = folder[run.dagID], newest.version != run.version,
            generator.chance(40)
        {
            // Onto the newest version, as far as the run has not come back meanwhile.
            let moved = RunRepinning(of: run, instances, from: dag, to: newest, parameters: run.parameters)
            send(.runRepinned(run.number, to: newest, run.parameters, outputs: store.outputs))
            (run, dag, instances) = (moved.run, newest, moved.instances)
        }
        let selection = ClearSelection(
            dag: dag, tasks: [generator.number(0...(dag.tasks.count - 1))],
            includeDownstream: generator.chance(70),
            includeUpstream: generator.chance(10), states: generator.chance(30) ? ClearSelection.failed : nil)
        send(.instancesCleared(run.number, selection.expanded(in: instances), by: "ben"))
    }

    private mutating func drawMark() {
        guard let (run, dag, _) = target() else { return }
        if generator.chance(30) {
            send(.runMarked(run.number, as: generator.pick([.success, .failed]), by: "cat"))
        } else {
            let task = generator.number(0...(dag.tasks.count - 1))
            let state = generator.pick([TaskInstanceState.success, .failed, .skipped])
            send(.instancesMarked(run.number, [InstancePlace(task: task)], as: state, by: "cat"))
        }
    }

    /// Somebody outside updates an asset, or takes away what waits for a DAG.
    private mutating func drawEmission() {
        if generator.chance(5) {
            let assets = generator.chance(50) ? Set([generator.pick(WorkloadGenerator.assets)]) : nil
            send(
                .assetQueueDropped(
                    generator.pick(folderIDs), assets, before: generator.chance(30) ? clock.now : nil))
        } else {
            let rows = JSONValue.integer(Int64(generator.number(0...30)))
            let asset = generator.pick(WorkloadGenerator.assets)
            send(.assetEmitted(AssetEmission(asset: asset, extra: ["rows": rows], source: "fay")))
        }
    }

    private mutating func drawPoolChange() {
        let name = generator.pick(WorkloadGenerator.pools)
        if generator.chance(30) {
            send(.poolRemoved(name))
        } else {
            send(.poolChanged(Pool(name: name, slots: generator.number(0...6))))
        }
    }

    private mutating func drawEdit() {
        let id = generator.pick(folderIDs)
        if generator.chance(30) {
            folder[id] = nil
            send(.dagRemoved(id))
        } else {
            write(dag: id)
        }
    }
}

extension SchedulerEvent {
    /// A short text for the history of a simulation.
    var summary: String {
        switch self {
        case .dagLoaded(let dag, _): "loaded \(dag.id) \(dag.version)"
        case .backfillRequested(let request, let plan, _):
            "backfill of \(request.dag.id), \(plan.entries.count) runs, reprocess \(request.reprocess)"
        case .runRestored(let run, _, _, _): "restored \(run.number.value)"
        case .runRepinned(let run, let dag, _, _): "\(run.value) is to go on on \(dag.version)"
        default: "\(self)"
        }
    }
}

extension Transition {
    /// A short text for the history of a simulation.
    var summary: String {
        switch self {
        case .runCreated(let run, let instances):
            "run \(run.number.value) \(run.runID): \(instances.count) tasks"
        case .runChanged(let from, let run):
            "run \(run.number.value): \(from) to \(run.state) \(run.reason.map { "\($0)" } ?? "")"
        case .instanceChanged(let from, let instance, _):
            "task \(instance.key.run.value)/\(instance.key.task): \(from) to \(instance.state), try "
                + "\(instance.tryNumber)/\(instance.maximumTries), \(instance.reason.map { $0.noun } ?? "-")"
        case .runRepinned(let repinning, _):
            "run \(repinning.run.number.value): from \(repinning.from) to \(repinning.run.version)"
        case .attemptCreated(let attempt):
            "attempt \(attempt.id) of \(attempt.instance.run.value)/\(attempt.instance.task)"
        case .attemptChanged(let from, let attempt): "attempt \(attempt.id): \(from) to \(attempt.state)"
        case .reportRecorded(let key, _): "report of \(key.run.value)/\(key.task)"
        case .reportsForgotten(let key): "no report of \(key.run.value)/\(key.task)"
        case .dagStatusChanged(let status):
            "status of \(status.dagID): paused \(status.isPaused), active \(status.isActive)"
        case .noticeRaised(let notice): "notice: \(notice.facts["text"]?.stringValue ?? "")"
        default: "\(self)"
        }
    }
}
