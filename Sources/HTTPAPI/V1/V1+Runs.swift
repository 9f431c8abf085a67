import APITypes
import DAGDomain
import JSONText
import SchedulerCore
import StateStore

extension V1.Run {
    init(_ run: DAGRun) {
        self.init(
            dagID: run.dagID.text, runID: run.runID.text, state: run.state.rawValue,
            runType: run.type.rawValue, triggeredBy: run.trigger.rawValue,
            logicalDate: run.logicalDate?.rfc3339, dataIntervalStart: run.dataIntervalStart?.rfc3339,
            dataIntervalEnd: run.dataIntervalEnd?.rfc3339, runAfter: run.runAfter.rfc3339,
            queuedAt: run.queuedAt.rfc3339, startDate: run.startDate?.rfc3339,
            endDate: run.endDate?.rfc3339, duration: run.duration, reason: run.reasonSentence,
            note: run.note, conf: run.parameters, dagVersion: run.version.text)
    }
}

extension V1.RunDetails {
    /// Of a run with more instances the metrics are only in the answers about its tasks.
    private static let maximumInstancesWithMetrics = 500

    /// Inside `Backend.reading` only.
    init(_ view: RunView, _ backend: Backend) throws {
        let verdicts = Dictionary(
            try backend.store.verdicts(of: view.run.number).map { ($0.key, $0.verdict) }
        ) { first, _ in first }
        let hasMetrics = view.instances.count <= Self.maximumInstancesWithMetrics
        let byTask = Dictionary(grouping: view.instances.map(\.instance), by: \.key.task)
        let instances = try view.instances.map { row in
            let key = row.instance.key
            let explanation = Explanation(dag: view.dag, instance: row.instance) { byTask[$0] ?? [] }
            return V1.TaskInstance(
                row, sentence: explanation.sentence, verdict: verdicts[key],
                metrics: hasMetrics && row.instance.tryNumber > 0
                    ? try backend.store.lastMetrics(of: key) : [])
        }
        let past = try backend.store.pastVersions(of: view.run.number).map { V1.PastVersion($0) }
        self.init(V1.Run(view.run), instances, past)
        causes = (try backend.store.causes(of: [view.run.number])[view.run.number] ?? []).map {
            V1.RunCause($0)
        }
        deadlines = view.run.toldDeadlines(in: view.dag).map { V1.Deadline($0) }
    }

    private init(_ run: V1.Run, _ instances: [V1.TaskInstance], _ past: [V1.PastVersion]) {
        self.init(
            dagID: run.dagID, runID: run.runID, state: run.state, taskInstances: instances,
            runType: run.runType, triggeredBy: run.triggeredBy, logicalDate: run.logicalDate,
            dataIntervalStart: run.dataIntervalStart, dataIntervalEnd: run.dataIntervalEnd,
            runAfter: run.runAfter, queuedAt: run.queuedAt, startDate: run.startDate, endDate: run.endDate,
            duration: run.duration, reason: run.reason, note: run.note, conf: run.conf,
            dagVersion: run.dagVersion, pastVersions: past)
    }
}

extension V1.PastVersion {
    fileprivate init(_ row: PastVersionRow) {
        self.init(
            version: row.version.text, versionNumber: row.number, until: row.until.rfc3339,
            removed: row.removed.map {
                V1.PastInstance(
                    taskID: $0.taskID.text, mapIndex: $0.mapIndex, state: $0.state.rawValue,
                    tryNumber: $0.tryNumber, startDate: $0.startDate?.rfc3339,
                    endDate: $0.endDate?.rfc3339, attempt: $0.attempt?.text)
            })
    }
}

extension V1.TaskInstance {
    init(_ row: InstanceRow, sentence: String?, verdict: GateVerdict?, metrics: [Metric]) {
        self.init(
            row.instance, taskID: row.taskID, role: row.role, pool: row.pool, verdict: verdict,
            metrics: metrics, sentence: sentence)
    }

    init(
        _ instance: TaskInstance, taskID: TaskID, role: TaskRole, pool: PoolName?, verdict: GateVerdict?,
        metrics: [Metric], sentence: String?
    ) {
        self.init(
            taskID: taskID.text, mapIndex: instance.key.mapIndex, state: instance.state.rawValue,
            tryNumber: instance.tryNumber, startDate: instance.startDate?.rfc3339,
            endDate: instance.endDate?.rfc3339, duration: instance.duration, type: role.rawValue,
            maxTries: instance.maximumTries, pool: pool?.text, scheduledAt: instance.scheduledAt?.rfc3339,
            queuedAt: instance.queuedAt?.rfc3339, notBefore: instance.notBefore?.rfc3339,
            failure: instance.failure?.rawValue, reason: sentence,
            exitCode: instance.reason?.exitCode.map { Int($0) },
            metrics: metrics.map { V1.Metric($0) },
            gate: verdict.map { V1.GateVerdict($0) })
    }
}

extension V1.Metric {
    init(_ metric: Metric) {
        self.init(name: metric.name, value: JSONValue(metric: metric.value), step: metric.step)
    }
}

extension JSONValue {
    /// A metric's value; what JSON has no number for becomes a text.
    init(metric value: Double) {
        let text = value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
        self = JSONValue(value) ?? .string(text)
    }
}

extension V1.GateVerdict {
    init(_ verdict: GateVerdict) {
        self.init(
            passed: verdict.passed, onGateFailure: verdict.effect.rawValue,
            conditions: verdict.lines.map { line in
                V1.GateLine(
                    metric: line.condition.metric, value: line.value.map { JSONValue(metric: $0) },
                    min: line.condition.minimum, max: line.condition.maximum, equals: line.condition.equals,
                    holds: line.holds, severity: line.condition.severity.rawValue,
                    baseline: line.baseline.map { JSONValue(metric: $0) }, sentence: line.sentence)
            })
    }
}

extension StateReason {
    /// The exit code of the last attempt, where the reason tells it.
    fileprivate var exitCode: Int32? {
        switch self {
        case .exitCode(let code): code
        case .waitsForRetry(_, let after): after.exitCode
        default: nil
        }
    }
}
