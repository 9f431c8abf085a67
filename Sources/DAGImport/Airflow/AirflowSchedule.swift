import DAGDomain
import JSONText

/// Turns a timetable of Airflow into `schedule`, `timezone` and `interval`.
struct AirflowSchedule {
    private let vocabulary: Vocabulary
    private(set) var keys = JSONObject()
    private(set) var notes: NoteList

    init(_ dag: JSONObject, vocabulary: Vocabulary, notes: NoteList) {
        self.vocabulary = vocabulary
        self.notes = notes
        if let timetable = dag["timetable"], !timetable.isNull {
            read(timetable)
        } else if let interval = dag["schedule_interval"], !interval.isNull {
            readInterval(interval.unwrapped, zone: dag["timezone"]?.unwrapped)
        } else {
            keys["schedule"] = .null
        }
    }

    /// Airflow 2's `schedule_interval`: a cron text or a timedelta, each with data intervals.
    private mutating func readInterval(_ value: JSONValue, zone: JSONValue?) {
        if let text = value.stringValue {
            switch text {
            case "@once", "@continuous": set(text)
            default:
                setCron([text], zone: zone)
                setDataInterval("schedule_interval")
            }
        } else if value.doubleValue != nil {
            setPeriod(value)
            setDataInterval("schedule_interval")
        } else {
            refuse("schedule_interval", value.text())
        }
    }

    private mutating func read(_ timetable: JSONValue) {
        let name = (timetable["__type"]?.stringValue ?? "").split(separator: ".").last.map(String.init) ?? ""
        let values = timetable["__var"] ?? [:]
        switch name {
        case "NullTimetable": keys["schedule"] = .null
        case "OnceTimetable": set("@once")
        case "ContinuousTimetable": set("@continuous")
        case "CronTriggerTimetable":
            setCron([values["expression"]?.stringValue ?? ""], zone: values["timezone"])
            checkTrigger(values)
        case "MultipleCronTriggerTimetable":
            setCron(
                values["expressions"]?.arrayValue?.compactMap(\.stringValue) ?? [], zone: values["timezone"])
            checkTrigger(values)
        case "CronDataIntervalTimetable":
            setCron([values["expression"]?.stringValue ?? ""], zone: values["timezone"])
            setDataInterval(name)
        case "DeltaTriggerTimetable":
            setPeriod(values["delta"])
            checkTrigger(values)
        case "DeltaDataIntervalTimetable":
            setPeriod(values["delta"])
            setDataInterval(name)
        case "AssetTriggeredTimetable", "DatasetTriggeredTimetable":
            setAssets(values["asset_condition"] ?? values["dataset_condition"], name, or: nil)
        case "AssetOrTimeSchedule", "DatasetOrTimeSchedule":
            setAssets(values["asset_condition"] ?? values["dataset_condition"], name, or: values["timetable"])
        default:
            refuse("timetable", name.isEmpty ? timetable.text() : name)
        }
    }

    // MARK: What can be said here

    private mutating func set(_ word: String) {
        guard vocabulary.hasDAG(["schedule": .string(word), "max_active_runs": 1]) else {
            return refuse("schedule", word)
        }
        keys["schedule"] = .string(word)
    }

    private mutating func setCron(_ expressions: [String], zone: JSONValue?) {
        setZone(zone)
        let value: JSONValue =
            expressions.count == 1 ? .string(expressions[0]) : .array(expressions.map(JSONValue.string))
        guard vocabulary.hasDAG(["schedule": value]) else {
            let reasons = expressions.compactMap { text -> String? in
                do throws(CronExpressionError) {
                    _ = try CronExpression(text)
                    return nil
                } catch {
                    return "\(error)"
                }
            }
            return refuse("schedule", value.text(), reasons.first ?? "it is not understood here")
        }
        keys["schedule"] = value
    }

    private mutating func setZone(_ zone: JSONValue?) {
        guard let zone, zone != "UTC" else { return }
        guard vocabulary.hasDAG(["timezone": zone]) else {
            return notes.untranslated(
                "timezone", "\(zone.text()) is not a zone of the IANA database, so UTC is used",
                advice: "set \"timezone\"")
        }
        keys["timezone"] = zone
    }

    private mutating func setPeriod(_ delta: JSONValue?) {
        let value: JSONValue = ["every": DurationValue.json(delta?.unwrapped) ?? .null]
        guard vocabulary.hasDAG(["schedule": value]) else { return refuse("delta", delta?.text() ?? "") }
        keys["schedule"] = value
    }

    /// A run of these timetables stands for the time between two ticks and carries the date of the first.
    private mutating func setDataInterval(_ key: String) {
        guard let schedule = keys["schedule"], !schedule.isNull else { return }
        guard vocabulary.hasDAG(["schedule": schedule, "interval": true]) else {
            return notes.untranslated(
                key,
                "its runs carry the date of the beginning of their data interval; here the logical date and "
                    + "both ends of the interval are the tick at which the run starts",
                advice: "commands that use the date need the date of the tick before")
        }
        keys["interval"] = true
    }

    private mutating func checkTrigger(_ values: JSONValue) {
        if let interval = values["interval"]?.unwrapped, interval.doubleValue != 0 {
            notes.untranslated(
                "interval", "the data interval of \(interval.text()) s before each tick",
                advice: "compute its beginning from ORCHESTRATOR_LOGICAL_DATE")
        }
        if let immediately = values["run_immediately"], !immediately.isNothing {
            notes.different(
                "run_immediately",
                "\(immediately.text()): here the newest missed tick runs at once (\"catchup\")")
        }
    }

    private mutating func setAssets(_ condition: JSONValue?, _ name: String, or timetable: JSONValue?) {
        if let timetable { read(timetable) }
        if let assets = AirflowAssets.condition(condition) {
            var schedule: JSONObject = ["assets": assets]
            if let time = keys["schedule"], !time.isNull {
                schedule = time.objectValue.map { schedule.merging($0) } ?? schedule.merging(["cron": time])
            }
            if vocabulary.hasDAG(["schedule": .object(schedule)]) {
                keys["schedule"] = .object(schedule)
                return
            }
        }
        let described = condition.map { AirflowAssets.names($0).joined(separator: ", ") } ?? name
        notes.untranslated(
            "schedule", "starting when assets change (\(described))",
            advice: "let the DAG that makes them start this one with a trigger_dag task")
        if keys["schedule"] == nil { keys["schedule"] = .null }
    }

    private mutating func refuse(
        _ key: String, _ text: String, _ reason: String = "it has no counterpart here"
    ) {
        keys["schedule"] = .null
        notes.untranslated(
            key, "the schedule \(text): \(reason)",
            advice: "it has no schedule now; set \"schedule\" to a cron expression or {\"every\": ...}")
    }
}
