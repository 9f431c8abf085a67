import DAGDomain
import GRDB

/// A search as SQL: texts of ours, and everything else bound.
struct TrackingQuery {
    /// Which tables a search is about, and which column an attribute is.
    struct Subject {
        let table: String
        let attributes: [String: String]
        /// Tables of a row's keyed values, with the column that leads to the row.
        let tags: String
        let params: String?
        let metrics: String?
        let owner: String
        /// Which of several values of a metric counts; empty where there is one.
        var latest = ""

        static let runs = Subject(
            table: "tracking_run",
            attributes: [
                "run_id": "id", "run_name": "name", "status": "status", "user_id": "user_id",
                "artifact_uri": "artifact_location", "start_time": "started_at", "end_time": "ended_at",
            ],
            tags: "tracking_tag", params: "tracking_param", metrics: "tracking_latest_metric", owner: "run")
        static let experiments = Subject(
            table: "experiment",
            attributes: [
                "experiment_id": "id", "name": "name", "creation_time": "created_at",
                "last_update_time": "updated_at",
            ],
            tags: "experiment_tag", params: nil, metrics: nil, owner: "experiment")
        static let loggedModels = Subject(
            table: "logged_model",
            attributes: [
                "model_id": "id", "name": "name", "status": "status", "model_type": "model_type",
                "source_run_id": "source_run", "creation_timestamp": "created_at",
                "last_updated_timestamp": "updated_at",
            ],
            tags: "logged_model_tag", params: "logged_model_param", metrics: "logged_model_metric",
            owner: "model", latest: "ORDER BY timestamp DESC, step DESC, run LIMIT 1")
    }

    private let subject: Subject
    private(set) var query = Query()
    private(set) var order: [String] = []
    /// Bound after those of the conditions.
    private(set) var orderValues: [(any DatabaseValueConvertible)?] = []

    init(_ subject: Subject, _ search: TrackingSearch) throws {
        self.subject = subject
        query.add("\(subject.table).stage", in: search.stages.map(\.rawValue).sorted())
        for condition in search.conditions { try add(condition, search.datasets) }
        for key in search.order { try add(key) }
    }

    mutating func add(_ condition: String, _ values: [(any DatabaseValueConvertible)?]) {
        query.add(condition, values)
    }

    mutating func addOrder(_ text: String) {
        order.append(text)
    }

    var orderClause: String { "ORDER BY " + order.joined(separator: ", ") }

    // MARK: Conditions

    private mutating func add(_ condition: TrackingCondition, _ datasets: [TrackedDatasetName]) throws {
        switch condition.field {
        case .attribute(let name):
            let (sql, values) = Self.comparison(try column(name), condition.test)
            query.add(sql, values)
        case .metric(let key): try addMetric(key, condition.test, datasets)
        case .param(let key): addKeyed(try table(subject.params), key, condition.test)
        case .tag(let key): addKeyed(subject.tags, key, condition.test)
        case .dataset(let field): addDataset(field, condition.test)
        }
    }

    private func column(_ attribute: String) throws -> String {
        guard let column = subject.attributes[attribute] else {
            throw GuardError(detail: "\(attribute) is no attribute of a \(subject.table)")
        }
        return "\(subject.table).\(column)"
    }

    private func table(_ name: String?) throws -> String {
        guard let name else { throw GuardError(detail: "a \(subject.table) has no such values") }
        return name
    }

    private mutating func addKeyed(_ table: String, _ key: String, _ test: TrackingCondition.Test) {
        let rows =
            "EXISTS (SELECT 1 FROM \(table) AS keyed WHERE keyed.\(subject.owner) = \(subject.table).id AND keyed.key = ?"
        switch test {
        case .isAbsent: query.add("NOT \(rows))", key)
        case .isPresent: query.add("\(rows))", key)
        default:
            let (sql, values) = Self.comparison("keyed.value", test)
            query.add("\(rows) AND \(sql))", [key] + values)
        }
    }

    /// A NaN is different from every number, and nothing else.
    private mutating func addMetric(
        _ key: String, _ test: TrackingCondition.Test, _ datasets: [TrackedDatasetName]
    ) throws {
        let (sql, values) = Self.comparison("keyed.value", test)
        let (data, names) = Self.isOn(datasets)
        let isDifferent = if case .number(.notEqual, _) = test { true } else { false }
        query.add(
            """
            EXISTS (SELECT 1 FROM \(try table(subject.metrics)) AS keyed
                WHERE keyed.\(subject.owner) = \(subject.table).id AND keyed.key = ?
                AND \(isDifferent ? "(\(sql) OR keyed.is_nan = 1)" : "\(sql) AND keyed.is_nan = 0") AND \(data))
            """, [key] + values + names)
    }

