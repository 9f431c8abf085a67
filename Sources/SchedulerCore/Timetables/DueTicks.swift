import DAGDomain

/// A run that a schedule asks for. For an ordinary tick the data interval is the tick itself, as with Airflow
/// 3's trigger timetables.
package struct DueRun: Hashable, Sendable {
    package let logicalDate: Timestamp
    package let dataIntervalStart: Timestamp
    package let dataIntervalEnd: Timestamp

    package init(logicalDate: Timestamp, dataIntervalStart: Timestamp, dataIntervalEnd: Timestamp) {
        self.logicalDate = logicalDate
        self.dataIntervalStart = dataIntervalStart
        self.dataIntervalEnd = dataIntervalEnd
    }

    package init(tick: Timestamp) {
        self.init(logicalDate: tick, dataIntervalStart: tick, dataIntervalEnd: tick)
    }
}

/// What is due between two instants under a catchup policy.
package struct DueTicks: Hashable, Sendable {
    /// In the order of their logical dates.
    package let runs: [DueRun]
    /// Ticks that passed and for which no run stands.
    package let skippedCount: Int
    /// Every tick through this instant is decided. Never earlier than the watermark that was given, also when
    /// the clock was set back. It needs to be stored only when there are runs or skipped ticks.
    package let newWatermark: Timestamp

    package init(runs: [DueRun], skippedCount: Int, newWatermark: Timestamp) {
        self.runs = runs
        self.skippedCount = skippedCount
        self.newWatermark = newWatermark
    }
}

extension Timetable {
    /// How late a tick at the very end of a schedule may be noticed and still run. A DAG past its end date
    /// never runs, but a tick equal to the end date counts, and the one who looks at the clock is always a
    /// little late.
    private static let allowedLateness = Duration.seconds(60)

    /// Where a DAG that was never seen before starts: with a start date before its first tick, else now.
    package func initialWatermark(firstSeen now: Timestamp) -> Timestamp {
        startDate.map { $0 - .microseconds(1) } ?? now
    }

    /// The runs that are due after `watermark` through `now`, at most `cap` of them (the newest).
    package func dueTicks(
        after watermark: Timestamp, through now: Timestamp, policy: CatchupPolicy, cap: Int = 1_000
    ) -> DueTicks {
        let newWatermark = max(watermark, now)
        guard let newest = latest(atOrBefore: now), newest > watermark else {
            return DueTicks(runs: [], skippedCount: 0, newWatermark: newWatermark)
        }
        let total = count(after: watermark, through: newest)
        let runs = runs(after: watermark, newest: newest, now: now, policy: policy, cap: cap)
        let isCollapsed = policy == .collapse && !runs.isEmpty
        return DueTicks(
            runs: runs, skippedCount: isCollapsed ? 0 : total - runs.count, newWatermark: newWatermark)
    }

    private func runs(
        after watermark: Timestamp, newest: Timestamp, now: Timestamp, policy: CatchupPolicy, cap: Int
    ) -> [DueRun] {
        if let endDate, now > endDate + Self.allowedLateness { return [] }
        switch policy {
        case .none, .latest:
            return [DueRun(tick: newest)]
        case .collapse:
            let oldest = next(after: watermark) ?? newest
            return [DueRun(logicalDate: newest, dataIntervalStart: oldest, dataIntervalEnd: newest)]
        case .all:
            return newestRuns(after: watermark, newest: newest, cap: cap)
        case .window(let window):
            let edge = now - window - .microseconds(1)
            return newestRuns(after: max(watermark, edge), newest: newest, cap: cap)
        }
    }

    /// Walks back from the newest tick, so that the cost is bounded by `cap` however long nobody looked.
    private func newestRuns(after watermark: Timestamp, newest: Timestamp, cap: Int) -> [DueRun] {
        var runs: [DueRun] = []
        var tick: Timestamp? = newest
        while runs.count < cap, let current = tick, current > watermark {
            runs.append(DueRun(tick: current))
            tick = latest(atOrBefore: current - .microseconds(1))
        }
        return runs.reversed()
    }
}
