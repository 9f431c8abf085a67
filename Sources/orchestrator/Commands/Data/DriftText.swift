import JSONText
import LifecycleCore

/// A comparison of two tables for people and for programs.
struct DriftText {
    let report: DriftReport
    let output: Output

    func show() throws(CommandFailure) {
        if output.format == .json { return try output.show(json: .object(json)) }
        try output.show(report.columns.map(\.json), columns: Self.columns, empty: "no columns to compare")
        let drifted = report.driftedColumns.count
        let comparable = report.columns.count(where: \.isComparable)
        output.say(
            "\(drifted) of \(comparable) columns drifted; the table "
                + (report.isDrifted ? "has drifted" : "has not drifted"))
        if !report.newColumns.isEmpty {
            output.say("not in the reference: \(report.newColumns.joined(separator: ", "))")
        }
    }

    private var json: JSONObject {
        [
            "drifted": .bool(report.isDrifted), "drift_share": JSONValue(report.driftShare) ?? .null,
            "share_threshold": JSONValue(report.shareThreshold) ?? .null,
            "drifted_columns": .array(report.driftedColumns.map(JSONValue.string)),
            "new_columns": .array(report.newColumns.map(JSONValue.string)),
            "max_psi": report.largestPSI.flatMap { JSONValue($0) } ?? .null,
            "columns": .array(report.columns.map { .object($0.json) }),
        ]
    }

    private static let columns: [Column] = [
        Column("COLUMN") { row in
            Column.Cell(row["column"]?.stringValue ?? "", style: row["drifted"] == true ? .red : nil)
        },
        Column("DRIFT") { row in
            row["drifted"] == true ? Column.Cell("yes", style: .red) : Column.Cell("no")
        },
        .text("BY", "method"), number("VALUE", "value"), number("PSI", "psi"),
        number("JS", "jensen_shannon"), number("KS", "ks"), number("KS P", "ks_p_value"),
        number("CHI2 P", "chi_square_p_value"), number("WASSERSTEIN", "wasserstein_normed"),
        .text("NOTE", "note"),
    ]

    private static func number(_ title: String, _ key: String) -> Column {
        Column(title) { row in
            Column.Cell(row[key]?.doubleValue.map(RunSummary.short) ?? row[key]?.stringValue ?? "")
        }
    }
}

extension ColumnDrift {
    var json: JSONObject {
        var object: JSONObject = [
            "column": .string(name), "drifted": .bool(isDrifted), "kind": .string(reference.kind),
            "reference_rows": .integer(Int64(reference.rows)),
            "reference_missing": .integer(Int64(reference.missing)),
        ]
        if let current {
            object["current_rows"] = .integer(Int64(current.rows))
            object["current_missing"] = .integer(Int64(current.missing))
        }
        if case .measured(let method, let value, let threshold) = finding {
            object["method"] = .string(method.rawValue)
            object["value"] = JSONValue(drift: value)
            object["threshold"] = JSONValue(drift: threshold)
        }
        for (name, value) in statistics?.named ?? [] { object[name] = JSONValue(drift: value) }
        object["note"] = note.map(JSONValue.string)
        return object
    }

    private var note: String? {
        switch finding {
        case .measured: nil
        case .columnMissing: "the column is missing"
        case .kindChanged: "numbers on one side, texts on the other"
        case .emptied: "no values on one side"
        case .notComparable:
            reference.values == .tooManyCategories ? "too many different texts" : "not comparable"
        }
    }
}

extension ColumnSample {
    fileprivate var kind: String {
        switch values {
        case .numbers: "number"
        case .categories, .tooManyCategories: "text"
        }
    }
}

extension JSONValue {
    /// A statistic; what JSON cannot hold is a text.
    fileprivate init(drift value: Double) { self = JSONValue(value) ?? .string("\(value)") }
}
