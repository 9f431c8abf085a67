import DAGDomain
import JSONText

/// The group around a task, as far as reading the task depends on it.
struct GroupPlace {
    var group: Int?
    var ancestors: [Int] = []
    /// What ids begin with here.
    var prefix = ""
    /// Whether the group or one around it is mapped, and its limits for each of its tasks.
    var isMapped = false
    var maximumActive: Int?
    var failsFast = false
}

/// When a task runs and how many instances it has.
extension TaskReader {
    mutating func readSharedFlow(_ fields: Fields, into flow: inout TaskFlow) {
        flow.dependsOnPast = fields["depends_on_past"]?.value.boolValue ?? flow.dependsOnPast
        flow.waitsForDownstream = fields["wait_for_downstream"]?.value.boolValue ?? flow.waitsForDownstream
        flow.maximumActivePerDAG = fields.integer("max_active_tis_per_dag") ?? flow.maximumActivePerDAG
        flow.maximumActivePerRun = fields.integer("max_active_tis_per_dagrun") ?? flow.maximumActivePerRun
    }

    mutating func readFlow(_ fields: Fields, in place: GroupPlace, into task: inout ReadTask) {
        // As in Airflow, waiting for what was below in the past implies waiting for the past.
        if task.definition.flow.waitsForDownstream { task.definition.flow.dependsOnPast = true }
        task.condition = fields["when"]
        if place.isMapped {
            task.definition.flow.maximumActivePerRun =
                fields.integer("max_active_tis_per_dagrun") ?? place.maximumActive
                ?? task.definition.flow.maximumActivePerRun
            task.definition.flow.failsFast = place.failsFast
        }
        readSetup(fields, into: &task.definition)
        guard let mapping = readMapping(fields, references: &task.references) else { return }
        parameters = parameters.adding(mapping.names, isOpen: mapping.isOpen)
        task.definition.flow.mapping = mapping.mapping
        task.definition.flow.maximumActivePerRun =
            fields.integer("max_parallel") ?? task.definition.flow.maximumActivePerRun
        task.definition.flow.failsFast = fields["fail_fast"]?.value.boolValue ?? false
    }

    private mutating func readSetup(_ fields: Fields, into task: inout TaskDefinition) {
        let isOn = { (name: String) in fields[name]?.value.boolValue == true }
        task.flow.isSetup = isOn("setup")
        task.flow.isTeardown = isOn("teardown")
        task.flow.failsRunAsTeardown = isOn("on_failure_fail_dagrun")
        if task.flow.isSetup, task.flow.isTeardown, let member = fields.member("teardown") {
            diagnostics.error("a task is a setup or a teardown, not both", at: member.keyPosition)
        }
        if !task.flow.isTeardown, task.flow.failsRunAsTeardown,
            let member = fields.member("on_failure_fail_dagrun")
        {
            diagnostics.error("\"\(member.key)\" needs \"teardown\": true", at: member.keyPosition)
        }
        guard task.flow.isTeardown else { return }
        task.triggerRule = .allSuccess
        if let member = fields.member("trigger_rule") {
            diagnostics.error(
                "a teardown has a rule of its own (everything above has ended, a setup succeeded); remove "
                    + "\"trigger_rule\"", at: member.keyPosition)
        }
    }

    /// What the role, the timeouts and a mapped group ask of the task.
    mutating func checkRole(_ fields: Fields, in place: GroupPlace, _ task: ReadTask) {
        let definition = task.definition
        let isMapped = definition.flow.mapping != nil
        if RoleKeys.unmappable.contains(definition.role), isMapped || place.isMapped {
            let place = (fields["type"] ?? fields["task_id"])?.position ?? task.position
            let what = isMapped ? "be mapped" : "be in a mapped group"
            diagnostics.error(
                "a task of type \"\(definition.role.rawValue)\" decides once in a run and cannot \(what)",
                at: place)
        }
        if place.isMapped {
            if isMapped, let member = RoleKeys.mappings.lazy.compactMap({ fields.member($0) }).first {
                diagnostics.error(
                    "\"\(member.key)\" cannot be in a mapped group; the group's values are this task's",
                    at: member.keyPosition)
            }
            if definition.triggerRule == .always {
                diagnostics.error(
                    "the trigger rule \"always\" cannot be in a mapped group",
                    at: fields["trigger_rule"]?.position ?? task.position)
            }
        }
    }

    /// `timeout` of a task that does not wait is its `execution_timeout`.
    mutating func readTimeout(_ fields: Fields, into task: inout TaskDefinition) {
        guard let member = fields.member("timeout") else { return }
        if fields["execution_timeout"] != nil {
            diagnostics.error(
                "\"timeout\" and \"execution_timeout\" mean the same; keep one", at: member.keyPosition)
        }
        task.executionTimeout = fields.duration("timeout")
    }
}
