import DAGDomain
import JSONText

/// `retrain_when`
extension SettingsReader {
    mutating func readRetraining(_ node: JSONNode?, into settings: inout DAGSettings) {
        guard let node, node.members != nil else { return }
        let schedule = Fields(node, .schedule)
        guard let place = schedule["retrain_when"], place.members != nil else { return }
        for key in RoleKeys.withoutRetraining {
            guard let member = schedule.member(key) else { continue }
            diagnostics.error(
                "\"\(member.key)\" cannot stand beside \"retrain_when\"; write it as one of its clauses",
                at: member.keyPosition)
        }
        let fields = Fields(place, .retraining)
        reportSideBySide(["any", "all"], in: fields)
        guard let condition = readParts(fields) else { return }
        let count = condition.clauses.count
        if count > RetrainSchedule.maximumClauses {
            diagnostics.error(
                "\"retrain_when\" has \(count) clauses, at most \(RetrainSchedule.maximumClauses) are allowed",
                at: place.position)
        }
        settings.retraining = RetrainSchedule(
            condition, cooldown: fields.duration("cooldown") ?? RetrainSchedule.defaultCooldown,
            budget: fields.string("budget").flatMap { RetrainBudget(text: $0) })
        var seen: Set<AssetURI> = []
        settings.scheduleAssets = condition.clauses.compactMap(\.asset).filter { seen.insert($0).inserted }
            .map { Asset($0) }
    }

    /// The `any` or `all` of an object.
    private mutating func readParts(_ fields: Fields) -> RetrainCondition? {
        for (key, isAll) in [("all", true), ("any", false)] {
            guard let node = fields[key], let elements = node.elements else { continue }
            var seen: Set<RetrainCondition> = []
            let parts = elements.compactMap { element -> RetrainCondition? in
                guard let part = readCondition(element) else { return nil }
                if !seen.insert(part).inserted {
                    diagnostics.error("\"\(part)\" is listed twice in \"\(key)\"", at: element.position)
                }
                return part
            }
            guard !parts.isEmpty else { return nil }
            return isAll ? .all(parts) : .any(parts)
        }
        return nil
    }

    private mutating func readCondition(_ node: JSONNode) -> RetrainCondition? {
        guard node.members != nil else { return nil }
        let fields = Fields(node, .retrainClause)
        reportSideBySide(RoleKeys.retrainClauses, in: fields)
        if fields["any"] != nil || fields["all"] != nil { return readParts(fields) }
        return readClause(fields).map { .clause($0) }
    }

    private mutating func readClause(_ fields: Fields) -> RetrainClause? {
        if let cron = fields["cron"] { return readExpression(cron).map { .cron($0) } }
        if let asset = fields["asset"] { return readURI(asset).map { .asset($0) } }
        if let node = fields["metric"], node.members != nil {
            let metric = Fields(node, .watchedMetric)
            guard let name = metric.string("name") else { return nil }
            return readMetric(metric, .named(name)).map { .metric($0) }
        }
        if let node = fields["drift"], node.members != nil {
            let drift = Fields(node, .watchedDrift)
            let column = drift.string("column").map { MetricName.cleaned($0) }
            return readMetric(drift, .statistic(drift.string("metric") ?? "psi", column: column))
                .map { .drift($0) }
        }
        guard let node = fields["new_rows"], node.members != nil else { return nil }
        let rows = Fields(node, .newRows)
        guard let uri = rows["asset"].flatMap({ readURI($0) }), let count = rows["at_least"]?.value.intValue
        else {
            return nil
        }
        return .newRows(uri, atLeast: count)
    }

    private mutating func readMetric(_ fields: Fields, _ selection: WatchedMetric.Selection) -> WatchedMetric?
    {
        reportSideBySide(RoleKeys.retrainBounds, in: fields)
        let bound: WatchedMetric.Bound
        if let limit = fields.number("above") {
            bound = .above(limit)
        } else if let limit = fields.number("below") {
            bound = .below(limit)
        } else {
            return nil
        }
        return WatchedMetric(
            selection, bound, dagID: fields.string("dag_id").map { DAGID($0) },
            taskID: fields.string("task_id").map { TaskID($0) })
    }

    private mutating func readURI(_ node: JSONNode) -> AssetURI? {
        guard let text = node.stringValue, TextRule.asset.accepts(text) else { return nil }
        if TemplateParser.expectedTemplate(in: text) != nil {
            diagnostics.error(
                "the name of an asset is fixed: nothing is filled in in \(text.quotedForMessage)",
                at: node.position)
        }
        return AssetURI(text)
    }

    private mutating func reportSideBySide(_ keys: [String], in fields: Fields) {
        let given = keys.compactMap { fields.member($0) }
        guard given.count > 1 else { return }
        diagnostics.error(
            "\"\(given[0].key)\" and \"\(given[1].key)\" cannot stand side by side; write two clauses",
            at: given[1].keyPosition)
    }

    /// What `retrain_when` asks of the keys around it.
    mutating func checkRetraining(_ fields: Fields, _ settings: DAGSettings) {
        guard settings.retraining != nil else { return }
        if let types = settings.allowedRunTypes, !types.contains(.scheduled),
            let node = fields["allowed_run_types"]
        {
            diagnostics.error(
                "without \"scheduled\" in \"allowed_run_types\" the schedule could not start a run",
                at: node.position)
        }
        if settings.catchup != .none, let node = fields["catchup"] {
            diagnostics.warning(
                "\"catchup\" has no effect with \"retrain_when\": a clause that was missed fires once",
                at: node.position)
        }
        if settings.usesIntervals, let node = fields["interval"] {
            diagnostics.warning("\"interval\" has no effect with \"retrain_when\"", at: node.position)
        }
    }
}
