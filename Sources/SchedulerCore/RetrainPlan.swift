import DAGDomain
import JSONText

/// A `retrain_when` made ready for questions: the clock's clauses as timetables, the others by what they look at.
struct RetrainPlan: Sendable {
    let schedule: RetrainSchedule
    let watched: [(clause: String, metric: WatchedMetric)]
    private let ticks: [(clause: String, timetable: Timetable)]
    private let startDate: Timestamp?
    private let endDate: Timestamp?

    /// How late a run may start after the DAG's end, as for other schedules.
    private static let allowedLateness = Duration.seconds(60)

    /// Nil for a DAG without one. A zone that has vanished lets the clock's clauses stand still.
    init?(_ dag: DAG) {
        let settings = dag.settings
        guard let schedule = settings.retraining else { return nil }
        self.schedule = schedule
        startDate = settings.startDate
        endDate = settings.endDate
        let clauses = schedule.condition.clauses
        watched = clauses.compactMap { clause in clause.metric.map { (clause.text, $0) } }
        let zone = try? ZoneRules(settings.timeZone)
        ticks = clauses.compactMap { clause in
            guard let expression = clause.expression, let zone else { return nil }
            let timetable = Timetable(
                schedule: .cron([expression]), zone: zone, startDate: settings.startDate,
                endDate: settings.endDate, calendar: settings.calendar,
                delay: .stableDelay(of: dag.id, within: settings.jitter))
            return (clause.text, timetable)
        }
    }

    /// Whether what happens at an instant counts.
    func covers(_ instant: Timestamp) -> Bool {
        startDate ?? .distantPast <= instant && instant <= endDate ?? .distantFuture
    }

    func isOver(at now: Timestamp) -> Bool { endDate.map { now > $0 + Self.allowedLateness } ?? false }

    /// When the next clause of the clock fires.
    func nextTick(after watermark: Timestamp) -> Timestamp? {
        ticks.compactMap { _, timetable in
            timetable.next(after: watermark).flatMap { timetable.run(at: $0)?.runAfter }
        }.min()
    }

    /// The newest tick of each clause of the clock that has passed, whatever was missed before it, and through which
    /// instant all are answered.
    func dueTicks(
        after watermark: Timestamp, through now: Timestamp
    ) -> (firings: [RetrainFiring], watermark: Timestamp) {
        var firings: [RetrainFiring] = []
        var newWatermark = watermark
        for (clause, timetable) in ticks {
            let due = timetable.dueTicks(after: watermark, through: now, policy: .none)
            firings += due.runs.map { RetrainFiring(clause: clause, at: $0.logicalDate) }
            if !due.runs.isEmpty || due.skippedCount > 0 {
                newWatermark = max(newWatermark, due.newWatermark)
            }
        }
        return (firings, newWatermark)
    }
}

extension RetrainState {
    mutating func note(_ new: some Sequence<RetrainFiring>) {
        for firing in new { firings[firing.clause] = firing }
    }

    /// Takes in a reported value. One within the bound takes back what the same task had reported before.
    mutating func note(
        _ value: Double, of clause: String, _ metric: WatchedMetric, from source: AssetEventSource,
        at: Timestamp
    ) {
        if metric.isBroken(by: value) {
            firings[clause] = RetrainFiring(clause: clause, at: at, value: value, source: source)
        } else if let known = firings[clause]?.source, known.isSameTask(as: source) {
            firings[clause] = nil
        }
    }

    /// Takes in an update of an asset; rows are counted where a clause asks for them.
    mutating func note(_ event: AssetEvent, for clauses: [RetrainClause]) {
        var isCounted = false
        for clause in clauses where clause.asset == event.asset {
            switch clause {
            case .asset:
                firings[clause.text] = RetrainFiring(
                    clause: clause.text, at: event.timestamp, source: event.source)
            case .newRows(_, let count):
                if !isCounted, let rows = event.extra["rows"]?.intValue, rows > 0 {
                    let sum = rows.addingReportingOverflow(self.rows[event.asset] ?? 0)
                    self.rows[event.asset] = sum.overflow ? .max : sum.partialValue
                    isCounted = true
                }
                let sum = self.rows[event.asset] ?? 0
                guard sum >= count else { continue }
                firings[clause.text] = RetrainFiring(
                    clause: clause.text, at: event.timestamp, value: Double(sum), source: event.source)
            case .cron, .metric, .drift: break
            }
        }
    }

    /// Lets go of what a new text of the file no longer asks for.
    mutating func keep(_ clauses: [RetrainClause]) {
        let texts = Set(clauses.map(\.text))
        firings = firings.filter { texts.contains($0.key) }
        let counted = Set(
            clauses.compactMap { clause in if case .newRows(let uri, _) = clause { uri } else { nil } })
        rows = rows.filter { counted.contains($0.key) }
    }
}

extension AssetEventSource {
    /// Whether two reports come from the same task instance, in whichever runs.
    fileprivate func isSameTask(as other: AssetEventSource) -> Bool {
        guard case .task(let dagID, _, let taskID, let index) = self,
            case .task(let otherDAG, _, let otherTask, let otherIndex) = other
        else { return false }
        return dagID == otherDAG && taskID == otherTask && index == otherIndex
    }
}
