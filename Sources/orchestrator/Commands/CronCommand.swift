import ArgumentParser
import DAGDomain
import JSONText
import SchedulerCore
import SchedulerService

/// `cron`
struct CronCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron", abstract: "Cron expressions.", subcommands: [CronNextCommand.self])
}

/// `cron next`
struct CronNextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "The coming instants of a cron expression or preset.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Five fields in one argument, or a preset such as @daily.")
    var expression: String

    @Option(help: ArgumentHelp("A name of the IANA database.", valueName: "zone"))
    var timezone = "UTC"

    @Option(help: ArgumentHelp("Instants after this one (RFC 3339). Default: now.", valueName: "time"))
    var from: String?

    @Option(help: "How many.")
    var count = 10

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count must be from 1 to 10000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let start = try from.map { try Timestamp(rfc3339: $0) } ?? WallClock.now()
        let schedule = Schedule.cron([try CronExpression(expression)])
        let timetable = Timetable(schedule: schedule, zone: try ZoneRules(TimeZoneName(timezone)))
        let ticks = timetable.ticks(from: start + .microseconds(1), through: .distantFuture, limit: count)
        if invocation.output.format == .json {
            return try invocation.output.show(json: .array(ticks.map { .string($0.rfc3339) }))
        }
        let rows: [JSONObject] = ticks.map { tick in
            let mark = timetable.daylightSavingMark(for: tick).map { JSONValue.string($0.description) }
            return [
                "logical_date": .string(tick.rfc3339),
                "local_time": .string(timetable.zone.localText(of: tick)),
                "daylight_saving": mark ?? .null,
            ]
        }
        try invocation.output.show(rows, columns: DAGsNextCommand.columns, empty: "no instant")
    }
}
