import DAGDomain
import JSONText

/// Draws small DAGs in which every rule, limit and policy turns up sooner or later.
package struct WorkloadGenerator: Sendable {
    package static let pools = ["default_pool", "small", "missing"].map { PoolName($0) }

    package static let assets = ["s3://a", "s3://b", "s3://c"].map { AssetURI($0) }

    /// Tasks report it now and then.
    static let metric = "drift"

    private let maximumTasks: Int
    private var nextVersion = 1

    package init(maximumTasks: Int) {
        self.maximumTasks = maximumTasks
    }

    package mutating func dag(_ id: String, using generator: inout SeededGenerator) -> DAG {
        let count = generator.number(1...maximumTasks)
        let density = generator.pick([10, 30, 60])
        let isPlain = generator.chance(40)
        var tasks: [TaskDefinition] = []
        for index in 0..<count {
            var task = TaskDefinition(id: TaskID("t\(index)"), action: .shell("true"))
            task.dependsOn = (0..<index).filter { _ in generator.chance(density) }.map { TaskID("t\($0)") }
            Self.draw(&task, isPlain: isPlain, using: &generator)
            tasks.append(task)
        }
        defer { nextVersion += 1 }
        return DAG(id, version: "v\(nextVersion)", settings: Self.settings(using: &generator), tasks: tasks)
    }

    private static func draw(
        _ task: inout TaskDefinition, isPlain: Bool, using generator: inout SeededGenerator
    ) {
        task.retry.retries = generator.pick([0, 0, 1, 2, 3])
        task.retry.delay = generator.pick([.zero, .seconds(5), .seconds(60)])
        if generator.chance(15) {
            task.outlets = assets.filter { _ in generator.chance(40) }.map { Asset($0) }
        }
        if generator.chance(15) { task.cache = TaskCache() }
        guard !isPlain else { return }
        task.triggerRule = generator.chance(50) ? .allSuccess : generator.pick(TriggerRule.allCases)
        if generator.chance(10) { task.role = .noop }
        task.pool = generator.pick(pools + [.defaultPool, .defaultPool])
        task.poolSlots = generator.pick([1, 1, 2, 3])
        task.priorityWeight = generator.pick([1, 1, 5, 100])
        task.weightRule = generator.pick(WeightRule.allCases)
        if generator.chance(20) { task.retry.backoffFactor = 2 }
        if generator.chance(10) { task.retry.retryableExitCodes = [1, 2] }
        drawFlow(&task, using: &generator)
        task.notices = notices(using: &generator)
        task.deadlines = deadlines(ofRuns: false, using: &generator)
        if task.role == .task, generator.chance(15) {
            task.gate = Gate(
                conditions: [GateCondition(metric: "auc", minimum: 0.8)],
                onFailure: generator.pick(GateFailureEffect.allCases))
        }
    }

    /// Mapping, waiting, limits and edges.
    private static func drawFlow(_ task: inout TaskDefinition, using generator: inout SeededGenerator) {
        if task.role == .task, generator.chance(15) {
            task.role = .sensor
            let condition = generator.pick([
                Wait.Condition.approval(Approval(subject: "go on?")), .instant(.after(.seconds(20))),
                .instant(.afterLogicalDate(.seconds(90))), .poke, .poke, .poke,
            ])
            task.flow.wait = Wait(
                condition, timeout: .seconds(generator.pick([5, 600])), isSoftFail: generator.chance(50))
        }
        if generator.chance(15) {
            let values = (0..<generator.number(0...4)).map { JSONValue.integer(Int64($0)) }
            task.flow.mapping = TaskMapping(
                .product([TaskMapping.Axis(name: "n", values: .literal(values))]))
            task.flow.failsFast = generator.chance(30)
        }
        if generator.chance(15) { task.flow.maximumActivePerRun = generator.pick([1, 2]) }
        if generator.chance(10) { task.flow.maximumActivePerDAG = generator.pick([1, 2]) }
        if generator.chance(10) { task.flow.dependsOnPast = true }
        if generator.chance(5) { task.flow.waitsForDownstream = true }
        if generator.chance(10) {
            task.flow.condition = Condition(text: "false", expression: .literal(.bool(generator.chance(70))))
        }
        for upstream in task.dependsOn where generator.chance(10) {
            task.flow.edgeConditions[upstream] = generator.pick(EdgeCondition.allCases)
        }
    }

    private static func notices(using generator: inout SeededGenerator) -> Notices {
        guard generator.chance(25) else { return [:] }
        let action = NoticeAction(.command, .value(.null))
        var notices: Notices = [:]
        for event in NoticeEvent.allCases where generator.chance(50) {
            notices[event] = Array(repeating: action, count: generator.number(1...2))
        }
        return notices
    }

    private static func deadlines(
        ofRuns: Bool, using generator: inout SeededGenerator
    ) -> [Deadline] {
        guard generator.chance(25) else { return [] }
        return (0..<generator.number(1...2)).map { _ in
            let actions = [NoticeAction(.webhook, .value(.null))]
            if generator.chance(25) {
                return Deadline(
                    .finished, from: ofRuns ? .startDate : .taskStart,
                    .averageRuntime(factor: generator.pick([0.5, 2]), runs: 5, minimum: 1), actions: actions)
            }
            let references: [Deadline.Reference] = [.queuedAt, .startDate, .logicalDate, .dataIntervalEnd]
            let reference = generator.pick(ofRuns ? references : references + [.taskStart, .taskStart])
            let limit = Deadline.Limit.after(.seconds(generator.pick([0, 5, 30, 120])))
            return Deadline(
                generator.pick(Deadline.Goal.allCases), from: reference,
                generator.chance(90) ? limit : .timeOfDay(seconds: generator.number(0...86_399)),
                actions: actions)
        }
    }

    private static func settings(using generator: inout SeededGenerator) -> DAGSettings {
        var settings = DAGSettings()
        settings.notices = notices(using: &generator).filter { $0.key.isOfRuns }
        settings.deadlines = deadlines(ofRuns: true, using: &generator)
        settings.maximumActiveRuns = generator.pick([1, 1, 2, 16])
        settings.maximumActiveTasks = generator.pick([1, 2, 16])
        if generator.chance(25) {
            let shared = ConcurrencyKey(segments: [.literal("shared "), .field(.runType)])
            settings.concurrency = RunConcurrency(
                key: generator.chance(50) ? shared : nil, limit: generator.number(1...2),
                onConflict: generator.pick(ConcurrencyConflict.allCases))
        }
        if generator.chance(10) { settings.maximumConsecutiveFailedRuns = generator.number(1...3) }
        if generator.chance(25) { settings.runTimeout = .seconds(generator.pick([10, 60, 300])) }
        if generator.chance(50) {
            settings.schedule = .every(.seconds(generator.pick([60, 300, 600])))
            settings.catchup = generator.pick([.none, .all, .latest, .collapse, .window(.seconds(300))])
            settings.usesIntervals = generator.chance(30)
            if generator.chance(30) { settings.jitter = .seconds(50) }
            if generator.chance(10) {
                settings.calendar = ScheduleCalendar(weekdays: [generator.pick(Weekday.allCases)])
            }
        } else if generator.chance(20) {
            settings.schedule = generator.pick([.once, .continuous])
            if settings.schedule == .continuous { settings.maximumActiveRuns = 1 }
        }
        if generator.chance(30) { settings.assets = condition(using: &generator) }
        if settings.assets != nil, generator.chance(10) {
            settings.startDate = Timestamp(secondsSinceEpoch: 1_767_225_600 + 300)
            settings.endDate = Timestamp(secondsSinceEpoch: 1_767_225_600 + 900)
        }
        if settings.schedule == .manual, generator.chance(40) {
            settings.assets = nil
            settings.retraining = retraining(using: &generator)
        }
        return settings
    }

    private static func condition(using generator: inout SeededGenerator) -> AssetCondition {
        let parts = assets.filter { _ in generator.chance(60) }.map { AssetCondition.asset($0) }
        guard parts.count > 1 else { return parts.first ?? .asset(assets[0]) }
        switch generator.number(0...2) {
        case 0: return .all(parts)
        case 1: return .any(parts)
        default: return .all([parts[0], .any(Array(parts.dropFirst()))])
        }
    }
}
