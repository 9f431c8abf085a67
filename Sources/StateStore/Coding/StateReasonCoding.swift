import DAGDomain
import JSONText

/// How a reason is stored: an object whose `kind` names the case.
///
/// The stored form is read by later versions of the program: a kind is added, never changed.
enum StateReasonCoding {
    static func encode(_ reason: StateReason) -> JSONObject {
        switch reason {
        case .triggerRule(let rule, let task, let state):
            [
                "kind": "trigger_rule", "rule": .string(rule.rawValue),
                "upstream_task": .integer(Int64(task)),
                "upstream_state": .string(state.rawValue),
            ]
        case .exitCode(let code): ["kind": "exit_code", "code": .integer(Int64(code))]
        case .signal(let signal): ["kind": "signal", "signal": .integer(Int64(signal))]
        case .notStarted(let text): ["kind": "not_started", "text": .string(text)]
        case .executionTimeout(let duration):
            ["kind": "execution_timeout", "duration": .object(encode(duration))]
        case .runTimeout: ["kind": "run_timeout"]
        case .lost(let text): ["kind": "lost", "text": .string(text)]
        case .gateFailed(let verdict):
            ["kind": "gate_failed", "verdict": .object(GateVerdictCoding.encode(verdict))]
        case .gateWarned(let verdict):
            ["kind": "gate_warned", "verdict": .object(GateVerdictCoding.encode(verdict))]
        case .upstreamGate(let task): ["kind": "upstream_gate", "task": .integer(Int64(task))]
        case .badReport(let text): ["kind": "bad_report", "text": .string(text)]
        case .overtaken(let text): ["kind": "overtaken", "text": .string(text)]
        case .waitsForRetry(let until, let after):
            [
                "kind": "waits_for_retry", "until": .integer(until.microsecondsSinceEpoch),
                "after": .object(encode(after)),
            ]
        case .byUser(let text): ["kind": "by_user", "text": .string(text)]
        case .runEnded: ["kind": "run_ended"]
        default: encodeFlow(reason)
        }
    }

    /// - Returns: nil when the object is not one that `encode` makes.
    static func decode(_ object: JSONObject) -> StateReason? {
        switch object["kind"]?.stringValue {
        case "trigger_rule": decodeTriggerRule(object)
        case "exit_code": object.int32("code").map(StateReason.exitCode)
        case "signal": object.int32("signal").map(StateReason.signal)
        case "not_started": object["text"]?.stringValue.map(StateReason.notStarted)
        case "execution_timeout":
            object["duration"]?.objectValue.flatMap(decodeDuration).map(StateReason.executionTimeout)
        case "run_timeout": .runTimeout
        case "lost": object["text"]?.stringValue.map(StateReason.lost)
        case "gate_failed":
            object["verdict"]?.objectValue.flatMap(GateVerdictCoding.decode).map(StateReason.gateFailed)
        case "gate_warned":
            object["verdict"]?.objectValue.flatMap(GateVerdictCoding.decode).map(StateReason.gateWarned)
        case "upstream_gate": object.int("task").map(StateReason.upstreamGate)
        case "bad_report": object["text"]?.stringValue.map(StateReason.badReport)
        case "overtaken": object["text"]?.stringValue.map(StateReason.overtaken)
        case "waits_for_retry": decodeRetry(object)
        case "by_user": object["text"]?.stringValue.map(StateReason.byUser)
        case "run_ended": .runEnded
        default: decodeFlow(object)
        }
    }

    private static func decodeTriggerRule(_ object: JSONObject) -> StateReason? {
        guard let rule = object["rule"]?.stringValue.flatMap(TriggerRule.init(rawValue:)),
            let task = object.int("upstream_task"),
            let state = object["upstream_state"]?.stringValue.flatMap(TaskInstanceState.init(rawValue:))
        else { return nil }
        return .triggerRule(rule, upstreamTask: task, upstreamState: state)
    }

    private static func decodeRetry(_ object: JSONObject) -> StateReason? {
        guard case .integer(let until)? = object["until"],
            let after = object["after"]?.objectValue.flatMap(decode)
        else { return nil }
        return .waitsForRetry(until: Timestamp(microsecondsSinceEpoch: until), after: after)
    }

    static func encode(_ duration: Duration) -> JSONObject {
        let (seconds, attoseconds) = duration.components
        return ["seconds": .integer(seconds), "attoseconds": .integer(attoseconds)]
    }

    static func decodeDuration(_ object: JSONObject) -> Duration? {
        guard case .integer(let seconds)? = object["seconds"],
            case .integer(let attoseconds)? = object["attoseconds"]
        else { return nil }
        return Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
    }
}

extension JSONObject {
    /// The member as an integer, if it is a whole number in range.
    func int(_ key: String) -> Int? {
        if case .integer(let value)? = self[key] { Int(exactly: value) } else { nil }
    }

    func int32(_ key: String) -> Int32? {
        if case .integer(let value)? = self[key] { Int32(exactly: value) } else { nil }
    }
}
