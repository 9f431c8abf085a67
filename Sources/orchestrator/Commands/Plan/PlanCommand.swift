import ArgumentParser
import DAGDomain
import JSONText

/// `plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "The forecast: which run starts and ends when, and what it waits for.",
        discussion: """
            The scheduler itself, on a clock that runs ahead: tasks take as long as they did on average in the \
            newest runs, all succeed, and nobody asks for anything.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp("Only runs of these DAGs; the others still take their slots.", valueName: "dag"))
    var dags: [String] = []

    @Option(help: "How far to look ahead.")
    var days = 7

    @Option(help: ArgumentHelp("Also draw a Gantt chart into this file.", valueName: "file"))
    var svg: String?

    func validate() throws {
        guard (1...3_660).contains(days) else { throw ValidationError("--days must be from 1 to 3660") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let query = [("days", "\(days)" as String?)] + dags.map { ("dag_id", $0) }
        let plan = try await invocation.withAPI(.records) { client in
            try await client.object(["api", "v1", "plan"], query: query)
        }
        let rows = plan["items"]?.arrayValue?.compactMap(\.objectValue) ?? []
        let span = days == 1 ? "day" : "\(days) days"
        let output = invocation.output
        try output.show(rows, columns: Self.columns, empty: "no run in the next \(span)")
        for line in PlanSummary(plan, rows).lines { output.say(line) }
        if let svg {
            try FileAccess.replace(svg, text: GanttChart(plan, rows).svg)
            output.say("drawn into \(svg)")
        }
    }

    static let columns: [Column] = [
        .text("DAG", "dag_id"), .instant("LOGICAL DATE (UTC)", "logical_date"),
        .instant("STARTS", "start_date"), .instant("ENDS", "end_date"), .duration(),
        Column("WAITS FOR") { row in .init(PlanSummary.waits(row)) },
        .text("LOCAL TIME", "local_time"),
        Column("CLOCK CHANGE") { .init(($0["daylight_saving"] ?? .null).displayText, style: .yellow) },
    ]
}

/// What a forecast comes to, in lines for people.
struct PlanSummary {
    let lines: [String]

    init(_ plan: JSONObject, _ rows: [JSONObject]) {
        var lines: [String] = []
        let causes = plan["waits"]?.arrayValue?.compactMap(\.objectValue) ?? []
        if !causes.isEmpty {
            let total = causes.reduce(0) { $0 + ($1["seconds"]?.doubleValue ?? 0) }
            let parts = causes.prefix(3).map { "\(Self.text($0))" }.joined(separator: ", ")
            let more = causes.count > 3 ? ", ..." : ""
            lines.append("waiting in all: \(Self.duration(total)) (\(parts)\(more))")
        }
        for row in rows {
            for text in row["missed_deadlines"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
                let run = (row["run_id"] ?? .null).displayText
                lines.append(
                    "run \(run) of \((row["dag_id"] ?? .null).displayText) misses a deadline: \(text)")
            }
        }
        let guessed = Set(
            rows.filter { $0["basis"]?.stringValue != "history" }.compactMap { $0["dag_id"]?.stringValue })
        if !guessed.isEmpty {
            let names =
                guessed.sorted().prefix(5).joined(separator: ", ") + (guessed.count > 5 ? ", ..." : "")
            let assumed = Self.duration(plan["assumed_duration"]?.doubleValue ?? 0)
            lines.append("\(assumed) assumed for each task that never succeeded before: \(names)")
        }
        let moved = rows.count { ($0["daylight_saving"] ?? .null) != .null }
        if moved > 0 { lines.append("daylight saving touches \(moved == 1 ? "1 run" : "\(moved) runs")") }
        if let instant = plan["cut_at"]?.stringValue {
            lines.append("too many runs to go on: the forecast ends at \(instant.withoutFraction)")
        }
        self.lines = lines
    }

    /// `12m pool gpu, 3m parallelism`
    static func waits(_ row: JSONObject) -> String {
        (row["waits"]?.arrayValue ?? []).compactMap(\.objectValue).prefix(2).map(text).joined(separator: ", ")
    }

    static func text(_ wait: JSONObject) -> String {
        "\(duration(wait["seconds"]?.doubleValue ?? 0)) \(wait["cause"]?.stringValue ?? "")"
    }

    static func duration(_ seconds: Double) -> String {
        // Nobody needs the milliseconds of a forecast.
        DurationText.describe(.seconds(Int64(seconds.rounded())))
    }
}
