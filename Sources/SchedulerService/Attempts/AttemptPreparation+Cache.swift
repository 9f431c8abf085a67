import DAGDomain
import JSONText
import LifecycleCore
import StateStore

/// What an attempt would do and what with, as far as it follows from the definition, the run and its upstream.
struct CacheFacts: Sendable {
    /// The way of running, filled in. May hold secrets.
    var way: String
    /// Texts in which files may be named. May hold secrets.
    var words: [String]
    var workingDirectory: String
    /// All that the task would see, without the variables that name files.
    var environment: [String: String]
    /// The names in `env` of the task and its DAG.
    var declaredVariables: Set<String>
    var parameters: JSONObject
    /// What the direct upstream tasks left.
    var inputs: [CacheComponent]
    /// What was filled in and must not be shown or hashed without a key.
    var secrets: Set<String>
}

extension AttemptPreparation {
    /// Like `specification`, without the files that only a process needs.
    func cacheFacts(for context: AttemptContext) throws(Failure) -> CacheFacts {
        try prepareRun(context)
        let upstream = context.isMapped ? try inputs(of: context).outputs : try upstreamOutputs(context)
        let command = TaskCommand(facts: facts(of: context), parameters: try parameters(of: context))
        let used = TrackedValues(values)
        let rendering = rendering(command, upstream, used)
        let (way, words) = try Self.rendered { () throws(TemplateRendering.Failure) in
            try command.cachedWay(rendering)
        }
        let environment = try Self.rendered { () throws(TemplateRendering.Failure) in
            try command.environment(rendering, inherited: inherited)
        }
        return CacheFacts(
            way: way, words: words, workingDirectory: command.workingDirectory, environment: environment,
            declaredVariables: Set((context.dag.settings.environment + context.task.environment).map(\.name)),
            parameters: command.parameters, inputs: upstream.components, secrets: used.secrets)
    }

    /// What upstream instances left, for the cache: values and contents, never paths.
    static func components(of task: TaskID, _ reports: [InstanceData]) -> [CacheComponent] {
        var outputs: [String: [String]] = [:]
        var artifacts: [String: [String]] = [:]
        for report in reports {
            let place = "\(report.key.mapIndex):"
            for output in report.outputs {
                outputs[output.name, default: []].append(place + output.value.canonicalText())
            }
            for artifact in report.artifacts {
                artifacts[artifact.name, default: []].append(place + artifact.sha256)
            }
        }
        return outputs.map { name, texts in
            CacheComponent(
                .output, "\(name) of \(task)", hash: CacheKey.hash(of: texts.joined(separator: "\n")))
        }
            + artifacts.map { name, hashes in
                CacheComponent(
                    .artifact, "\(name) of \(task)", hash: CacheKey.hash(of: hashes.joined(separator: "\n")))
            }
    }
}

extension TaskCommand {
    /// The way of running as one text, and the texts in it that may name files.
    fileprivate func cachedWay(
        _ rendering: TemplateRendering
    ) throws(TemplateRendering.Failure) -> (way: String, words: [String]) {
        var way = JSONObject()
        var words: [String] = []
        if let work = try ownWork(rendering) {
            way["kind"] = .string(work.kind)
            way["specification"] = .object(work.specification)
        } else if let arguments = try arguments(rendering) {
            way["arguments"] = .array(arguments.map(JSONValue.string))
            words = isShell ? CodeFiles.words(ofShell: arguments.last ?? "") : arguments
        }
        way["cwd"] = facts.dag.task(facts.task)?.workingDirectory.map(JSONValue.string)
        return (JSONValue.object(way).canonicalText(), words)
    }

    private var isShell: Bool {
        if case .shell? = facts.dag.task(facts.task)?.action { true } else { false }
    }
}

extension DAG {
    fileprivate func task(_ id: TaskID) -> TaskDefinition? { index(of: id).map { tasks[$0] } }
}
