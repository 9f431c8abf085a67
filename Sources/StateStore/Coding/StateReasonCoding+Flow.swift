import DAGDomain
import JSONText

/// The reasons that come from control flow and waiting.
extension StateReasonCoding {
    static func encodeFlow(_ reason: StateReason) -> JSONObject {
        switch reason {
        case .skippedBy(let task, let cause):
            ["kind": "skipped_by", "task": .integer(Int64(task)), "cause": .string(cause.rawValue)]
        case .conditionFalse(let text): ["kind": "condition_false", "text": .string(text)]
        case .badExpression(let text): ["kind": "bad_expression", "text": .string(text)]
        case .emptyExpansion: ["kind": "empty_expansion"]
        case .dependsOnPast(let run): ["kind": "depends_on_past", "run_id": .string(run.text)]
        case .setup(let task, let state):
            ["kind": "setup", "task": .integer(Int64(task)), "state": .string(state.rawValue)]
        case .failFast(let index): ["kind": "fail_fast", "map_index": .integer(Int64(index))]
        case .stoppedEarly(let text): ["kind": "stopped_early", "text": .string(text)]
        case .waits(let text): encodeWait(text)
        case .waitTimeout(let duration): ["kind": "wait_timeout", "duration": .object(encode(duration))]
        case .waitEnded(let text): ["kind": "wait_ended", "text": .string(text)]
        case .cached(let run, let number):
            ["kind": "cached", "run_id": .string(run.text), "try_number": .integer(Int64(number))]
        case .nothingToDo(let text): ["kind": "nothing_to_do", "text": .string(text)]
        default: preconditionFailure("\(reason) has no stored form")
        }
    }

    static func decodeFlow(_ object: JSONObject) -> StateReason? {
        switch object["kind"]?.stringValue {
        case "skipped_by":
            object.int("task").flatMap { task in
                object["cause"]?.stringValue.flatMap(SkipCause.init(rawValue:)).map {
                    .skippedBy(task: task, $0)
                }
            }
        case "condition_false": object["text"]?.stringValue.map(StateReason.conditionFalse)
        case "bad_expression": object["text"]?.stringValue.map(StateReason.badExpression)
        case "empty_expansion": .emptyExpansion
        case "depends_on_past": object["run_id"]?.stringValue.map { .dependsOnPast(run: RunID($0)) }
        case "setup":
            object.int("task").flatMap { task in
                object["state"]?.stringValue.flatMap(TaskInstanceState.init(rawValue:)).map {
                    .setup(task: task, $0)
                }
            }
        case "fail_fast": object.int("map_index").map { .failFast(mapIndex: $0) }
        case "stopped_early": object["text"]?.stringValue.map(StateReason.stoppedEarly)
        case "waits": decodeWait(object).map(StateReason.waits)
        case "wait_timeout":
            object["duration"]?.objectValue.flatMap(decodeDuration).map(StateReason.waitTimeout)
        case "wait_ended": object["text"]?.stringValue.map(StateReason.waitEnded)
        case "cached":
            object["run_id"]?.stringValue.flatMap { run in
                object.int("try_number").map { .cached(run: RunID(run), tryNumber: $0) }
            }
        case "nothing_to_do": object["text"]?.stringValue.map(StateReason.nothingToDo)
        default: nil
        }
    }

    private static func encodeWait(_ wait: WaitText) -> JSONObject {
        let word =
            switch wait {
            case .instant: "instant"
            case .file: "file"
            case .externalRun: "external_run"
            case .approval: "approval"
            case .poke: "poke"
            case .childRun: "child_run"
            }
        var object: JSONObject = ["kind": "waits", "for": .string(word)]
        if case .childRun(let dagID, let runID) = wait {
            object["dag_id"] = .string(dagID.text)
            object["run_id"] = .string(runID.text)
        }
        return object
    }

    private static func decodeWait(_ object: JSONObject) -> WaitText? {
        switch object["for"]?.stringValue {
        case "instant": return .instant
        case "file": return .file
        case "external_run": return .externalRun
        case "approval": return .approval
        case "poke": return .poke
        case "child_run":
            guard let dagID = object["dag_id"]?.stringValue, let runID = object["run_id"]?.stringValue else {
                return nil
            }
            return .childRun(DAGID(dagID), RunID(runID))
        default: return nil
        }
    }
}
