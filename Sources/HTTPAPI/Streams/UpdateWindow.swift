import DAGDomain
import SchedulerService

/// Collects what changes while a stream rests, and keeps the last word on each thing: a follower of a thousand short tasks
/// need not hear of every step of each.
struct UpdateWindow {
    private enum Subject: Hashable {
        case run(DAGID, RunID)
        case instance(DAGID, RunID, TaskID, mapIndex: Int)
        case dag(DAGID)
    }

    private var updates: [Update?] = []
    private var places: [Subject: Int] = [:]

    /// Whether one of them says that a run has ended.
    private(set) var hasEndOfRun = false

    var isEmpty: Bool { updates.isEmpty }

    mutating func add(_ update: Update) {
        let subject = Self.subject(of: update)
        if let place = places[subject] { updates[place] = nil }
        places[subject] = updates.count
        updates.append(update)
        if case .run(let run) = update, run.state.isFinished { hasEndOfRun = true }
    }

    /// In the order of the last changes.
    mutating func takeAll() -> [Update] {
        defer { self = UpdateWindow() }
        return updates.compactMap(\.self)
    }

    private static func subject(of update: Update) -> Subject {
        switch update {
        case .run(let run): .run(run.dagID, run.runID)
        case .dag(let dagID): .dag(dagID)
        case .instance(let dagID, let runID, let taskID, let instance):
            .instance(dagID, runID, taskID, mapIndex: instance.key.mapIndex)
        }
    }
}
