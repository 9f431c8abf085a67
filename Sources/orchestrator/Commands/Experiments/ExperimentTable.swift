import JSONText

/// The columns in which runs are compared.
struct ExperimentTable {
    enum Goal {
        case minimum, maximum

        /// What a name suggests.
        init(_ name: String) {
            let words = ["loss", "error", "rmse", "mae", "mse", "brier", "perplexity", "latency", "seconds"]
            let lower = name.lowercased()
            self = words.contains { lower.contains($0) } ? .minimum : .maximum
        }
    }

    let columns: [Column]
    private let goal: Goal?

    /// - Parameters:
    ///   - metrics: only these, in this order; all when empty.
    ///   - differingOnly: leaves out params that are the same everywhere.
    ///   - goal: which value is best, whatever the names suggest.
    init(_ rows: [JSONObject], metrics: [String], differingOnly: Bool, goal: Goal?) {
        self.goal = goal
        let parameters = Self.names(rows, "params").filter { name in
            !differingOnly || Set(rows.map { ($0["params"]?[name] ?? .null).text() }).count > 1
        }
        let measured = metrics.isEmpty ? Self.names(rows, "metrics") : metrics
        var columns: [Column] = [
            Column("RUN") { row in
                let index = row["map_index"]?.intValue.flatMap { $0 < 0 ? nil : "[\($0)]" } ?? ""
                return .init((row["run_id"] ?? .null).displayText + index)
            }, .state(), .duration(),
        ]
        for name in parameters {
            columns.append(Column(name) { .init(($0["params"]?[name] ?? .null).displayText) })
        }
        for name in measured {
            let best = Self.best(rows, name, goal ?? Goal(name))
            columns.append(
                Column(name) { row in
                    guard let value = row["metrics"]?[name]?.doubleValue else { return .init("") }
                    let isBest = rows.count > 1 && value == best
                    return .init(
                        Self.text(value) + (isBest ? " *" : "")
                            + (row["live"]?.boolValue == true ? " ~" : ""),
                        style: isBest ? .green : nil)
                })
        }
        self.columns = columns
    }

    /// The best first; those without the metric last.
    func sorted(_ rows: [JSONObject], by metric: String) -> [JSONObject] {
        let sign: Double = (goal ?? Goal(metric)) == .minimum ? 1 : -1
        return rows.enumerated().sorted { left, right in
            let values = [left, right].map {
                $0.element["metrics"]?[metric]?.doubleValue.map { $0 * sign } ?? .infinity
            }
            return (values[0], left.offset) < (values[1], right.offset)
        }.map(\.element)
    }

    private static func names(_ rows: [JSONObject], _ key: String) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for row in rows {
            for name in row[key]?.objectValue?.keys ?? [] where seen.insert(name).inserted {
                names.append(name)
            }
        }
        return names
    }

    private static func best(_ rows: [JSONObject], _ name: String, _ goal: Goal) -> Double? {
        let values = rows.compactMap { $0["metrics"]?[name]?.doubleValue }.filter(\.isFinite)
        return goal == .minimum ? values.min() : values.max()
    }

    /// Six digits tell runs apart; JSON has them all.
    private static func text(_ value: Double) -> String {
        guard value.isFinite, value != value.rounded(), abs(value) < 1e6, abs(value) >= 1e-4 else {
            return "\(value)"
        }
        var scale = 1.0
        while abs(value) * scale < 1e5 { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }
}
