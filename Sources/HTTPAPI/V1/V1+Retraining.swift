import APITypes
import DAGDomain
import JSONText
import SchedulerCore

extension V1.RunCause {
    init(_ firing: RetrainFiring) {
        self.init(
            clause: firing.clause, at: firing.at.rfc3339, value: firing.value.map { JSONValue(metric: $0) },
            sentence: firing.sentence)
        switch firing.source {
        case nil: break
        case .outside(let text): source = text
        case .task(let dagID, let runID, let taskID, let mapIndex):
            self.dagID = dagID.text
            self.runID = runID.text
            self.taskID = taskID.text
            self.mapIndex = mapIndex
        }
    }
}

extension V1.Retraining {
    init(_ situation: RetrainSituation) {
        let (waitsFor, instant): (String?, Timestamp?) =
            switch situation.obstacle {
            case nil: (nil, nil)
            case .paused: ("paused", nil)
            case .cooldown(let instant): ("cooldown", instant)
            case .budget(let instant): ("budget", instant)
            case .activeRuns: ("max_active_runs", nil)
            }
        self.init(
            condition: situation.schedule.condition.description,
            cooldown: situation.schedule.cooldown.inSeconds, budget: situation.schedule.budget?.text,
            spent: situation.spent, fired: situation.firings.map { V1.RunCause($0) },
            newRows: JSONObject(
                situation.rows.sorted { $0.key < $1.key }.map { ($0.key.text, .integer($0.value)) }),
            lastStart: situation.starts.last?.rfc3339, nextTick: situation.nextTick?.rfc3339,
            isMet: situation.isMet, waitsFor: situation.isMet ? waitsFor : nil,
            waitsUntil: situation.isMet ? instant?.rfc3339 : nil, sentence: situation.sentence)
    }
}
