import DAGDomain

extension Timetable {
    /// `@continuous` never starts two runs within this time, so that a run that ends at once is not a storm.
    static let continuousFloor = Duration.seconds(1)

    /// The run of a logical date; nil when the interval it stands for has no end.
    package func run(at logicalDate: Timestamp) -> DueRun? {
        guard usesIntervals else {
            return DueRun(
                logicalDate: logicalDate, dataIntervalStart: logicalDate, dataIntervalEnd: logicalDate,
                runAfter: logicalDate + delay)
        }
        return following(logicalDate).map { end in
            DueRun(
                logicalDate: logicalDate, dataIntervalStart: logicalDate, dataIntervalEnd: end,
                runAfter: end + delay)
        }
    }

    /// One run that stands for a row of logical dates; nil when the last one's interval has no end. Its data
    /// interval spans them all. The logical date is the interval's start with intervals, else the newest one.
    package func run(from oldest: Timestamp, through newest: Timestamp) -> DueRun? {
        run(at: newest).map { last in
            DueRun(
                logicalDate: usesIntervals ? oldest : newest, dataIntervalStart: oldest,
                dataIntervalEnd: last.dataIntervalEnd, runAfter: last.runAfter)
        }
    }

    /// Up to this instant, inclusive, logical dates are due at `now`; nil when none can be.
    func horizon(at now: Timestamp) -> Timestamp? {
        let now = now - delay
        guard usesIntervals else { return now }
        return preceding(now).map { $0 - .microseconds(1) }
    }

    /// The next run of `@once` and `@continuous` after a watermark.
    ///
    /// `@once` is due just after the watermark of the first load; its answer moves the watermark to the end
    /// of time. `@continuous` is due as soon as the machine lets it, but not at once.
    func afterWatermark(_ watermark: Timestamp) -> Timestamp? {
        switch schedule {
        case .once: watermark < .distantFuture ? watermark + .microseconds(1) : nil
        case .continuous: watermark + Self.continuousFloor
        case .manual, .cron, .every: nil
        }
    }

    /// The coming runs of a DAG whose watermark is known: those that start after an instant, in order.
    package func upcoming(
        after instant: Timestamp, watermark: Timestamp?, until: Timestamp = .distantFuture, count: Int
    ) -> [DueRun] {
        guard schedule.hasTicks else {
            guard count > 0, let date = next(after: watermark ?? instant), let only = run(at: date),
                only.runAfter <= until
            else { return [] }
            return [only]
        }
        var runs: [DueRun] = []
        var date = horizon(at: instant) ?? .distantPast
        while runs.count < count, let next = next(after: date), let run = run(at: next), run.runAfter <= until
        {
            if run.runAfter > instant { runs.append(run) }
            date = next
        }
        return runs
    }
}

extension Duration {
    /// The delay that a DAG has under a jitter: spread evenly over the DAGs, always the same for one DAG, in
    /// whole milliseconds. FNV-1a of the id (Fowler, Noll, Vo) with the finaliser of SplitMix64 (Steele, Lea,
    /// Flood 2014), for ids that differ in the last letter only.
    package static func stableDelay(of id: DAGID, within jitter: Duration) -> Duration {
        let range = UInt64(max(0, jitter.microseconds / 1_000))
        guard range > 0 else { return .zero }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return .milliseconds(Int64((hash ^ hash >> 31) % range))
    }
}
