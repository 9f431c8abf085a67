import DAGDomain
import StateStore

extension Array {
    /// Nil when empty: "no condition".
    var nonEmpty: Self? { isEmpty ? nil : self }
}

extension QueryItems {
    /// Airflow's `*_pattern`: patterns of SQL's LIKE, several joined by `|`. At most 20, of 200 bytes each.
    func patterns(_ name: String) -> [String]? {
        self[name]?.split(separator: "|").prefix(20).map { text in
            String(text.drop { $0 == " " }.prefix(200).reversed().drop { $0 == " " }.reversed())
        }.nonEmpty
    }

    /// `<field>_gte`, `_gt`, `_lte`, `_lt`; instants have microseconds, so a strict bound is the next one.
    func range(_ field: String) throws -> TimestampRange? {
        var range = TimestampRange()
        range.from = try date(field + "_gte") ?? date(field + "_gt").map { $0 + .microseconds(1) }
        range.through = try date(field + "_lte") ?? date(field + "_lt").map { $0 - .microseconds(1) }
        return range.from == nil && range.through == nil ? nil : range
    }

    /// The bounds on a run's instants, its page, and its place in the order.
    func apply(to filter: inout RunFilter) throws {
        filter.runAfter = try range("run_after")
        filter.logicalDate = try range("logical_date")
        filter.startDate = try range("start_date")
        filter.endDate = try range("end_date")
        filter.runIDPatterns = patterns("run_id_pattern")
        filter.dagIDPatterns = patterns("dag_id_pattern")
        guard let order = self["order_by"] else { return }
        filter.descending = order.hasPrefix("-")
        guard let column = Self.orders[order.hasPrefix("-") ? String(order.dropFirst()) : order] else {
            throw APIError.badRequest(
                "Ordering with '\(order.prefix(40))' is not supported; use one of "
                    + Self.orders.keys.sorted().joined(separator: ", "))
        }
        filter.order = column
    }

    private static let orders: [String: RunOrder] = [
        "id": .number, "queued_at": .number, "run_after": .runAfter, "logical_date": .logicalDate,
        "start_date": .startDate, "end_date": .endDate, "state": .state, "dag_run_id": .runID,
        "run_id": .runID,
    ]
}
