import DAGDomain
import JSONText

/// Turns the members of a task object into a definition. Shapes were checked before: a value of a wrong kind
/// is passed over here, and only what a shape cannot say is reported.
struct TaskReader {
    /// What params can be called here.
    var parameters: ParameterNames
    var diagnostics: DiagnosticList
    /// Whether what is read belongs to a notice, which has names of its own.
    var isInNotice = false

    /// The values that `default_args` gives to every task.
    /// - Parameter outer: those of the DAG or group around.
    mutating func readDefaults(
        _ node: JSONNode?, outer: TaskDefinition = TaskDefinition(id: TaskID(""))
    ) -> TaskDefinition {
        var defaults = outer
        guard let node else { return defaults }
        let fields = Fields(node, .defaultArguments)
        readShared(fields, into: &defaults)
        defaults.notices = readNotices(fields, inherited: defaults.notices)
        defaults.deadlines = readDeadlines(fields, inherited: defaults.deadlines)
        defaults.cache = readCache(fields, inherited: defaults.cache)
        if let environment = fields["env"] {
            defaults.environment = readEnvironment(environment, outputs: .refused("default_args")).entries
        }
        return defaults
    }

    /// - Parameters:
    ///   - key: the task's key in the object form of `tasks`.
    ///   - place: the group around the task.
    mutating func read(
        _ node: JSONNode, key: JSONMember?, defaults: TaskDefinition, in place: GroupPlace = GroupPlace()
    ) -> ReadTask {
        let fields = Fields(node, key == nil ? .task : .keyedTask)
        let (id, position) = readID(fields, key: key)
        let hasID = id.map(TextRule.identifier.accepts) ?? false
        let fullID = place.prefix + (id ?? "")
        if hasID { checkLength(of: fullID, at: position) }
        var task = ReadTask(
            definition: TaskDefinition(id: TaskID(fullID), defaults: defaults), position: position,
            hasID: hasID, group: place.group, parameters: parameters)
        task.definition.description = fields.string("description") ?? ""
        task.definition.outputs = fields.strings("outputs")
        readShared(fields, into: &task.definition)
        let outside = parameters
        readFlow(fields, in: place, into: &task)
        readAction(fields, into: &task)
        task.definition.notices = readNotices(fields, inherited: defaults.notices)
        task.definition.deadlines = readDeadlines(fields, inherited: defaults.deadlines)
        checkRole(fields, in: place, task)
        task.dependencies = readDependencies(fields["depends_on"])
        if let environment = fields["env"] {
            let read = readEnvironment(environment, outputs: .allowed)
            task.definition.environment = read.entries
            task.references += read.references
        }
        readAssets(fields, into: &task)
        readOwnCache(fields, defaults: defaults, into: &task)
        task.parameters = parameters
        parameters = outside
        if let artifacts = fields["artifacts"]?.elements {
            task.definition.artifacts = readArtifacts(artifacts)
        }
        task.inputs = readInputs(fields["inputs"]?.elements ?? [])
        addRowsFile(fields, to: &task.definition)
        readChecks(fields, into: &task)
        task.definition.model = readModel(fields, &task)
        // What is judged or moved is the registry's, which no key of a cache knows.
        if task.definition.model != nil, task.definition.role != .train { task.definition.cache = nil }
        readDrift(fields, into: &task)
        readTrials(fields, into: &task)
        task.definition.gate = readGate(fields, task.definition)
        task.definition.deploy = readDeploy(fields, &task)
        reportRepetition(fields["outputs"]?.elements ?? [], in: "outputs")
        return task
    }

    /// An id that is made of a group's and a task's.
    mutating func checkLength(of id: String, at position: JSONPosition) {
        guard !TextRule.identifier.accepts(id) else { return }
        diagnostics.error(
            "the id \(id.quotedForMessage) has \(id.utf8.count) characters with that of its group; at most "
                + "128 are allowed", at: position)
    }

    private mutating func readID(_ fields: Fields, key: JSONMember?) -> (String?, JSONPosition) {
        guard let key else {
            let node = fields["task_id"]
            return (node?.stringValue, node?.position ?? fields.position)
        }
        if let node = fields["task_id"], let text = node.stringValue, text != key.key {
            let names = "\(text.quotedForMessage), but its key in \"tasks\" is \(key.key.quotedForMessage)"
            diagnostics.error("the task calls itself \(names)", at: node.position)
        }
        return (key.key, key.keyPosition)
    }

