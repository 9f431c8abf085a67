import DAGDomain
import JSONText

/// Turns the keys of a DAG file that are not tasks into settings. As in `TaskReader`, shapes were checked
/// before.
struct SettingsReader {
    let zones: ZoneLookup
    var diagnostics: DiagnosticList

    mutating func read(_ fields: Fields) -> DAGSettings {
        var settings = DAGSettings()
        settings.description = fields.string("description") ?? ""
        settings.documentation = fields.string("doc") ?? ""
        settings.owner = fields.string("owner") ?? ""
        settings.tags = fields.strings("tags") ?? []
        settings.maximumActiveRuns = fields.integer("max_active_runs") ?? settings.maximumActiveRuns
        settings.maximumActiveTasks = fields.integer("max_active_tasks") ?? settings.maximumActiveTasks
        settings.runTimeout = fields.duration("dagrun_timeout")
        settings.concurrency = readConcurrency(fields["concurrency"])
        settings.allowedRunTypes = readRunTypes(fields["allowed_run_types"])
        settings.maximumConsecutiveFailedRuns = fields.integer("max_consecutive_failed_dag_runs")
        settings.schedule = readSchedule(fields["schedule"])
        readAssets(fields["schedule"], into: &settings)
        readRetraining(fields["schedule"], into: &settings)
        settings.timeZone = readZone(fields["timezone"])
        settings.startDate = readInstant(fields["start_date"])
        settings.endDate = readInstant(fields["end_date"])
        settings.catchup = readCatchup(fields["catchup"])
        settings.usesIntervals = fields["interval"]?.value.boolValue ?? false
        settings.calendar = readCalendar(fields["calendar"])
        settings.jitter = fields.duration("jitter") ?? .zero
        settings.parameters = readParameters(fields["params"])
        checkDates(fields, settings)
        checkSchedule(fields, &settings)
        checkLimits(fields, settings)
        checkRetraining(fields, settings)
        checkRequiredParameters(fields, settings)
        return settings
    }

    private mutating func checkRequiredParameters(_ fields: Fields, _ settings: DAGSettings) {
        guard settings.runsByItself else { return }
        for member in fields["params"]?.members ?? [] {
            guard settings.parameters.contains(where: { $0.name == member.key && $0.defaultValue == nil })
            else { continue }
            diagnostics.error(
                "the param \"\(member.key)\" has no default, so the schedule could not start a run",
                at: member.keyPosition)
        }
    }
}
