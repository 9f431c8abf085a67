import DAGDomain
import JSONText

/// What is known of a run that is being followed: a value that snapshots and events change.
struct RunProgress: Sendable {
    private(set) var dagID = ""
    private(set) var runID = ""
    private(set) var state = "queued"
    private(set) var start: Timestamp?
    private(set) var end: Timestamp?
    /// In the order of the file; instances that appear later come last.
    private(set) var instances: [InstanceProgress] = []
    private var places: [InstanceName: Int] = [:]

    /// What an update changed, for progress without a screen.
    struct Changes: Sendable {
        var runState: String?
        var instances: [InstanceProgress] = []
    }

    var isFinished: Bool { ["success", "failed", "cancelled"].contains(state) }

    /// Takes over the whole object of a run.
    mutating func apply(snapshot: JSONObject) -> Changes {
        var changes = apply(run: snapshot)
        for instance in snapshot.instances { apply(InstanceProgress(instance), to: &changes) }
        return changes
    }

    /// Takes over an event of the API; one of another kind, or one that is older than what is known, changes
    /// nothing.
    mutating func apply(event: JSONObject) -> Changes {
        var changes = Changes()
        if let run = event["run"]?.objectValue, run["state"] != "queued" || state == "queued" {
            changes = apply(run: run)
        }
        if let object = event["task_instance"]?.objectValue {
            let instance = InstanceProgress(object)
            let known = places[instance.name].map { instances[$0] }
            if known?.isOlder(than: instance) ?? true { apply(instance, to: &changes) }
        }
        return changes
    }

    private mutating func apply(run: JSONObject) -> Changes {
        dagID = run["dag_id"]?.stringValue ?? dagID
        runID = run["run_id"]?.stringValue ?? runID
        start = run["start_date"]?.stringValue.flatMap { try? Timestamp(rfc3339: $0) } ?? start
        end = run["end_date"]?.stringValue.flatMap { try? Timestamp(rfc3339: $0) }
        let new = run["state"]?.stringValue ?? state
        defer { state = new }
        return Changes(runState: new == state ? nil : new)
    }

    private mutating func apply(_ new: InstanceProgress, to changes: inout Changes) {
        if let place = places[new.name] {
            let old = instances[place]
            instances[place] = new
            guard old.state != new.state || old.tryNumber != new.tryNumber else { return }
        } else {
            places[new.name] = instances.count
            instances.append(new)
            guard new.state != "pending" else { return }
        }
        changes.instances.append(new)
    }

    mutating func set(reason: String, of name: InstanceName) {
        if let place = places[name] { instances[place].reason = reason }
    }

    /// How many instances are in each state, the commonest states of a run's life in their order.
    var counts: [(state: String, count: Int)] {
        let order = [
            "success", "failed", "upstream_failed", "skipped", "cancelled", "removed", "running",
            "up_for_retry",
            "queued", "scheduled", "pending",
        ]
        let found = Dictionary(grouping: instances, by: \.state).mapValues(\.count)
        let others = found.keys.filter { !order.contains($0) }.sorted()
        return (order + others).compactMap { state in found[state].map { (state, $0) } }
    }

    /// `3 success, 1 running`.
    var countText: String {
        counts.map { "\($0.count) \($0.state)" }.joined(separator: ", ")
    }

    /// The time since the run started, or from its start to its end.
    func elapsed(at now: Timestamp) -> String {
        guard let start else { return "" }
        return DurationText.describe(max((end ?? now) - start, .zero))
    }
}
