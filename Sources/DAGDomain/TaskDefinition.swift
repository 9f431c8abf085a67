import JSONText

/// The role that a task plays in the machine-learning lifecycle (`type` in a DAG file).
package enum TaskRole: String, Hashable, Sendable, CaseIterable {
    case task, etl, train, evaluate, deploy, monitor, noop, branch, sensor, approval
    case triggerDAG = "trigger_dag"
    case shortCircuit = "short_circuit"
    case latestOnly = "latest_only"
}

/// The one way in which a task runs.
package enum TaskAction: Hashable, Sendable {
    /// A text for `/bin/sh -c`; nothing is ever substituted into it.
    case shell(String)
    /// A program and its arguments, executed as they are.
    case arguments([TemplateText])
    /// Done by the program itself in the attempt's process.
    case performed(PerformedAction)
    /// Requests a run of another DAG.
    case triggerDAG(TriggerDAGAction)
    /// Nothing to run: the task only joins or forks edges.
    case none
}

/// The run that a `trigger_dag` task asks for.
package struct TriggerDAGAction: Hashable, Sendable {
    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let value: ParameterText

        package init(name: String, value: ParameterText) {
            self.name = name
            self.value = value
        }
    }

    /// A fixed JSON value, or a text with places to fill in (a text that is one place alone keeps the value's type).
    package enum ParameterText: Hashable, Sendable {
        case value(JSONValue)
        case template(TemplateText)
    }

    package let dagID: DAGID
    package let parameters: [Parameter]
    /// Whether the task lasts until the run has ended, and ends as it does.
    package let waitsForRun: Bool

    package init(dagID: DAGID, parameters: [Parameter] = [], waitsForRun: Bool = false) {
        self.dagID = dagID
        self.parameters = parameters
        self.waitsForRun = waitsForRun
    }
}

/// A file that a task promises to leave in its artifact folder.
package struct ArtifactDeclaration: Hashable, Sendable {
    package let name: String
    /// Relative to the artifact folder; never leaves it.
    package let path: String

    package init(name: String, path: String) {
        self.name = name
        self.path = path
    }
}

/// What happens to processes that a task leaves behind when it ends.
package enum LeftoverPolicy: String, Hashable, Sendable, CaseIterable {
    case end, keep
}

/// A node of a DAG as its file describes it. Keys and defaults: `docs/dag-file.md`.
package struct TaskDefinition: Hashable, Sendable {
    package let id: TaskID
    package var role: TaskRole
    package var description: String
    package var action: TaskAction
    /// In file order, without duplicates.
    package var dependsOn: [TaskID]
    package var triggerRule: TriggerRule
    package var environment: [EnvironmentEntry]
    /// Relative to the DAG file's folder, or absolute; nil is the folder itself.
    package var workingDirectory: String?
    package var retry: RetryPolicy
    package var executionTimeout: Duration?
    /// Between TERM and KILL.
    package var terminationGrace: Duration
    package var pool: PoolName
    package var poolSlots: Int
    package var priorityWeight: Int
    package var weightRule: WeightRule
    /// The output names the task promises; nil when it promises none in particular.
    package var outputs: [String]?
    package var artifacts: [ArtifactDeclaration]
    /// What it declares to read.
    package var inputs: [TaskInput] = []
    package var gate: Gate?
    /// What is checked of files when the task's program has ended well.
    package var checks: [DataCheck] = []
    /// What a gate or a check that does not hold does.
    package var gateEffect: GateFailureEffect { gate?.onFailure ?? .fail }
    @Rare package var model: ModelUse?
    /// What a monitoring task compares when its program has ended well.
    @Rare package var drift: DriftComparison?
    /// How the version comes into service; nil runs the command and no more.
    @Rare package var deploy: DeployPlan?
    package var leftover: LeftoverPolicy
    package var flow = TaskFlow()
    /// Who is told how it begins and ends.
    package var notices: Notices = [:]
    package var deadlines: [Deadline] = []
    /// Assets that the task reads, for the record, and those that its success updates.
    package var inlets: [Asset] = []
    package var outlets: [Asset] = []
    /// Nil when it always runs.
    @Rare package var cache: TaskCache?
    package var lateAssets = LateAssets()

    package init(
        id: TaskID, role: TaskRole = .task, description: String = "", action: TaskAction = .none,
        dependsOn: [TaskID] = [], triggerRule: TriggerRule = .allSuccess,
        environment: [EnvironmentEntry] = [],
        workingDirectory: String? = nil, retry: RetryPolicy = RetryPolicy(),
        executionTimeout: Duration? = nil,
        terminationGrace: Duration = .seconds(5), pool: PoolName = .defaultPool, poolSlots: Int = 1,
        priorityWeight: Int = 1, weightRule: WeightRule = .downstream, outputs: [String]? = nil,
        artifacts: [ArtifactDeclaration] = [], gate: Gate? = nil, leftover: LeftoverPolicy = .end,
        flow: TaskFlow = TaskFlow()
    ) {
        self.id = id
        self.role = role
        self.description = description
        self.action = action
        self.dependsOn = dependsOn
        self.triggerRule = triggerRule
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.retry = retry
        self.executionTimeout = executionTimeout
        self.terminationGrace = terminationGrace
        self.pool = pool
        self.poolSlots = poolSlots
        self.priorityWeight = priorityWeight
        self.weightRule = weightRule
        self.outputs = outputs
        self.artifacts = artifacts
        self.gate = gate
        self.leftover = leftover
        self.flow = flow
    }
}
