/// A schedule that starts a run when data or a model ask for it, and not more often than it is worth.
package struct RetrainSchedule: Hashable, Sendable {
    package let condition: RetrainCondition
    /// The least time between the starts of two runs.
    package let cooldown: Duration
    package let budget: RetrainBudget?

    package static let defaultCooldown = Duration.seconds(3_600)
    /// The most clauses of one schedule.
    package static let maximumClauses = 100

    package init(
        _ condition: RetrainCondition, cooldown: Duration = defaultCooldown, budget: RetrainBudget? = nil
    ) {
        self.condition = condition
        self.cooldown = cooldown
        self.budget = budget
    }

    /// The clock's part of it, once each.
    package var expressions: [CronExpression] {
        var seen: Set<CronExpression> = []
        return condition.clauses.compactMap(\.expression).filter { seen.insert($0).inserted }
    }

    /// From when on another run may start, given when earlier ones did, the oldest first.
    package func nextStart(after starts: [Timestamp]) -> Timestamp? {
        let rested = starts.last.map { $0 + cooldown }
        guard let budget, starts.count >= budget.runs else { return rested }
        let affordable = starts[starts.count - budget.runs] + budget.period.length
        return max(rested ?? affordable, affordable)
    }

    /// How many of these starts lie in the budget's window that ends now.
    package func spent(of starts: [Timestamp], at now: Timestamp) -> Int {
        guard let budget else { return 0 }
        return starts.count { $0 + budget.period.length > now }
    }
}

/// The most runs in any stretch of time of one length.
package struct RetrainBudget: Hashable, Sendable {
    /// Lengths are fixed: a day has 24 hours, a month 30 days.
    package enum Period: String, Hashable, Sendable, CaseIterable {
        case hour, day, week, month

        package var length: Duration {
            switch self {
            case .hour: .seconds(3_600)
            case .day: .seconds(86_400)
            case .week: .seconds(7 * 86_400)
            case .month: .seconds(30 * 86_400)
            }
        }
    }

    package let runs: Int
    package let period: Period

    /// So many starts are remembered.
    package static let maximumRuns = 100

    package init(runs: Int, period: Period) {
        self.runs = runs
        self.period = period
    }

    /// Reads `4/week`; nil for anything else.
    package init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 3,
            parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let runs = Int(parts[0]), (1...Self.maximumRuns).contains(runs),
            let period = Period(rawValue: String(parts[1]))
        else { return nil }
        self.init(runs: runs, period: period)
    }

    package var text: String { "\(runs)/\(period.rawValue)" }
}

/// Which clauses must have fired since the last run for the next one to start.
package indirect enum RetrainCondition: Hashable, Sendable {
    case clause(RetrainClause)
    case all([RetrainCondition])
    case any([RetrainCondition])

    package func isMet(by fired: (String) -> Bool) -> Bool {
        switch self {
        case .clause(let clause): fired(clause.text)
        case .all(let parts): parts.allSatisfy { $0.isMet(by: fired) }
        case .any(let parts): parts.contains { $0.isMet(by: fired) }
        }
    }

    /// Every clause in it, once each, in the order of the text.
    package var clauses: [RetrainClause] {
        var seen: Set<RetrainClause> = []
        return leaves.filter { seen.insert($0).inserted }
    }

    private var leaves: [RetrainClause] {
        switch self {
        case .clause(let clause): [clause]
        case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
        }
    }
}

extension RetrainCondition: CustomStringConvertible {
    /// `cron 0 3 * * 1 or (asset s3://a and drift psi above 0.2)`
    package var description: String {
        switch self {
        case .clause(let clause): clause.text
        case .all(let parts): parts.map(\.operand).joined(separator: " and ")
        case .any(let parts): parts.map(\.operand).joined(separator: " or ")
        }
    }

    private var operand: String {
        switch self {
        case .clause: description
        case .all(let parts), .any(let parts): parts.count > 1 ? "(\(description))" : description
        }
    }
}

extension RetrainSchedule: CustomStringConvertible {
    package var description: String {
        let limits =
            ["cooldown \(DurationText.describe(cooldown))"] + (budget.map { ["budget \($0.text)"] } ?? [])
        return "\(condition) (\(limits.joined(separator: ", ")))"
    }
}
