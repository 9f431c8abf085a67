/// A condition of a search in MLflow's filter language, with everything checked that can be checked without the
/// database. Keys and values are always bound, never part of SQL.
package struct TrackingCondition: Hashable, Sendable {
    package enum Field: Hashable, Sendable {
        case attribute(String)
        case metric(String)
        case param(String)
        case tag(String)
        case dataset(DatasetField)
    }

    package enum DatasetField: String, Hashable, Sendable {
        case name, digest, context
    }

    package enum NumberOperator: String, Hashable, Sendable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    package enum TextOperator: Hashable, Sendable {
        case equal, notEqual
        /// SQL's LIKE, with and without regard to case.
        case like, caselessLike
    }

    package enum Test: Hashable, Sendable {
        case number(NumberOperator, Double)
        case text(TextOperator, String)
        case list([String], isNegated: Bool)
        case isAbsent
        case isPresent
    }

    package let field: Field
    package let test: Test

    package init(field: Field, test: Test) {
        self.field = field
        self.test = test
    }
}

/// Data by its name, and perhaps its digest: which metrics of logged models a search is about.
package struct TrackedDatasetName: Hashable, Sendable {
    package let name: String
    package let digest: String?

    package init(name: String, digest: String?) {
        self.name = name
        self.digest = digest
    }
}

/// One key of an order.
package struct TrackingOrder: Hashable, Sendable {
    package let field: TrackingCondition.Field
    package let isAscending: Bool
    /// Only metrics on this data; for logged models.
    package var dataset: TrackedDatasetName?

    package init(
        field: TrackingCondition.Field, isAscending: Bool, dataset: TrackedDatasetName? = nil
    ) {
        self.field = field
        self.isAscending = isAscending
        self.dataset = dataset
    }
}

/// Which rows a search wants.
package struct TrackingSearch: Hashable, Sendable {
    package var conditions: [TrackingCondition] = []
    package var order: [TrackingOrder] = []
    package var stages: Set<TrackingStage> = [.active]
    /// Only metrics on one of these; for logged models. Empty: on any.
    package var datasets: [TrackedDatasetName] = []
    package var limit: Int
    package var offset: Int

    package init(
        conditions: [TrackingCondition] = [], order: [TrackingOrder] = [],
        stages: Set<TrackingStage> = [.active], limit: Int, offset: Int
    ) {
        self.conditions = conditions
        self.order = order
        self.stages = stages
        self.limit = limit
        self.offset = offset
    }
}
