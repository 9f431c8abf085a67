import DAGDomain

/// Data checks as what they are: conditions on metrics, which the process that reads the file reports.
extension DataCheck {
    /// The names of the metrics that a check reports and its conditions look at.
    package struct MetricNames: Sendable {
        private let prefix: String

        package init(check: String) { prefix = check }

        package var rows: String { name("rows") }
        package var previousRows: String { name("previous_rows") }
        package var rowChange: String { name("row_change") }
        package var missingColumns: String { name("missing_columns") }
        package var otherColumns: String { name("other_columns") }
        package var fileAge: String { name("file_age_seconds") }
        package var driftShare: String { name("drift_share") }
        package var largestPSI: String { name("max_psi") }
        package func drift(_ statistic: String, _ column: String) -> String { name(statistic, column) }

        package func nulls(_ column: String) -> String { name(column, "nulls") }
        package func nullShare(_ column: String) -> String { name(column, "null_share") }
        package func duplicates(_ column: String) -> String { name(column, "duplicates") }
        package func mistyped(_ column: String) -> String { name(column, "mistyped") }
        package func unexpected(_ column: String) -> String { name(column, "unexpected") }
        package func notNumbers(_ column: String) -> String { name(column, "not_numbers") }
        package func minimum(_ column: String) -> String { name(column, "min") }
        package func maximum(_ column: String) -> String { name(column, "max") }
        package func age(_ column: String) -> String { name(column, "age_seconds") }

        private func name(_ parts: String...) -> String {
            MetricName.cleaned(([prefix] + parts).joined(separator: "."))
        }
    }

    package var metricNames: MetricNames { MetricNames(check: name) }

    package var conditions: [GateCondition] { rules.flatMap { $0.conditions(metricNames) } }
}

extension DataRule {
    fileprivate func conditions(_ names: DataCheck.MetricNames) -> [GateCondition] {
        var conditions: [GateCondition] = []
        func demand(_ metric: String, min: Double? = nil, max: Double? = nil) {
            conditions.append(
                GateCondition(metric: metric, minimum: min, maximum: max, severity: severity))
        }
        if minimumRows != nil || maximumRows != nil {
            demand(names.rows, min: minimumRows.map(Double.init), max: maximumRows.map(Double.init))
        }
        if let maximumRowChange { demand(names.rowChange, max: maximumRowChange) }
        if columns != nil { demand(names.missingColumns, max: 0) }
        if onlyThese { demand(names.otherColumns, max: 0) }
        if let maximumFileAge { demand(names.fileAge, max: maximumFileAge.inSeconds) }
        if let maximumPSI { demand(names.largestPSI, max: maximumPSI) }
        if let maximumDriftShare { demand(names.driftShare, max: maximumDriftShare) }
        guard let column else { return conditions }
        if type != nil { demand(names.mistyped(column), max: 0) }
        if let maximumNullShare {
            if maximumNullShare == 0 {
                demand(names.nulls(column), max: 0)
            } else {
                demand(names.nullShare(column), max: maximumNullShare)
            }
        }
        if isUnique { demand(names.duplicates(column), max: 0) }
        if minimum != nil || maximum != nil { demand(names.notNumbers(column), max: 0) }
        if let minimum { demand(names.minimum(column), min: minimum) }
        if let maximum { demand(names.maximum(column), max: maximum) }
        if values != nil { demand(names.unexpected(column), max: 0) }
        if let maximumAge { demand(names.age(column), max: maximumAge.inSeconds) }
        return conditions
    }
}

extension TaskDefinition {
    /// The task's own gate and the conditions of its checks, which are judged as one.
    package var wholeGate: Gate? {
        guard gate != nil || !checks.isEmpty else { return nil }
        return Gate(
            conditions: checks.flatMap(\.conditions) + (gate?.conditions ?? []), onFailure: gateEffect)
    }
}
