import DAGDomain
import JSONText

/// A reference to an upstream output, kept until the graph is known.
struct OutputReference {
    let task: TaskID
    let name: String
    let position: JSONPosition
}

/// A task as far as it could be read, with what only the whole DAG can judge.
struct ReadTask {
    var definition: TaskDefinition
    /// Where the id is, or where the task starts when it has none.
    let position: JSONPosition
    let hasID: Bool
    /// The elements of `depends_on`, in order, with their places.
    var dependencies: [(id: TaskID, position: JSONPosition)] = []
    var references: [OutputReference] = []
}

/// Turns the members of a task object into a definition. Shapes were checked before: a value of a wrong kind
/// is passed over here, and only what a shape cannot say is reported.
struct TaskReader {
    let parameters: Set<String>
    var diagnostics: DiagnosticList

    /// The values that `default_args` gives to every task.
    mutating func readDefaults(_ node: JSONNode?) -> TaskDefinition {
        var defaults = TaskDefinition(id: TaskID(""))
        guard let node else { return defaults }
        let fields = Fields(node, .defaultArguments)
        readShared(fields, into: &defaults)
        if let environment = fields["env"] {
            defaults.environment = readEnvironment(environment, outputs: .refused("default_args")).entries
        }
        return defaults
    }

    /// - Parameter key: the task's key in the object form of `tasks`.
    mutating func read(_ node: JSONNode, key: JSONMember?, defaults: TaskDefinition) -> ReadTask {
        let fields = Fields(node, key == nil ? .task : .keyedTask)
        let (id, position) = readID(fields, key: key)
        var task = ReadTask(
            definition: TaskDefinition(id: TaskID(id ?? ""), defaults: defaults), position: position,
            hasID: id.map(TextRule.identifier.accepts) ?? false)
        task.definition.description = fields.string("description") ?? ""
        task.definition.outputs = fields.strings("outputs")
        readShared(fields, into: &task.definition)
        readAction(fields, into: &task)
        readDependencies(fields["depends_on"], into: &task)
        if let environment = fields["env"] {
            let read = readEnvironment(environment, outputs: .allowed)
            task.definition.environment = read.entries
            task.references += read.references
        }
        if let artifacts = fields["artifacts"]?.elements {
            task.definition.artifacts = readArtifacts(artifacts)
        }
        task.definition.gate = readGate(fields)
        reportRepetition(fields["outputs"]?.elements ?? [], in: "outputs")
        return task
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

    private mutating func readDependencies(_ node: JSONNode?, into task: inout ReadTask) {
        guard let node else { return }
        var seen = Set<String>()
        for element in node.elements ?? [node] {
            guard let text = element.stringValue, TextRule.identifier.accepts(text) else { continue }
            if !seen.insert(text).inserted {
                diagnostics.error("\"\(text)\" is listed twice in \"depends_on\"", at: element.position)
            } else {
                task.dependencies.append((TaskID(text), element.position))
            }
        }
        task.definition.dependsOn = task.dependencies.map(\.id)
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
                + "\"command\" array and in the params of a trigger_dag task", at: position)
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
            weightRule: defaults.weightRule, leftover: defaults.leftover)
    }
}