    mutating func readDependencies(_ node: JSONNode?) -> [ReadDependency] {
        guard let node else { return [] }
        var seen = Set<String>()
        var dependencies: [ReadDependency] = []
        for element in node.elements ?? [node] {
            var name = element
            var condition: EdgeCondition?
            if element.members != nil {
                let fields = Fields(element, .edge)
                guard let task = fields["task"] else { continue }
                name = task
                condition = fields.choice("on")
            }
            guard let text = name.stringValue, TextRule.identifier.accepts(text) else { continue }
            if !seen.insert(text).inserted {
                diagnostics.error("\"\(text)\" is listed twice in \"depends_on\"", at: name.position)
            } else {
                dependencies.append(ReadDependency(name: text, condition: condition, position: name.position))
            }
        }
        return dependencies
    }

    /// The keys that `default_args` can give as well, except `env`.
    private mutating func readShared(_ fields: Fields, into task: inout TaskDefinition) {
        task.triggerRule = fields.choice("trigger_rule") ?? task.triggerRule
        task.executionTimeout = fields.duration("execution_timeout") ?? task.executionTimeout
        task.terminationGrace = fields.duration("termination_grace") ?? task.terminationGrace
        task.pool = fields.string("pool").map { PoolName($0) } ?? task.pool
        task.poolSlots = fields.integer("pool_slots") ?? task.poolSlots
        task.priorityWeight = fields.integer("priority_weight") ?? task.priorityWeight
        task.weightRule = fields.choice("weight_rule") ?? task.weightRule
        task.leftover = fields.choice("leftover") ?? task.leftover
        if let node = fields["cwd"], let folder = node.stringValue {
            refuseTemplate(folder, in: "cwd", at: node.position)
            task.workingDirectory = folder
        }
        readSharedFlow(fields, into: &task.flow)
        readRetry(fields, RetryKeys.flat, into: &task.retry)
        if let node = fields["retry"] { readRetry(Fields(node, .retry), RetryKeys.object, into: &task.retry) }
    }

    private mutating func readRetry(_ fields: Fields, _ keys: RetryKeys, into retry: inout RetryPolicy) {
        retry.retries = fields.integer(keys.retries) ?? retry.retries
        retry.delay = fields.duration(keys.delay) ?? retry.delay
        retry.maximumDelay = fields.duration(keys.maximumDelay) ?? retry.maximumDelay
        if let codes = fields[keys.exitCodes]?.elements {
            retry.retryableExitCodes = Set(
                codes.compactMap { $0.value.intValue.flatMap(Int32.init(exactly:)) })
        }
        guard let node = fields[keys.backoff] else { return }
        switch node.value {
        case .bool(let isOn): retry.backoffFactor = isOn ? 2 : nil
        case let value:
            guard let factor = value.doubleValue else { return }
            if factor != 0, factor < 1 {
                let found = value.text()
                diagnostics.error(
                    "\"\(keys.backoff)\" must be 0 or at least 1, found \(found)", at: node.position)
            }
            retry.backoffFactor = factor == 0 ? nil : factor
        }
    }

    mutating func refuseTemplate(_ text: String, in key: String, at position: JSONPosition) {
        guard let expression = TemplateParser.expectedTemplate(in: text) else { return }
        diagnostics.error(
            "{{ \(expression) }}: nothing is filled in in \"\(key)\"; only in \"env\", in the elements of a "
                + "\"command\" array, in \"http\", \"sql\" and \"container\", and in the params of a trigger_dag task",
            at: position)
    }

    mutating func reportRepetition(_ elements: [JSONNode], in key: String) {
        var seen = Set<String>()
        for element in elements {
            guard let text = element.stringValue, !seen.insert(text).inserted else { continue }
            diagnostics.error("\(text.quotedForMessage) is listed twice in \"\(key)\"", at: element.position)
        }
    }
}

/// The two spellings of the retry keys.
private struct RetryKeys {
    let retries: String
    let delay: String
    let backoff: String
    let maximumDelay: String
    let exitCodes: String

    static let flat = RetryKeys(
        retries: "retries", delay: "retry_delay", backoff: "retry_exponential_backoff",
        maximumDelay: "max_retry_delay", exitCodes: "retry_on_exit_codes")
    static let object = RetryKeys(
        retries: "limit", delay: "delay", backoff: "backoff", maximumDelay: "max_delay",
        exitCodes: "on_exit_codes")
}

extension TaskDefinition {
    /// A task that has nothing yet but what `default_args` says.
    fileprivate init(id: TaskID, defaults: TaskDefinition) {
        self.init(
            id: id, triggerRule: defaults.triggerRule, environment: defaults.environment,
            workingDirectory: defaults.workingDirectory, retry: defaults.retry,
            executionTimeout: defaults.executionTimeout, terminationGrace: defaults.terminationGrace,
            pool: defaults.pool, poolSlots: defaults.poolSlots, priorityWeight: defaults.priorityWeight,
            weightRule: defaults.weightRule, leftover: defaults.leftover, flow: defaults.flow)
    }
}
