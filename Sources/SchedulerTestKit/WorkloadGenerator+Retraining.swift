import DAGDomain

extension WorkloadGenerator {
    /// A `retrain_when` of one to four clauses. One of them may name the DAG itself, or another one that reports all the
    /// time: the loop that cooldown and budget must bound.
    static func retraining(using generator: inout SeededGenerator) -> RetrainSchedule {
        let clauses = (0..<generator.number(1...4)).map { _ in
            RetrainCondition.clause(clause(using: &generator))
        }
        let condition: RetrainCondition =
            switch generator.number(0...3) {
            case 0: .all(clauses)
            case 1: .any([.all(clauses), .clause(clause(using: &generator))])
            default: .any(clauses)
            }
        let budget = RetrainBudget(runs: generator.number(1...3), period: .hour)
        return RetrainSchedule(
            condition, cooldown: .seconds(generator.pick([1, 30, 300])),
            budget: generator.chance(50) ? budget : nil)
    }

    private static func clause(using generator: inout SeededGenerator) -> RetrainClause {
        let dagID: DAGID? = generator.chance(40) ? DAGID("dag\(generator.number(0...2))") : nil
        switch generator.number(0...4) {
        case 0:
            let every = (try? CronExpression(generator.pick(["*/5 * * * *", "*/2 * * * *"])))
            return every.map { .cron($0) } ?? .asset(assets[0])
        case 1: return .asset(generator.pick(assets))
        case 2: return .newRows(generator.pick(assets), atLeast: Int64(generator.number(1...50)))
        case 3: return .metric(WatchedMetric(.named(metric), .above(0.5), dagID: dagID))
        default:
            return .drift(
                WatchedMetric(
                    .statistic(metric, column: nil), .below(0.5), dagID: dagID,
                    taskID: generator.chance(30) ? TaskID("t0") : nil))
        }
    }
}
