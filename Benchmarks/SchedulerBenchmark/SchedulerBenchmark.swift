import DAGDomain
import Foundation

/// `scheduler-benchmark`: the scheduler and its store alone, without processes.
///
/// Prints one JSON object per line and result on standard output; what a person may want besides goes to standard
/// error. Options: `--runs N` (of 1,000 tasks each, default 100), `--width N` (parallelism, may be repeated).
@main
struct SchedulerBenchmark {
    static func main() throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        for width in options.widths { try measure(width: width, runs: options.runs) }
        for tasks in [1_000, 100_000] { try measureAudit(tasks: tasks) }
    }

    /// The watchdog looks once a minute; the scheduler stands still meanwhile.
    private static func measureAudit(tasks: Int) throws {
        let cost = try AuditCost.measure(tasks: tasks).inSeconds
        ResultLine(
            name: "one look of the watchdog at \(tasks) unfinished tasks (ms)", ours: cost * 1_000, peer: nil,
            peerName: "share of a minute: \(cost / 60)", ratio: nil, budget: "<= 0.1 % of the time",
            isMet: cost <= 0.06
        ).write()
    }

    private static func measure(width: Int, runs: Int) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let loop = try EngineLoop(home: folder.path + "/home", parallelism: width)
        let inserts = try RawInserts(path: folder.path + "/raw.db")
        // Not measured: statements are prepared, the files get their first pages.
        try loop.finishRun()
        try inserts.write(batches: loop.takeLap().rowsOfBatches)
        let memoryBefore = ResidentMemory.bytes()
        var laps: [(ours: Lap, raw: Duration)] = []
        for _ in 0..<runs {
            try loop.finishRun()
            let lap = loop.takeLap()
            let raw = try ContinuousClock().measure { try inserts.write(batches: lap.rowsOfBatches) }
            laps.append((lap, raw))
        }
        let growth = ResidentMemory.bytes() - memoryBefore
        report(width: width, laps: laps, growth: growth, unfinished: loop.unfinishedRuns)
        try loop.close()
    }

    private static func report(width: Int, laps: [(ours: Lap, raw: Duration)], growth: Int, unfinished: Int) {
        let ours = median(laps.map { Double($0.ours.taskTransitions) / $0.ours.total.inSeconds })
        let raw = median(laps.map { Double($0.ours.taskTransitions) / $0.raw.inSeconds })
        let finished = laps.reduce(0) { $0 + $1.ours.finishedInstances }
        ResultLine(
            name: "scheduler alone, \(width) wide: task transitions per second", ours: ours, peer: raw,
            peerName: "raw SQLite inserts", ratio: ours / raw, budget: ">= 20000 /s", isMet: ours >= 20_000
        ).write()
        // Only the run that is being worked on may cost memory: caches reach their size in the first laps.
        ResultLine(
            name: "memory gained over \(finished) finished instances, \(width) wide (MB)",
            ours: Double(growth) / 1e6, peer: nil, peerName: "unfinished runs: \(unfinished)", ratio: nil,
            budget: "<= 30 MB", isMet: growth <= 30_000_000
        ).write()
        let share = median(laps.map { $0.ours.deciding.inSeconds / $0.ours.total.inSeconds })
        let rows = laps.reduce(0) { $0 + $1.ours.rowsOfBatches.reduce(0, +) }
        let batches = laps.reduce(0) { $0 + $1.ours.rowsOfBatches.count }
        note(
            "width \(width): \(batches) batches of \(rows / max(1, batches)) rows, "
                + "\(Int(share * 100)) % of the time deciding, the rest committing")
    }

    private static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

/// The middle value; of an even number the upper middle.
func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
}
