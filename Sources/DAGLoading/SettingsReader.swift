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
        settings.schedule = readSchedule(fields["schedule"])
        settings.timeZone = readZone(fields["timezone"])
        settings.startDate = readInstant(fields["start_date"])
        settings.endDate = readInstant(fields["end_date"])
        settings.catchup = readCatchup(fields["catchup"])
        settings.parameters = readParameters(fields["params"])
        checkDates(fields, settings)
        checkRequiredParameters(fields, settings)
        return settings
    }

    private mutating func readSchedule(_ node: JSONNode?) -> Schedule {
        guard let node else { return .manual }
        if node.members != nil {
            guard let period = Fields(node, .every).duration("every") else { return .manual }
            return (try? Schedule(every: period)) ?? .manual
        }
        let expressions = (node.elements ?? [node]).compactMap { readExpression($0) }
        return (try? Schedule(expressions: expressions)) ?? .manual
    }

    private mutating func readExpression(_ node: JSONNode) -> CronExpression? {
        guard let text = node.stringValue, !text.isEmpty else { return nil }
        if text == "@once" || text == "@continuous" {
            diagnostics.error("the schedule \"\(text)\" is not supported yet", at: node.position)
            return nil
        }
        do throws(CronExpressionError) {
            return try CronExpression(text)
        } catch {
            diagnostics.error("\(error)", at: node.position)
            return nil
        }
    }

    private mutating func readZone(_ node: JSONNode?) -> TimeZoneName {
        guard let node, let text = node.stringValue, !text.isEmpty else { return .utc }
        guard let name = try? TimeZoneName(text), zones.exists(name.text) else {
            let hint =
                NearestWord.find(text, in: zones.names()).map { "did you mean \"\($0)\"?" }
                ?? "use a name of the IANA database such as UTC or Europe/Berlin"
            diagnostics.error("\(text.quotedForMessage) is not a time zone; \(hint)", at: node.position)
            return .utc
        }
        return name
    }

    private mutating func readInstant(_ node: JSONNode?) -> Timestamp? {
        guard let node, let text = node.stringValue, !text.isEmpty else { return nil }
        do throws(TimestampFormatError) {
            return try Timestamp(rfc3339: text)
        } catch {
            diagnostics.error("\(error)", at: node.position)
            return nil
        }
    }

    private mutating func readCatchup(_ node: JSONNode?) -> CatchupPolicy {
        guard let node else { return .none }
        let window: JSONNode
        switch node.content {
        case .bool(let all): return all ? .all : .none
        case .string("latest"): return .latest
        case .string("collapse"): return .collapse
        case .object:
            guard let inner = Fields(node, .catchupWindow)["window"] else { return .none }
            // The shape of the inner value was checked already.
            return (try? Duration(inner)).map { .window($0) } ?? .none
        default: window = node
        }
        do throws(DurationTextError) {
            let duration = try Duration(window)
            if duration > .zero { return .window(duration) }
            diagnostics.error("the window of \"catchup\" must be longer than zero", at: node.position)
        } catch {
            let text = node.value.text()
            diagnostics.error(
                "\"catchup\" is true, false, \"latest\", \"collapse\" or a duration, found "
                    + "\(text.prefix(60))",
                at: node.position)
        }
        return .none
    }

    private mutating func checkDates(_ fields: Fields, _ settings: DAGSettings) {
        if let start = settings.startDate, let end = settings.endDate, end < start,
            let node = fields["end_date"]
        {
            diagnostics.error("\"end_date\" is before \"start_date\"", at: node.position)
        }
        if case .all = settings.catchup, settings.startDate == nil, settings.schedule != .manual,
            let node = fields["catchup"]
        {
            diagnostics.warning(
                "without a \"start_date\" there is nothing to catch up on a new file", at: node.position)
        }
        if settings.catchup != .none, settings.schedule == .manual, let node = fields["catchup"] {
            diagnostics.warning("\"catchup\" has no effect without a \"schedule\"", at: node.position)
        }
    }

    private mutating func checkRequiredParameters(_ fields: Fields, _ settings: DAGSettings) {
        guard settings.schedule != .manual else { return }
        for member in fields["params"]?.members ?? [] {
            guard settings.parameters.contains(where: { $0.name == member.key && $0.defaultValue == nil })
            else { continue }
            diagnostics.error(
                "the param \"\(member.key)\" has no default, so the schedule could not start a run",
                at: member.keyPosition)
        }
    }
}
