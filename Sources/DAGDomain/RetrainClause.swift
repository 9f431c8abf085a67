/// One thing that can ask for a retraining.
package enum RetrainClause: Hashable, Sendable {
    /// The clock.
    case cron(CronExpression)
    /// An update of an asset.
    case asset(AssetURI)
    /// A number that a task reports.
    case metric(WatchedMetric)
    /// A drift statistic that a task reports.
    case drift(WatchedMetric)
    /// So many rows in updates of an asset since the last run that the schedule started.
    case newRows(AssetURI, atLeast: Int64)

    /// The name under which it is remembered: a clause that is written otherwise is another clause.
    package var text: String {
        switch self {
        case .cron(let expression): "cron \(expression.text)"
        case .asset(let uri): "asset \(uri)"
        case .metric(let metric): "metric \(metric)"
        case .drift(let metric): "drift \(metric)"
        case .newRows(let uri, let count): "new_rows of \(uri) at least \(count)"
        }
    }

    /// The asset that it looks at.
    package var asset: AssetURI? {
        switch self {
        case .asset(let uri), .newRows(let uri, _): uri
        case .cron, .metric, .drift: nil
        }
    }

    package var metric: WatchedMetric? {
        switch self {
        case .metric(let metric), .drift(let metric): metric
        case .cron, .asset, .newRows: nil
        }
    }

    package var expression: CronExpression? {
        if case .cron(let expression) = self { expression } else { nil }
    }
}

/// A metric with a bound, and whose reports of it count.
package struct WatchedMetric: Hashable, Sendable {
    /// Which of the numbers of a report is meant.
    package enum Selection: Hashable, Sendable {
        case named(String)
        /// A statistic of one column, or the worst of all: `psi.COLUMN`, `psi`, `max_psi`, also below the name of a
        /// data check.
        case statistic(String, column: String?)
    }

    package enum Bound: Hashable, Sendable {
        case above(Double)
        case below(Double)
    }

    package let selection: Selection
    package let bound: Bound
    /// Nil is any.
    package let dagID: DAGID?
    package let taskID: TaskID?

    package init(_ selection: Selection, _ bound: Bound, dagID: DAGID? = nil, taskID: TaskID? = nil) {
        self.selection = selection
        self.bound = bound
        self.dagID = dagID
        self.taskID = taskID
    }

    /// The value that a task reported, the last one of each name; nil when it reported nothing that is meant. What is
    /// not a number says nothing.
    package func value(in metrics: [Metric]) -> Double? {
        var last: [String: Double] = [:]
        for metric in metrics where isMeant(metric.name) { last[metric.name] = metric.value }
        let values = last.values.filter { !$0.isNaN }
        return switch bound {
        case .above: values.max()
        case .below: values.min()
        }
    }

    private func isMeant(_ name: String) -> Bool {
        switch selection {
        case .named(let wanted): name == wanted
        case .statistic(let statistic, let column?):
            name == "\(statistic).\(column)" || name.hasSuffix(".\(statistic).\(column)")
        case .statistic(let statistic, nil):
            name == statistic || name.hasPrefix("\(statistic).") || name.contains(".\(statistic).")
                || name.hasSuffix("max_\(statistic)") || name.hasSuffix(".\(statistic)")
        }
    }

    package func isBroken(by value: Double) -> Bool {
        switch bound {
        case .above(let limit): value > limit
        case .below(let limit): value < limit
        }
    }
}

extension WatchedMetric: CustomStringConvertible {
    /// `roc_auc below 0.7 of churn.evaluate`
    package var description: String {
        let name =
            switch selection {
            case .named(let name), .statistic(let name, nil): name
            case .statistic(let name, let column?): "\(name) of \(column)"
            }
        let limit =
            switch bound {
            case .above(let limit): "above \(limit)"
            case .below(let limit): "below \(limit)"
            }
        let source: String? =
            switch (dagID, taskID) {
            case (let dagID?, let taskID?): "\(dagID).\(taskID)"
            case (let dagID?, nil): dagID.text
            case (nil, let taskID?): "any \(taskID)"
            case (nil, nil): nil
            }
        return "\(name) \(limit)" + (source.map { " of \($0)" } ?? "")
    }
}
