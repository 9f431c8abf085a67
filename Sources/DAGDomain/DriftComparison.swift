/// What a monitoring task compares when its program has ended well (`drift` in a DAG file): a table with the data that a
/// model was made for, and what the model says of it.
package struct DriftComparison: Hashable, Sendable {
    package enum Table: Hashable, Sendable {
        /// The data kept with a version of a registered model.
        case model(ModelName, AliasName)
        /// The data kept with the version that the task itself is about.
        case ownModel
        /// A declared input of the task, by its name: a file or an upstream artifact.
        case input(String)
        /// A path with places to fill in.
        case path(TemplateText)
    }

    package var reference: Table
    package var current: Table
    /// Nil compares all columns of the reference.
    package var columns: [String]?
    /// A word of `DriftMethod`, or `auto`.
    package var method: String
    /// From which value on a column has drifted; nil is the method's own.
    package var threshold: Double?
    /// The share of drifted columns from which on the table has.
    package var share: Double
    /// The column with what the model says.
    package var prediction: String?
    /// The column with what was true, as far as it is known yet.
    package var label: String?
    /// The label that a high prediction means.
    package var positive: String?

    package static let defaultMethod = "psi"
    package static let defaultShare = 0.5
    /// The names under which tables are inputs of the task.
    package static let referenceInput = "drift.reference"
    package static let currentInput = "drift.current"
    /// The outputs by which the comparison says what it found; the last only with `prediction`, the third only with a model.
    package static let outputNames = [
        "drifted", "drifted_columns", "reference_version", "prediction_drifted",
    ]

    package init(
        reference: Table, current: Table, columns: [String]? = nil, method: String = defaultMethod,
        threshold: Double? = nil, share: Double = defaultShare, prediction: String? = nil,
        label: String? = nil, positive: String? = nil
    ) {
        self.reference = reference
        self.current = current
        self.columns = columns
        self.method = method
        self.threshold = threshold
        self.share = share
        self.prediction = prediction
        self.label = label
        self.positive = positive
    }

    /// What is filled in in it.
    package var templates: [TemplateText] {
        [reference, current].compactMap { if case .path(let text) = $0 { text } else { nil } }
    }

    package func replacing(_ change: (TemplateText) -> TemplateText) -> DriftComparison {
        func changed(_ table: Table) -> Table {
            if case .path(let text) = table { .path(change(text)) } else { table }
        }
        var copy = self
        copy.reference = changed(reference)
        copy.current = changed(current)
        return copy
    }
}
