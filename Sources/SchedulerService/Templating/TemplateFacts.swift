import DAGDomain
import JSONText
import SchedulerCore

/// What a template can say about the try it is filled in for.
struct TemplateFacts: Sendable {
    let run: DAGRun
    let dag: DAG
    let task: TaskID
    let mapIndex: Int
    let tryNumber: Int
    /// The last successful run with an earlier logical date; looked for only when a template asks.
    let previousSuccess: @Sendable () throws(TemplateRendering.Failure) -> DAGRun?
    /// What a notice tells, without secrets; nothing elsewhere.
    var notice = JSONObject()
    /// The asset events that started the run, by URI; looked for only when a template asks.
    var triggeringEvents: @Sendable () throws(TemplateRendering.Failure) -> JSONObject = {
        () throws(TemplateRendering.Failure) in JSONObject()
    }

    func value(of name: TemplateName) throws(TemplateRendering.Failure) -> TemplateValue {
        switch name {
        case .ds, .dsNoDash, .ts, .tsNoDash, .tsNoDashWithZone, .logicalDate, .dagRunLogicalDate:
            return try logicalDate(as: name)
        case .dataIntervalStart, .dagRunDataIntervalStart: return try instant(run.dataIntervalStart, name)
        case .dataIntervalEnd, .dagRunDataIntervalEnd: return try instant(run.dataIntervalEnd, name)
        case .dagRunAfter: return .instant(run.runAfter, .utc)
        case .dagRunQueuedAt: return .instant(run.queuedAt, .utc)
        case .dagRunStartDate: return .instant(run.startDate ?? run.queuedAt, .utc)
        case .previousDataIntervalStart: return try previous(name, \.dataIntervalStart)
        case .previousDataIntervalEnd: return try previous(name, \.dataIntervalEnd)
        case .previousStartDate: return try previous(name, \.startDate)
        case .previousEndDate: return try previous(name, \.endDate)
        case .tryNumber: return .json(.integer(Int64(tryNumber)))
        case .mapIndex: return .json(.integer(Int64(mapIndex)))
        case .noticeID, .noticeEvent, .noticeAt, .noticeState, .noticeReason, .noticeText:
            let key = String(name.rawValue.dropFirst("notice.".count))
            guard let value = notice[key], !value.isNull else {
                throw .missing("the notice has no \(key); write {{ \(name.rawValue) | default('...') }}")
            }
            return .json(value)
        case .triggeringAssetEvents: return .json(.object(try triggeringEvents()))
        case .runID, .dagRunID, .instanceRunID, .dagID, .dagRunDAGID, .instanceDAGID, .dagDescription,
            .dagOwner, .dagRunType, .taskID, .instanceTaskID, .instanceKey:
            return .json(.string(text(of: name)))
        }
    }

    private func text(of name: TemplateName) -> String {
        switch name {
        case .runID, .dagRunID, .instanceRunID: run.runID.text
        case .dagDescription: dag.settings.description
        case .dagOwner: dag.settings.owner
        case .dagRunType: run.type.rawValue
        case .taskID, .instanceTaskID: task.text
        case .instanceKey:
            // Airflow: `{dag_id}__{task_id}__{ds_nodash}`; without a date the run's id stands for it.
            "\(dag.id)__\(task)__"
                + (run.logicalDate.map { DateTexts.dsNoDash($0, .utc) } ?? run.runID.text)
        default: dag.id.text
        }
    }

    private func logicalDate(as name: TemplateName) throws(TemplateRendering.Failure) -> TemplateValue {
        guard let date = run.logicalDate else {
            throw .missing(
                "the run has no logical date, so `\(name.rawValue)` has no value; trigger it with one, or write "
                    + "{{ \(name.rawValue) | default('...') }}")
        }
        switch name {
        case .ds:
            return .date(CivilDate(daysSinceEpoch: Int(date.secondsSinceEpoch.flooredDivision(by: 86_400))))
        case .dsNoDash: return .json(.string(DateTexts.dsNoDash(date, .utc)))
        case .ts: return .json(.string(DateTexts.ts(date, .utc)))
        case .tsNoDash: return .json(.string(DateTexts.tsNoDash(date, .utc)))
        case .tsNoDashWithZone: return .json(.string(DateTexts.tsNoDashWithZone(date, .utc)))
        default: return .instant(date, .utc)
        }
    }

    private func instant(
        _ value: Timestamp?, _ name: TemplateName
    ) throws(TemplateRendering.Failure) -> TemplateValue {
        guard let value else {
            throw .missing(
                "the run has no data interval, so `\(name.rawValue)` has no value; write "
                    + "{{ \(name.rawValue) | default('...') }}")
        }
        return .instant(value, .utc)
    }

    private func previous(
        _ name: TemplateName, _ field: KeyPath<DAGRun, Timestamp?>
    ) throws(TemplateRendering.Failure) -> TemplateValue {
        guard let value = try previousSuccess()?[keyPath: field] else {
            throw .missing(
                "no earlier run of `\(dag.id)` was a success, so `\(name.rawValue)` has no value; write "
                    + "{{ \(name.rawValue) | default('...') }}")
        }
        return .instant(value, .utc)
    }
}
