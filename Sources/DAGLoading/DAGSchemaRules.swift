import DAGDomain
import JSONText

/// What the readers of tasks and groups ask of an object as a whole, for the schema.
enum DAGSchemaRules {
    static func rules(of name: KeyTable.Name) -> [JSONValue] {
        switch name {
        case .task, .keyedTask: roleRules + timeoutRules + setupRules + mappingRules + mappedRoleRules
        case .taskGroup: mappingRules
        case .gateCondition:
            [
                ["anyOf": .array(GateKeys.bounds.map { ["required": [.string($0)]] })],
                [
                    "dependentRequired": .object(
                        JSONObject(GateKeys.ofComparison.map { ($0, ["vs"]) }))
                ],
                ["not": ["required": ["vs", "minus"]]], ["not": ["required": ["vs", "slices"]]],
                ["not": ["required": ["minus", "slices"]]],
            ]
        case .notice: atMostOne(of: RoleKeys.noticeKinds)
        case .deadline: deadlineRules
        case .drift:
            [["dependentRequired": ["label": ["prediction"], "positive": ["label"]]]]
        case .driftTable:
            atMostOne(of: RoleKeys.driftTables) + [["dependentRequired": ["alias": ["model"]]]]
        case .retraining: atMostOne(of: ["any", "all"])
        case .retrainClause: atMostOne(of: RoleKeys.retrainClauses)
        case .watchedMetric: atMostOne(of: RoleKeys.retrainBounds)
        case .watchedDrift: atMostOne(of: RoleKeys.retrainBounds)
        case .schedule:
            RoleKeys.withoutRetraining.map { ["not": ["required": ["retrain_when", .string($0)]]] }
        case .dataRule: dataRules
        case .outlet:
            [
                ["not": ["required": ["alias", "uri"]]],
                ["dependentRequired": .object(JSONObject(["name", "group", "extra"].map { ($0, ["uri"]) }))],
            ]
        case .assetCondition:
            [
                ["not": ["required": ["all", "any"]]], ["not": ["required": ["uri", "all"]]],
                ["not": ["required": ["uri", "any"]]], ["not": ["required": ["alias", "uri"]]],
                ["not": ["required": ["alias", "all"]]], ["not": ["required": ["alias", "any"]]],
                [
                    "dependentRequired": .object(
                        JSONObject(["name", "group", "extra", "watch"].map { ($0, ["uri"]) }))
                ],
            ]
        default: []
        }
    }

    private static var deadlineRules: [JSONValue] {
        atMostOne(of: RoleKeys.deadlineKinds) + [
            ["dependentRequired": ["runs": ["average_runtime"], "min_runs": ["average_runtime"]]],
            when(
                ["required": ["average_runtime"]],
                ["properties": ["reference": false, "from": false]]),
        ]
    }

    /// Something is demanded; what is demanded of a column names it, and a column that is named has a demand.
    private static var dataRules: [JSONValue] {
        func isThere(_ keys: [String]) -> JSONValue {
            let words = keys.flatMap { KeyTable.dataRule.rule(for: $0)?.words ?? [$0] }
            return ["anyOf": .array(words.map { ["required": [.string($0)]] })]
        }
        return [
            isThere(RuleKeys.table + RuleKeys.column),
            when(isThere(RuleKeys.column), ["required": ["column"]]),
            when(["required": ["column"]], isThere(RuleKeys.column)),
            when(isOn("no_other_columns"), ["required": ["columns"]]),
            when(isThere(["max_psi", "max_drift_share"]), isThere(["drift_from"])),
            when(isThere(["drift_from"]), isThere(["max_psi", "max_drift_share"])),
        ]
    }

    /// A key and its aliases.
    private static func words(_ key: String) -> [String] { KeyTable.task.rule(for: key)?.words ?? [key] }

    private static func isThere(_ keys: [String]) -> JSONValue {
        ["anyOf": .array(keys.flatMap(words).map { ["required": [.string($0)]] })]
    }

    private static func isAbsent(_ keys: [String]) -> JSONValue {
        ["properties": .object(JSONObject(keys.flatMap(words).map { ($0, false) }))]
    }

    private static func atMostOne(of keys: [String]) -> [JSONValue] {
        var rules: [JSONValue] = []
        for (place, key) in keys.enumerated() {
            for other in keys[..<place].flatMap(words) {
                rules += words(key).map { ["not": ["required": [.string(other), .string($0)]]] }
            }
        }
        return rules
    }

    private static func typeIs(_ roles: [TaskRole]) -> JSONValue {
        [
            "properties": ["type": ["enum": .array(roles.map { .string($0.rawValue) })]],
            "required": ["type"],
        ]
    }

    private static func when(_ condition: JSONValue, _ then: JSONValue) -> JSONValue {
        ["if": condition, "then": then]
    }

    private static func unless(_ condition: JSONValue, _ otherwise: JSONValue) -> JSONValue {
        ["if": condition, "else": otherwise]
    }

    private static var roleRules: [JSONValue] {
        RoleKeys.own.map { unless(typeIs([$0.role]), isAbsent($0.keys)) } + [
            when(typeIs([.triggerDAG]), isThere(["trigger_dag", "trigger_dag_id"])),
            when(typeIs(RoleKeys.withoutCommand), isAbsent(RoleKeys.ways)),
            unless(
                ["anyOf": [typeIs(RoleKeys.withoutCommand + [.sensor]), ["required": ["drift"]]]],
                ["allOf": .array([isThere(RoleKeys.ways)] + atMostOne(of: RoleKeys.ways))]),
            when(
                typeIs([.sensor]),
                ["allOf": .array([isThere(RoleKeys.awaited)] + atMostOne(of: RoleKeys.awaited))]),
            when(typeIs([.approval]), isThere(["subject"])),
            ["dependentRequired": ["delay_from": ["delay"]]],
            when(isThere(["on_gate_failure"]), isThere(["gate", "checks"])),
            when(["anyOf": [typeIs(RoleKeys.withoutCommand), typeIs([.sensor])]], isAbsent(["checks"])),
        ]
    }

    private static var timeoutRules: [JSONValue] {
        [unless(typeIs([.sensor, .approval]), ["not": ["required": ["timeout", "execution_timeout"]]])]
    }

    private static func isOn(_ key: String) -> JSONValue {
        ["properties": .object([key: ["const": true]]), "required": [.string(key)]]
    }

    private static var setupRules: [JSONValue] {
        [
            when(isOn("teardown"), ["properties": ["trigger_rule": false, "setup": ["const": false]]]),
            when(isOn("on_failure_fail_dagrun"), isOn("teardown")),
        ]
    }

    private static var mappingRules: [JSONValue] {
        atMostOne(of: RoleKeys.mappings)
            + [
                when(
                    isThere(["max_parallel", "fail_fast", "select", "early_stopping"]),
                    isThere(RoleKeys.mappings))
            ]
    }

    private static var mappedRoleRules: [JSONValue] {
        [when(isThere(RoleKeys.mappings), ["not": typeIs(RoleKeys.unmappable)])]
    }
}
