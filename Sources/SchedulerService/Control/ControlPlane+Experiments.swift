import DAGDomain
import JSONText
import StateStore

/// A run of a DAG, or an instance of a task, with what it was given and what came out.
package struct ComparedRun: Sendable {
    package let run: DAGRun
    package let versionNumber: Int
    /// Nil for a whole run.
    package let mapIndex: Int?
    package let state: String
    package let startDate: Timestamp?
    package let duration: Double?
    package let parameters: JSONObject
    /// By name; the last value of each.
    package let metrics: [String: Double]
    /// Whether something of it runs, so that the metrics may still change.
    package let isLive: Bool
}

extension ControlPlane {
    /// The newest runs of a DAG with their params and metrics; those of running tasks are read from their files. A metric
    /// that several tasks report is called after its task.
    ///
    /// - Parameters:
    ///   - task: the rows are the instances of this task.
    ///   - runs: only these.
    package func experiment(
        of dagID: DAGID, task: TaskID? = nil, runs: [RunID]? = nil, last: Int
    ) throws(ControlPlaneError) -> [ComparedRun] {
        var filter = RunFilter()
        filter.dagIDs = [dagID]
        filter.runIDs = runs
        filter.limit = last
        let chosen = filter
        let found = try reading { () throws(StateStoreError) in try store.runs(chosen).rows }
        if found.isEmpty, let run = runs?.first { _ = try existingRun(dagID, run) }
        var reports: [Reported] = []
        for row in found { reports += try reported(row, task) }
        let reporters = Dictionary(grouping: reports.flatMap(\.metrics), by: \.name)
            .mapValues { Set($0.map(\.source)).count }
        return reports.map { report in
            var metrics: [String: Double] = [:]
            for metric in report.metrics {
                let isAlone = task != nil || reporters[metric.name] == 1
                metrics[isAlone ? metric.name : "\(metric.source).\(metric.name)"] = metric.value
            }
            return ComparedRun(
                run: report.row.run, versionNumber: report.row.versionNumber, mapIndex: report.mapIndex,
                state: report.state, startDate: report.startDate, duration: report.duration,
                parameters: report.parameters, metrics: metrics, isLive: report.isLive)
        }
    }

    private struct Reported {
        let row: RunRow
        var mapIndex: Int?
        let state: String
        let startDate: Timestamp?
        let duration: Double?
        let parameters: JSONObject
        var metrics: [(source: String, name: String, value: Double)] = []
        var isLive = false
    }

    private func reported(_ row: RunRow, _ task: TaskID?) throws(ControlPlaneError) -> [Reported] {
        var filter = InstanceFilter()
        filter.limit = Int(Int32.max)
        filter.taskIDs = task.map { [$0] }
        let chosen = filter
        let instances = try reading { () throws(StateStoreError) in
            try store.instances(of: row.run.number, chosen).rows
        }
        guard task == nil else {
            return try instances.map { (instance) throws(ControlPlaneError) in
                try reported(row, instance)
            }
        }
        let run = row.run
        var whole = Reported(
            row: row, state: run.state.rawValue, startDate: run.startDate,
            duration: seconds(run.startDate, run.endDate), parameters: run.parameters)
        for instance in instances where instance.instance.tryNumber > 0 {
            let index = instance.instance.key.mapIndex
            let source = index < 0 ? instance.taskID.text : "\(instance.taskID)[\(index)]"
            whole.metrics += try metrics(instance.instance).map { (source, $0.name, $0.value) }
            if instance.instance.state == .running { whole.isLive = true }
        }
        return [whole]
    }

    private func reported(
        _ row: RunRow, _ instance: InstanceRow
    ) throws(ControlPlaneError) -> Reported {
        let one = instance.instance
        let own = try reading { () throws(StateStoreError) in try store.mappedParameters(of: one.key) }
        let metrics = one.tryNumber > 0 ? try metrics(one) : []
        return Reported(
            row: row, mapIndex: one.key.mapIndex, state: one.state.rawValue, startDate: one.startDate,
            duration: seconds(one.startDate, one.endDate),
            parameters: row.run.parameters.merging(own),
            metrics: metrics.map { (instance.taskID.text, $0.name, $0.value) },
            isLive: one.state == .running)
    }

    private func seconds(_ start: Timestamp?, _ end: Timestamp?) -> Double? {
        guard let start, let end else { return nil }
        return (end - start).inSeconds
    }

    /// The last value of each: recorded ones, or while an attempt runs what its file holds so far.
    private func metrics(_ instance: TaskInstance) throws(ControlPlaneError) -> [Metric] {
        if instance.state == .running, let attempt = instance.attempt {
            let files = AttemptFiles(home: settings.home, attempt: attempt, key: instance.key)
            return MetricsFile.lastValues(at: files.metrics)
        }
        return try reading { () throws(StateStoreError) in try store.lastMetrics(of: instance.key) }
    }
}

extension MetricsFile {
    /// What a running task has written so far, without a line that is not complete yet; empty when it cannot be read.
    static func lastValues(at path: String) -> [Metric] {
        guard let bytes = (try? SmallFile.read(path, limit: sizeLimitBytes)) ?? nil,
            let end = bytes.lastIndex(of: 0x0A), let metrics = try? parse(Array(bytes[...end]))
        else { return [] }
        return Dictionary(metrics.map { ($0.name, $0) }) { _, last in last }.values.sorted {
            $0.name < $1.name
        }
    }
}
