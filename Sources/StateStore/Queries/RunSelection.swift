import DAGDomain
import GRDB

/// The queries behind a page of runs, made so that an index walks to the page and nothing counts a long history.
struct RunSelection {
    /// Selects the numbers of the page's runs.
    let page: String
    let pageValues: [(any DatabaseValueConvertible)?]
    /// Counts all runs that match.
    let total: String
    let totalValues: [(any DatabaseValueConvertible)?]
    let order: String
    let direction: String

    init(_ filter: RunFilter) {
        direction = filter.descending ? "DESC" : "ASC"
        order = "dag_run.\(Self.column(filter.order)) \(direction)"
        let sort = "ORDER BY \(Self.column(filter.order)) \(direction), number \(direction)"
        // One walk for each state along its own index, merged: an index on (dag, state, number) is in order only
        // within one state.
        if filter.order == .number, let states = filter.states, states.count > 1 {
            let walks = states.map { state in
                var query = Self.conditions(filter)
                query.add("state = ?", state.rawValue)
                return query
            }
            let reach = filter.offset + filter.limit
            page =
                "SELECT number FROM ("
                + walks.map { "SELECT * FROM (SELECT number FROM dag_run \($0.clause) \(sort) LIMIT ?)" }
                .joined(separator: " UNION ALL ") + ") \(sort) LIMIT ? OFFSET ?"
            pageValues = walks.flatMap { $0.values + [reach] } + [filter.limit, filter.offset]
        } else {
            var query = Self.conditions(filter)
            query.add("state", in: filter.states?.map(\.rawValue))
            page = "SELECT number FROM dag_run \(query.clause) \(sort) LIMIT ? OFFSET ?"
            pageValues = query.values + [filter.limit, filter.offset]
        }
        var query = Self.isCounted(filter) ? Self.countedConditions(filter) : Self.conditions(filter)
        query.add("state", in: filter.states?.map(\.rawValue))
        total =
            Self.isCounted(filter)
            ? "SELECT sum(runs) FROM dag_run_count \(query.clause)"
            : "SELECT count(*) FROM dag_run \(query.clause)"
        totalValues = query.values
    }

    /// Whether the kept counters can answer how many runs match.
    private static func isCounted(_ filter: RunFilter) -> Bool {
        filter.runIDs == nil && filter.runIDPatterns == nil && filter.runAfter == nil
            && filter.logicalDate == nil && filter.startDate == nil && filter.endDate == nil
            && filter.parent == nil
    }

    private static func countedConditions(_ filter: RunFilter) -> Query {
        var query = Query()
        query.add("dag_id", in: filter.dagIDs?.map(\.text))
        query.add("dag_id", like: filter.dagIDPatterns)
        query.add("type", in: filter.types?.map(\.rawValue))
        return query
    }

    private static func conditions(_ filter: RunFilter) -> Query {
        var query = countedConditions(filter)
        query.add("run_id", in: filter.runIDs?.map(\.text))
        query.add("run_id", like: filter.runIDPatterns)
        for (column, range) in [
            ("run_after", filter.runAfter), ("logical_date", filter.logicalDate),
            ("start_date", filter.startDate), ("end_date", filter.endDate),
        ] {
            if let from = range?.from { query.add("\(column) >= ?", from.microsecondsSinceEpoch) }
            if let through = range?.through { query.add("\(column) <= ?", through.microsecondsSinceEpoch) }
        }
        if let parent = filter.parent {
            query.add(
                "parent_run = ? AND parent_task = ? AND parent_map_index = ?", parent.run.value, parent.task,
                parent.mapIndex)
        }
        return query
    }

    private static func column(_ order: RunOrder) -> String {
        switch order {
        case .number: "number"
        case .runAfter: "run_after"
        case .logicalDate: "logical_date"
        case .startDate: "start_date"
        case .endDate: "end_date"
        case .state: "state"
        case .runID: "run_id"
        }
    }
}
