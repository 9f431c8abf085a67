import DAGDomain

/// A run that a schedule asks for. Without intervals the data interval of an ordinary tick is the tick itself,
/// as with Airflow 3's trigger timetables.
package struct DueRun: Hashable, Sendable {
    package let logicalDate: Timestamp
    package let dataIntervalStart: Timestamp
    package let dataIntervalEnd: Timestamp
    /// The instant at which it is to start.
    package let runAfter: Timestamp

    package init(
        logicalDate: Timestamp, dataIntervalStart: Timestamp, dataIntervalEnd: Timestamp,
        runAfter: Timestamp? = nil
    ) {
        self.logicalDate = logicalDate
        self.dataIntervalStart = dataIntervalStart
        self.dataIntervalEnd = dataIntervalEnd
        self.runAfter = runAfter ?? dataIntervalEnd
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
    /// Every logical date through this instant is decided. Never earlier than the watermark that was given,
    /// also when the clock was set back. It needs to be stored only when there are runs or skipped ticks.
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

    /// Where a DAG that was never seen before starts: with a start date before its first tick, else with what
    /// will be due next.
    package func initialWatermark(firstSeen now: Timestamp) -> Timestamp {
        if startDate != nil { return justBeforeStart }
        if schedule == .once { return now - .microseconds(1) }
        return horizon(at: now) ?? now
    }

    /// Where a DAG goes on whose schedule was changed to this one: the past is not answered anew, and what
    /// ran `@once` does not run again.
    package func watermark(changedAt now: Timestamp, from watermark: Timestamp) -> Timestamp {
        guard watermark < .distantFuture else { return schedule == .once ? watermark : now }
        return max(watermark, horizon(at: now) ?? now)
    }

    /// The runs that are due after `watermark` through `now`. Where the policy wants all, at most `cap` of
    /// them, the oldest: the rest stays due.
    package func dueTicks(
        after watermark: Timestamp, through now: Timestamp, policy: CatchupPolicy, cap: Int = 1_000
    ) -> DueTicks {
        guard schedule.hasTicks else { return dueWithoutTicks(after: watermark, through: now) }
        let horizon = horizon(at: now) ?? watermark
        let newWatermark = max(watermark, horizon)
        guard let newest = latest(atOrBefore: horizon), newest > watermark else {
            return DueTicks(runs: [], skippedCount: 0, newWatermark: newWatermark)
        }
        if isOver(at: now) {
            return skipped(through: newest, after: watermark, newWatermark)
        }
        switch policy {
        case .none, .latest:
            let count = count(after: watermark, through: newest)
            return DueTicks(
                runs: [newest].compactMap { run(at: $0) }, skippedCount: count - 1, newWatermark: newWatermark
            )
        case .collapse:
            let run = run(from: next(after: watermark) ?? newest, through: newest)
            return DueTicks(
                runs: [run].compactMap(\.self), skippedCount: 0, newWatermark: newWatermark)
        case .all:
            return oldest(cap, after: watermark, through: newest, newWatermark)
        case .window(let window):
            let edge = self.horizon(at: now - window - .microseconds(1)) ?? watermark
            guard edge > watermark else {
                return oldest(cap, after: watermark, through: newest, newWatermark)
            }
            let due = oldest(cap, after: edge, through: newest, newWatermark)
            return DueTicks(
                runs: due.runs, skippedCount: count(after: watermark, through: edge),
                newWatermark: due.newWatermark)
        }
    }

    /// Whether the DAG's last run is past and will not be made up for.
    private func isOver(at now: Timestamp) -> Bool {
        guard let endDate else { return false }
        let last = latest(atOrBefore: endDate).flatMap { run(at: $0)?.runAfter } ?? endDate
        return now > max(endDate, last) + Self.allowedLateness
    }

    private func skipped(
        through newest: Timestamp, after watermark: Timestamp, _ newWatermark: Timestamp
    ) -> DueTicks {
        DueTicks(
            runs: [], skippedCount: count(after: watermark, through: newest), newWatermark: newWatermark)
    }

    /// The first `cap` runs; the watermark stays behind when that is not all.
    private func oldest(
        _ cap: Int, after watermark: Timestamp, through newest: Timestamp, _ newWatermark: Timestamp
    ) -> DueTicks {
        var runs: [DueRun] = []
        var date = watermark
        while runs.count < cap, let tick = next(after: date), tick <= newest, let run = run(at: tick) {
            runs.append(run)
            date = tick
        }
        return DueTicks(runs: runs, skippedCount: 0, newWatermark: date < newest ? date : newWatermark)
    }

    /// `@once` and `@continuous`: at most one run, and nothing to catch up.
    private func dueWithoutTicks(after watermark: Timestamp, through now: Timestamp) -> DueTicks {
        let nothing = DueTicks(runs: [], skippedCount: 0, newWatermark: watermark)
        guard let date = next(after: watermark), date + delay <= now else { return nothing }
        let isLate = endDate.map { now > max($0, date + delay) + Self.allowedLateness } ?? false
        switch schedule {
        case .once:
            let runs = isLate ? [] : [run(at: date)].compactMap(\.self)
            return DueTicks(
                runs: runs, skippedCount: 1 - runs.count, newWatermark: .distantFuture)
        case .continuous where !isLate:
            // As Airflow does it: from the end of the last interval until now.
            let start = max(watermark, startDate ?? watermark)
            let run = DueRun(
                logicalDate: start, dataIntervalStart: start, dataIntervalEnd: now, runAfter: now)
            return DueTicks(runs: [run], skippedCount: 0, newWatermark: now)
        case .continuous:
            // The end has passed unnoticed: there is nothing more to come, now or later.
            return DueTicks(runs: [], skippedCount: 1, newWatermark: max(watermark, endDate ?? watermark))
        case .manual, .cron, .every:
            return nothing
        }
    }
}