    /// Whether a metric of a logged model, `keyed`, was measured on one of these.
    static func isOn(
        _ datasets: [TrackedDatasetName]
    ) -> (sql: String, values: [(any DatabaseValueConvertible)?]) {
        if datasets.isEmpty { return ("1", []) }
        let terms = datasets.map { dataset in
            dataset.digest == nil
                ? "keyed.dataset_name = ?" : "(keyed.dataset_name = ? AND keyed.dataset_digest = ?)"
        }
        return (
            "(" + terms.joined(separator: " OR ") + ")",
            datasets.flatMap { [$0.name] + ($0.digest.map { [$0] } ?? []) }
        )
    }

    private mutating func addDataset(
        _ field: TrackingCondition.DatasetField, _ test: TrackingCondition.Test
    ) {
        let (sql, values) = Self.comparison(
            field == .context ? "tag.value" : "dataset.\(field.rawValue)", test)
        let tags =
            field == .context
            ? "JOIN tracking_input_tag AS tag ON tag.run = use.run AND tag.dataset = use.dataset AND tag.key = 'mlflow.data.context'"
            : ""
        query.add(
            """
            EXISTS (SELECT 1 FROM tracking_input AS use JOIN tracking_dataset AS dataset ON dataset.id = use.dataset
                \(tags) WHERE use.run = tracking_run.id AND \(sql))
            """, values)
    }

    private static func comparison(
        _ column: String, _ test: TrackingCondition.Test
    ) -> (sql: String, values: [(any DatabaseValueConvertible)?]) {
        switch test {
        case .number(let sign, let value): ("\(column) \(sign.rawValue) ?", [value])
        case .text(.equal, let value): ("\(column) = ?", [value])
        case .text(.notEqual, let value): ("\(column) <> ?", [value])
        case .text(.like, let pattern): ("\(column) GLOB ?", [globPattern(pattern)])
        case .text(.caselessLike, let pattern): ("\(column) LIKE ?", [pattern])
        case .list(let values, let isNegated):
            (
                "\(column) \(isNegated ? "NOT IN" : "IN") (SELECT value FROM json_each(?))",
                [Query.json(values)]
            )
        case .isAbsent: ("\(column) IS NULL", [])
        case .isPresent: ("\(column) IS NOT NULL", [])
        }
    }

    /// SQLite's LIKE has no regard to case; GLOB has, with other wildcards.
    static func globPattern(_ pattern: String) -> String {
        String(
            pattern.flatMap { character -> [Character] in
                switch character {
                case "%": ["*"]
                case "_": ["?"]
                case "*", "?", "[": ["[", character, "]"]
                default: [character]
                }
            })
    }

    // MARK: Order

    /// What is not there comes last in either direction, and a NaN before that.
    private mutating func add(_ key: TrackingOrder) throws {
        let direction = key.isAscending ? "ASC" : "DESC"
        switch key.field {
        case .attribute(let name):
            let column = try column(name)
            order += ["\(column) IS NULL", "\(column) \(direction)"]
        case .metric(let name):
            let table = try table(subject.metrics)
            let (data, names) = Self.isOn(key.dataset.map { [$0] } ?? [])
            let rest = "AND \(data) \(subject.latest)"
            order.append("coalesce(\(keyedValue(table, "is_nan", rest)), 2)")
            order.append("\(keyedValue(table, "value", rest)) \(direction)")
            for _ in 0..<2 { orderValues += [name] + names }
        case .param(let name), .tag(let name):
            let isTag = if case .tag = key.field { true } else { false }
            let value = keyedValue(isTag ? subject.tags : try table(subject.params), "value")
            order += ["\(value) IS NULL", "\(value) \(direction)"]
            orderValues += [name, name]
        case .dataset: throw GuardError(detail: "datasets give no order")
        }
    }

    private func keyedValue(_ table: String, _ column: String, _ rest: String = "") -> String {
        """
        (SELECT keyed.\(column) FROM \(table) AS keyed
            WHERE keyed.\(subject.owner) = \(subject.table).id AND keyed.key = ? \(rest))
        """
    }
}
