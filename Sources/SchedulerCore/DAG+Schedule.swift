import DAGDomain
import JSONText

extension Timetable {
    /// The timetable of a DAG. The loader has refused zones that do not exist; should one vanish
    /// nevertheless, the schedule stands still instead of ticking at wrong times.
    package init(_ dag: DAG) {
        let settings = dag.settings
        guard let zone = try? ZoneRules(settings.timeZone) else {
            self.init(schedule: .manual)
            return
        }
        self.init(
            schedule: settings.tickingSchedule, zone: zone, startDate: settings.startDate,
            endDate: settings.endDate,
            usesIntervals: settings.usesIntervals && settings.retraining == nil, calendar: settings.calendar,
            delay: .stableDelay(of: dag.id, within: settings.jitter))
    }
}

extension DAGSettings {
    /// What decides when the DAG ticks, as text: when it changes, instants before the change are not
    /// answered.
    package var scheduleFingerprint: String {
        let schedule =
            switch tickingSchedule {
            case .manual: "manual"
            case .cron(let expressions): "cron " + expressions.map(\.text).joined(separator: " | ")
            case .every(let period): "every \(period.microseconds)us"
            case .once: "once"
            case .continuous: "continuous"
            }
        let intervals = usesIntervals ? "; intervals" : ""
        return "\(schedule); \(timeZone); from \(startDate?.rfc3339 ?? "-")\(intervals)"
    }

    /// The parameters of a run that nobody gave any.
    package var defaultParameters: JSONObject {
        JSONObject(parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } })
    }
}
