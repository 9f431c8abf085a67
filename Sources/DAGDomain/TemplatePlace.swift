import JSONText

/// One `{{ ... }}`: what it names, and the filters its value goes through, from left to right.
package struct TemplatePlace: Hashable, Sendable {
    package let reference: TemplateReference
    package let filters: [TemplateFilter]

    package init(_ reference: TemplateReference, filters: [TemplateFilter] = []) {
        self.reference = reference
        self.filters = filters
    }
}

/// What a place of a template names.
package enum TemplateReference: Hashable, Sendable {
    /// `params`, all of them as one object.
    case parameters
    /// `params.NAME`, and steps into it: keys of objects, positions of lists.
    case parameter(name: String, path: [String] = [])
    /// `dag_run.conf`, or a value in it: what the run was given, without what a mapped instance adds.
    case configuration(path: [String])
    case output(task: TaskID, name: String)
    /// A fact about the run, the task or the try.
    case fact(TemplateName)
    /// `var.value.KEY` or `var.KEY`
    case variable(key: String)
    /// `var.json.KEY`, and steps into it.
    case variableJSON(key: String, path: [String])
    case connection(id: String, ConnectionField)
    /// A quoted text.
    case text(String)
}

/// What a template can take of a connection, in Airflow's words.
package enum ConnectionField: Hashable, Sendable {
    case id, type, host, login, password, port, schema, description, uri
    /// The whole of `extra`, or a value in it.
    case extra(path: [String])

    package static let words: [(word: String, field: ConnectionField)] = [
        ("conn_id", .id), ("conn_type", .type), ("host", .host), ("login", .login), ("password", .password),
        ("port", .port), ("schema", .schema), ("description", .description), ("uri", .uri),
        ("get_uri", .uri), ("extra", .extra(path: [])), ("extra_dejson", .extra(path: [])),
    ]
}

/// The facts that a template can name, with Airflow's names (airflow.md A13).
package enum TemplateName: String, Hashable, Sendable, CaseIterable {
    case ds
    case dsNoDash = "ds_nodash"
    case ts
    case tsNoDash = "ts_nodash"
    case tsNoDashWithZone = "ts_nodash_with_tz"
    case logicalDate = "logical_date"
    case dataIntervalStart = "data_interval_start"
    case dataIntervalEnd = "data_interval_end"
    case runID = "run_id"
    case dagID = "dag.dag_id"
    case dagDescription = "dag.description"
    case dagOwner = "dag.owner"
    case dagRunDAGID = "dag_run.dag_id"
    case dagRunID = "dag_run.run_id"
    case dagRunType = "dag_run.run_type"
    case dagRunLogicalDate = "dag_run.logical_date"
    case dagRunDataIntervalStart = "dag_run.data_interval_start"
    case dagRunDataIntervalEnd = "dag_run.data_interval_end"
    case dagRunAfter = "dag_run.run_after"
    case dagRunQueuedAt = "dag_run.queued_at"
    case dagRunStartDate = "dag_run.start_date"
    case taskID = "task.task_id"
    case instanceTaskID = "ti.task_id"
    case instanceDAGID = "ti.dag_id"
    case instanceRunID = "ti.run_id"
    case tryNumber = "ti.try_number"
    case mapIndex = "ti.map_index"
    case instanceKey = "task_instance_key_str"
    case previousDataIntervalStart = "prev_data_interval_start_success"
    case previousDataIntervalEnd = "prev_data_interval_end_success"
    case previousStartDate = "prev_start_date_success"
    case previousEndDate = "prev_end_date_success"
    case triggeringAssetEvents = "triggering_asset_events"
    // What a notice tells; only notices have them.
    case noticeID = "notice.id"
    case noticeEvent = "notice.event"
    case noticeAt = "notice.at"
    case noticeState = "notice.state"
    case noticeReason = "notice.reason"
    case noticeText = "notice.text"

    /// Whether only a notice has it.
    package var isOfNotice: Bool { rawValue.hasPrefix("notice.") }

    /// The environment variable of a task that has this very value, or from which it can be had.
    package var environmentVariable: String? {
        switch self {
        case .ds, .dsNoDash, .ts, .tsNoDash, .tsNoDashWithZone, .logicalDate, .dagRunLogicalDate:
            "ORCHESTRATOR_LOGICAL_DATE"
        case .dataIntervalStart, .dagRunDataIntervalStart: "ORCHESTRATOR_DATA_INTERVAL_START"
        case .dataIntervalEnd, .dagRunDataIntervalEnd: "ORCHESTRATOR_DATA_INTERVAL_END"
        case .runID, .dagRunID, .instanceRunID: "ORCHESTRATOR_RUN_ID"
        case .dagID, .dagRunDAGID, .instanceDAGID: "ORCHESTRATOR_DAG_ID"
        case .dagRunType: "ORCHESTRATOR_RUN_TYPE"
        case .taskID, .instanceTaskID: "ORCHESTRATOR_TASK_ID"
        case .tryNumber: "ORCHESTRATOR_TRY_NUMBER"
        case .mapIndex: "ORCHESTRATOR_MAP_INDEX"
        case .triggeringAssetEvents: "ORCHESTRATOR_ASSET_EVENTS"
        case .dagDescription, .dagOwner, .dagRunAfter, .dagRunQueuedAt, .dagRunStartDate, .instanceKey,
            .previousDataIntervalStart, .previousDataIntervalEnd, .previousStartDate, .previousEndDate,
            .noticeID, .noticeEvent, .noticeAt, .noticeState, .noticeReason, .noticeText:
            nil
        }
    }
}

extension TemplatePlace: CustomStringConvertible {
    /// As it can be written in a DAG file.
    package var description: String {
        let filters = filters.map { filter -> String in
            let arguments = filter.arguments.map { $0.stringValue.map { "'\($0)'" } ?? $0.text() }
            return " | \(filter.kind.rawValue)"
                + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))")
        }
        return "{{ \(reference)\(filters.joined()) }}"
    }
}

extension TemplateReference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .parameters: "params"
        case .parameter(let name, let path): (["params", name] + path).joined(separator: ".")
        case .configuration(let path): (["dag_run", "conf"] + path).joined(separator: ".")
        case .output(let task, let name): "outputs.\(task).\(name)"
        case .fact(let name): name.rawValue
        case .variable(let key): "var.value.\(key)"
        case .variableJSON(let key, let path): (["var", "json", key] + path).joined(separator: ".")
        case .connection(let id, .extra(let path)):
            (["conn", id, "extra"] + path).joined(separator: ".")
        case .connection(let id, let field):
            "conn.\(id).\(ConnectionField.words.first { $0.field == field }?.word ?? "")"
        case .text(let text): "'\(text)'"
        }
    }
}
