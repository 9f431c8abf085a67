import ArgumentParser
import DAGDomain
import DataProfiling
import JSONText

/// `profile`
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "What is in the columns of a table.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "CSV (.csv, .tsv) or JSON Lines (.jsonl, .ndjson).")
    var file: String

    @Option(
        help: ArgumentHelp("Count repeated values of these columns, separated by commas.", valueName: "names")
    )
    var unique: [String] = []

    func run() throws {
        let output = try Invocation(global).output
        let profile = try read()
        if output.format == .json {
            return try output.show(json: [
                "file": .string(file), "rows": .integer(Int64(profile.rows)),
                "size_bytes": .integer(profile.sizeBytes), "modified": .string(profile.modified.rfc3339),
                "columns": .array(profile.columns.map { .object($0.json) }),
            ])
        }
        try output.show(profile.columns.map(\.json), columns: Self.columns, empty: "no columns")
        output.say("\(profile.rows) rows, \(profile.columns.count) columns")
    }

    private func read() throws(CommandFailure) -> TableProfile {
        var profiler = TableProfiler()
        profiler.temporaryFolder = CheckedPerformance.variable("TMPDIR") ?? "/tmp"
        profiler.others.statistics = true
        for name in unique.flatMap({ $0.split(separator: ",").map(String.init) }) {
            profiler.columns[name] = profiler.others
            profiler.columns[name]?.duplicates = true
        }
        do throws(DataFileError) { return try profiler.profile(file) } catch { throw CommandFailure(error) }
    }

    private static let columns: [Column] = [
        .text("COLUMN", "column"), .text("TYPE", "type"), .text("NULLS", "nulls"), number("MIN", "min"),
        number("MAX", "max"), number("MEAN", "mean"), number("DEVIATION", "standard_deviation"),
        .instant("NEWEST", "newest"), .text("DUPLICATES", "duplicates"),
    ]

    private static func number(_ title: String, _ key: String) -> Column {
        Column(title) { Column.Cell($0[key]?.doubleValue.map(RunSummary.short) ?? "") }
    }
}

extension ColumnProfile {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "column": .string(name), "type": type.map { .string($0.rawValue) } ?? .null,
            "rows": .integer(Int64(rows)), "nulls": .integer(Int64(nulls)),
        ]
        object["min"] = minimum.flatMap { JSONValue($0) }
        object["max"] = maximum.flatMap { JSONValue($0) }
        object["mean"] = mean.flatMap { JSONValue($0) }
        object["standard_deviation"] = standardDeviation.flatMap { JSONValue($0) }
        object["newest"] = newest.map { .string($0.rfc3339) }
        object["duplicates"] = duplicates.map { .integer(Int64($0)) }
        if infinite > 0 { object["infinite"] = .integer(Int64(infinite)) }
        return object
    }
}
