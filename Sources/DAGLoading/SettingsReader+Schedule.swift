import DAGDomain
import JSONText

/// The keys that say when a DAG runs by itself.
extension SettingsReader {
    mutating func readSchedule(_ node: JSONNode?) -> Schedule {
        guard let node else { return .manual }
        if node.members != nil {
            let fields = Fields(node, .schedule)
            if let period = fields.duration("every") { return (try? Schedule(every: period)) ?? .manual }
            return fields["cron"].map { readExpressions($0) } ?? .manual
        }
        switch node.stringValue {
        case "@once": return .once
        case "@continuous": return .continuous
        default: break
        }
        return readExpressions(node)
    }

    private mutating func readExpressions(_ node: JSONNode) -> Schedule {
        let expressions = (node.elements ?? [node]).compactMap { readExpression($0) }
        return (try? Schedule(expressions: expressions)) ?? .manual
    }

    mutating func readAssets(_ node: JSONNode?, into settings: inout DAGSettings) {
        guard let node, node.members != nil, let assets = Fields(node, .schedule)["assets"] else { return }
        var reader = AssetReader(diagnostics: diagnostics)
        settings.assets = reader.readCondition(assets)
        settings.scheduleAssets = reader.assets
        diagnostics = reader.diagnostics
    }

    mutating func readExpression(_ node: JSONNode) -> CronExpression? {
        guard let text = node.stringValue, !text.isEmpty else { return nil }
        if text == "@once" || text == "@continuous" {
            diagnostics.error("\"\(text)\" stands alone: it cannot be one of several", at: node.position)
            return nil
        }
        do throws(CronExpressionError) {
            return try CronExpression(text)
        } catch {
            diagnostics.error("\(error)", at: node.position)
            return nil
        }
    }

    mutating func readZone(_ node: JSONNode?) -> TimeZoneName {
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

    mutating func readInstant(_ node: JSONNode?) -> Timestamp? {
        guard let node, let text = node.stringValue, !text.isEmpty else { return nil }
        do throws(TimestampFormatError) {
            return try Timestamp(rfc3339: text)
        } catch {
            diagnostics.error("\(error)", at: node.position)
            return nil
        }
    }

    mutating func readCatchup(_ node: JSONNode?) -> CatchupPolicy {
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

    mutating func checkDates(_ fields: Fields, _ settings: DAGSettings) {
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
        if settings.catchup != .none, settings.schedule == .manual, settings.retraining == nil,
            let node = fields["catchup"]
        {
            diagnostics.warning("\"catchup\" has no effect without a \"schedule\"", at: node.position)
        }
    }

    /// What the keys of a schedule ask of each other.
    mutating func checkSchedule(_ fields: Fields, _ settings: inout DAGSettings) {
        for key in ["interval", "calendar"] where !settings.tickingSchedule.hasTicks {
            guard let node = fields[key], node.value != .bool(false) else { continue }
            diagnostics.warning(
                "\"\(key)\" has no effect without a schedule of ticks (a cron expression, or \"every\")",
                at: node.position)
        }
        if let node = fields["jitter"],
            settings.tickingSchedule == .manual || settings.schedule == .continuous
        {
            diagnostics.warning(
                "\"jitter\" has no effect without a schedule of instants", at: node.position)
        }
        guard settings.schedule == .continuous else { return }
        if settings.maximumActiveRuns > 1, let node = fields["max_active_runs"] {
            diagnostics.error(
                "a DAG with the schedule @continuous has one run at a time; \"max_active_runs\" must be 1",
                at: node.position)
        }
        settings.maximumActiveRuns = 1
    }
}
