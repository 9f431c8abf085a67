import DAGDomain
import JSONText

/// What the process of a deployment is to do, with its places filled in.
package struct DeploySpecification: Sendable {
    package struct Step: Sendable {
        package let percent: Int
        package let wait: Duration
    }

    package struct Health: Sendable {
        /// What `perform http` is to do; nil runs the program.
        package let request: JSONValue?
        /// The output by which the command says where the request goes; nil when the file does.
        package let urlOutput: String?
        package let arguments: [String]
        package let retries: Int
        package let interval: Duration
        package let timeout: Duration
        package let deadline: Duration?
    }

    package let strategy: DeployPlan.Strategy
    package let alias: String
    /// What this program itself does in each step; nil starts the program.
    package let work: JSONValue?
    package let arguments: [String]
    package let steps: [Step]
    package let health: Health?
    /// Whether the task's own command undoes what it did, with the version before.
    package let rollsBackBySelf: Bool
    package let rollback: [String]?
    package let gate: Gate?
    package let lockFile: String
    /// The daemon's, to ask whether the alias has moved.
    package let socket: String

    package init(_ value: JSONValue) {
        strategy = value["strategy"]?.stringValue.flatMap { .init(rawValue: $0) } ?? .replace
        alias = value["alias"]?.stringValue ?? AliasName.champion.text
        work = value["perform"]
        arguments = Self.texts(value["arguments"])
        steps = (value["steps"]?.arrayValue ?? []).map { step in
            Step(percent: Int(step["percent"]?.intValue ?? 100), wait: Self.duration(step["wait"]))
        }
        health = value["health"].map { health in
            Health(
                request: health["request"], urlOutput: health["url_output"]?.stringValue,
                arguments: Self.texts(health["arguments"]),
                retries: Int(health["retries"]?.intValue ?? 0), interval: Self.duration(health["interval"]),
                timeout: Self.duration(health["timeout"]),
                deadline: health["deadline"].map { Self.duration($0) })
        }
        rollsBackBySelf = value["rollback"]?.boolValue ?? false
        rollback = value["rollback"]?.arrayValue.map { $0.compactMap(\.stringValue) }
        let conditions = (value["gate"]?.arrayValue ?? []).map { condition in
            GateCondition(
                metric: condition["metric"]?.stringValue ?? "", minimum: condition["min"]?.doubleValue,
                maximum: condition["max"]?.doubleValue, equals: condition["equals"]?.doubleValue,
                severity: condition["severity"]?.stringValue.flatMap { .init(rawValue: $0) } ?? .error)
        }
        gate = conditions.isEmpty ? nil : Gate(conditions: conditions, onFailure: .fail)
        lockFile = value["lock"]?.stringValue ?? ""
        socket = value["socket"]?.stringValue ?? ""
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// Milliseconds.
    private static func duration(_ value: JSONValue?) -> Duration {
        .milliseconds(value?.intValue ?? 0)
    }

    /// The last value of an output in what a command has written.
    package static func output(_ name: String, in bytes: [UInt8]) -> JSONValue? {
        (try? OutputFile.parse(bytes))?.first { $0.name == name }?.value
    }

    /// - Returns: nil for a file that a task must not have written.
    package static func metrics(_ bytes: [UInt8]) -> [Metric]? { try? MetricsFile.parse(bytes) }
}

extension DeployPlan {
    /// - Parameters:
    ///   - gate: held against what was reported after each step.
    ///   - work: what this program itself does for the task.
    ///   - arguments: the program that it starts, if there is no such work.
    ///   - home: keeps the lock of each model.
    func performance(
        of task: TaskDefinition, gate: Gate?, after work: TaskPerformance?, or arguments: [String]?,
        home: OrchestratorHome, _ fill: (TemplateText) throws(TemplateRendering.Failure) -> String
    ) throws(TemplateRendering.Failure) -> TaskPerformance {
        var specification: JSONObject = [
            "strategy": .string(strategy.rawValue),
            "alias": .string((task.model?.alias ?? strategy.usualAlias).text),
            "socket": .string(home.path + "/api.sock"),
            "steps": .array(
                steps.map { step in
                    ["percent": .integer(Int64(step.percent)), "wait": Self.milliseconds(step.wait)]
                }),
        ]
        if let work {
            specification["perform"] = [
                "kind": .string(work.kind), "specification": .object(work.specification),
            ]
        } else {
            specification["arguments"] = .array((arguments ?? []).map(JSONValue.string))
        }
        if let health { specification["health"] = .object(try Self.json(health, fill)) }
        switch rollback {
        case .command: specification["rollback"] = true
        case .program(let program): specification["rollback"] = try Self.json(program, fill)
        case .none: break
        }
        let conditions = (gate?.conditions ?? []).map { condition -> JSONValue in
            var object: JSONObject = [
                "metric": .string(condition.metric), "severity": .string(condition.severity.rawValue),
            ]
            object["min"] = condition.minimum.flatMap { JSONValue($0) }
            object["max"] = condition.maximum.flatMap { JSONValue($0) }
            object["equals"] = condition.equals.flatMap { JSONValue($0) }
            return .object(object)
        }
        if !conditions.isEmpty { specification["gate"] = .array(conditions) }
        let name = (task.model?.name.text ?? "").utf8.map { byte in
            Self.plainBytes.contains(byte) ? String(Unicode.Scalar(byte)) : "%\(byte)"
        }.joined()
        // Two long names that begin alike share a lock.
        specification["lock"] = .string("\(home.path)/deploys/\(name.prefix(200))")
        return TaskPerformance(kind: TaskPerformance.deployKind, specification: specification)
    }

    /// Those of a model's name that stand as they are in the name of its lock.
    private static let plainBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8)

    private static func milliseconds(_ duration: Duration) -> JSONValue {
        let parts = duration.components
        return .integer(parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000)
    }

    private static func json(
        _ program: Program, _ fill: (TemplateText) throws(TemplateRendering.Failure) -> String
    ) throws(TemplateRendering.Failure) -> JSONValue {
        switch program {
        case .shell(let text): return ["/bin/sh", "-c", .string(text)]
        case .arguments(let templates):
            var texts: [JSONValue] = []
            for template in templates { texts.append(.string(try fill(template))) }
            return .array(texts)
        }
    }

    /// What `perform http` does.
    private static func request(
        _ url: String?, _ status: ClosedRange<Int>, _ timeout: Duration
    ) -> JSONValue {
        let low = JSONValue.integer(Int64(status.lowerBound))
        let high = JSONValue.integer(Int64(status.upperBound))
        var specification: JSONObject = [
            "timeout_ms": milliseconds(timeout), "expected_status": .array([.array([low, high])]),
        ]
        specification["url"] = url.map(JSONValue.string)
        return ["kind": "http", "specification": .object(specification)]
    }

    private static func json(
        _ health: Health, _ fill: (TemplateText) throws(TemplateRendering.Failure) -> String
    ) throws(TemplateRendering.Failure) -> JSONObject {
        var object: JSONObject = [
            "retries": .integer(Int64(health.retries)), "interval": milliseconds(health.interval),
            "timeout": milliseconds(health.timeout),
        ]
        object["deadline"] = health.deadline.map { milliseconds($0) }
        switch health.look {
        case .http(let url, let status):
            object["request"] = request(try fill(url), status, health.timeout)
        case .told(let output, let status):
            object["request"] = request(nil, status, health.timeout)
            object["url_output"] = .string(output)
        case .program(let program): object["arguments"] = try json(program, fill)
        }
        return object
    }
}
