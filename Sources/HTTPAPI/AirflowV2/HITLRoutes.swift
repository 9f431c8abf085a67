import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `hitlDetails`: approval tasks under Airflow's name, with its options "Approve" and "Reject".
struct HITLRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        let run = api.group("dags/:dag_id/dagRuns/:dag_run_id")
        run.get("hitlDetails", use: list)
        let question = run.group("taskInstances/:task_id/:map_index/hitlDetails")
        question.get("", use: get)
        question.patch("", use: answer)
        question.get("tries/:try_number", use: tryDetail)
    }

    /// Of all runs (`~`) only those that have not ended: answers of the past are in their runs.
    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.HITLDetailCollection> {
        let (dagID, runID) = (try context.dagIDOrAll(), try context.runIDOrAll())
        let query = try QueryItems(request)
        let (limit, offset) = try query.page()
        let wanted = try HITLFilter(query)
        return Answer(
            try await backend.reading { backend in
                let runs = try backend.runsWithQuestions(dagID, runID)
                let details = try runs.flatMap { try backend.questions(of: $0) }.filter(wanted.matches)
                let sorted = wanted.sorted(details)
                return AirflowV2.HITLDetailCollection(
                    hitlDetails: Array(sorted.dropFirst(offset).prefix(limit)), totalEntries: sorted.count)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.HITLDetail> {
        Answer(try await question(at: try TaskPlace(request, context)))
    }

    /// Only the newest try of a question is kept.
    @Sendable private func tryDetail(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.HITLDetail> {
        let place = try TaskPlace(request, context)
        let number = try context.number("try_number", in: 1...Int(Int32.max))
        let detail = try await question(at: place)
        guard detail.taskInstance.tryNumber == number else {
            throw ControlPlaneError.unknownAttempt(place.dagID, place.runID, place.taskID, tryNumber: number)
        }
        return Answer(detail)
    }

    private func question(at place: TaskPlace) async throws -> AirflowV2.HITLDetail {
        try await backend.reading { backend in
            let (run, row) = try backend.instance(place)
            guard let detail = try backend.questions(of: run.run, only: row).first else {
                let id = WireUUID.taskInstance(row.instance.key)
                throw APIError.unknown(
                    .task, "Human-in-the-loop detail does not exist for Task Instance with id \(id)")
            }
            return detail
        }
    }

    @Sendable private func answer(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.HITLDetailResponse> {
        let place = try TaskPlace(request, context)
        let body = try await request.decodeBody(AirflowV2.UpdateHITLDetailPayload.self)
        let detail = try await question(at: place)
        guard !detail.responseReceived else {
            throw APIError.conflict(
                "Human-in-the-loop detail has already been updated for Task Instance with id "
                    + "\(detail.taskInstance.id) and is not allowed to write again.")
        }
        guard body.chosenOptions.count == 1, let decision = Approval.Decision(option: body.chosenOptions[0])
        else {
            throw APIError.badRequest(
                "chosen_options must be one of \(detail.options.joined(separator: ", "))")
        }
        guard body.paramsInput?.isEmpty ?? true else {
            throw APIError.badRequest("params_input: the question has no params")
        }
        try await backend.controlPlane.decide(
            dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex, decision,
            by: context.actor, note: nil)
        return Answer(
            AirflowV2.HITLDetailResponse(
                chosenOptions: [decision.option], respondedAt: WallClock.now().rfc3339,
                respondedBy: AirflowV2.HITLUser(id: context.actor, name: context.actor)))
    }
}

/// What a list of questions is narrowed down and sorted by.
private struct HITLFilter: Sendable {
    let taskIDs: Set<String>
    let mapIndex: Int?
    let states: Set<String>
    let isAnswered: Bool?
    let users: Set<String>
    let subject: String
    let body: String
    let created: TimestampRange?
    let order: String

    init(_ query: QueryItems) throws {
        taskIDs = Set(query.all("task_id"))
        mapIndex = try query.int("map_index")
        states = Set(query.all("state"))
        isAnswered = try query.bool("response_received")
        users = Set(query.all("responded_by_user_id") + query.all("responded_by_user_name"))
        subject = query["subject_search"] ?? ""
        body = query["body_search"] ?? ""
        created = try query.range("created_at")
        order = query["order_by"] ?? "created_at"
        guard ["created_at", "responded_at", "subject"].contains(order.drop { $0 == "-" }) else {
            throw APIError.badRequest("order_by must be created_at, responded_at or subject")
        }
    }

    func matches(_ detail: AirflowV2.HITLDetail) -> Bool {
        let instance = detail.taskInstance
        let at = try? Timestamp(rfc3339: detail.createdAt)
        return (taskIDs.isEmpty || taskIDs.contains(instance.taskID))
            && (mapIndex == nil || mapIndex == instance.mapIndex)
            && (states.isEmpty || instance.state.map { states.contains($0.rawValue) } ?? false)
            && (isAnswered == nil || isAnswered == detail.responseReceived)
            && (users.isEmpty || detail.respondedByUser.map { users.contains($0.id) } ?? false)
            && (subject.isEmpty || detail.subject.contains(subject))
            && (body.isEmpty || detail.body?.contains(body) ?? false)
            && (created?.from).map { at ?? .epoch >= $0 } ?? true
            && (created?.through).map { at ?? .epoch <= $0 } ?? true
    }

    func sorted(_ details: [AirflowV2.HITLDetail]) -> [AirflowV2.HITLDetail] {
        func key(_ detail: AirflowV2.HITLDetail) -> String {
            switch order.drop(while: { $0 == "-" }) {
            case "subject": detail.subject
            case "responded_at": detail.respondedAt ?? ""
            default: detail.createdAt
            }
        }
        let sorted = details.sorted { key($0) < key($1) }
        return order.hasPrefix("-") ? sorted.reversed() : sorted
    }
}

extension Approval.Decision {
    /// As Airflow's approval operator calls it.
    fileprivate var option: String {
        switch self {
        case .approve: "Approve"
        case .reject: "Reject"
        }
    }

    fileprivate init?(option: String) {
        guard let decision = Self.allCases.first(where: { $0.option == option }) else { return nil }
        self = decision
    }
}

extension Backend {
    /// Inside `reading` only.
    fileprivate func runsWithQuestions(_ dagID: DAGID?, _ runID: RunID?) throws -> [DAGRun] {
        if let dagID, let runID { return [try run(dagID, runID).run] }
        if let dagID { try requireDAG(dagID) }
        var filter = RunFilter()
        filter.dagIDs = dagID.map { [$0] }
        filter.runIDs = runID.map { [$0] }
        if runID == nil { filter.states = [.queued, .running] }
        filter.limit = Int(Int32.max)
        return try store.runs(filter).rows.map(\.run)
    }

    /// The questions of a run that have been asked; inside `reading` only.
    fileprivate func questions(of run: DAGRun, only: InstanceRow? = nil) throws -> [AirflowV2.HITLDetail] {
        let dag = try controlPlane.definition(of: run)
        let tasks = dag.tasks.filter { $0.role == .approval }.map(\.id)
        guard !tasks.isEmpty else { return [] }
        var filter = InstanceFilter()
        filter.taskIDs = tasks
        filter.limit = Int(Int32.max)
        var versions = VersionRows()
        let version = try versions.response(for: run, store)
        let rows: [InstanceRow]
        if let only {
            rows = tasks.contains(only.taskID) ? [only] : []
        } else {
            rows = try store.instances(of: run.number, filter).rows
        }
        return try rows.compactMap { row in
            guard row.instance.tryNumber > 0, let task = dag.index(of: row.taskID),
                let wait = dag.tasks[task].flow.wait, case .approval(let approval) = wait.condition
            else { return nil }
            return AirflowV2.HITLDetail(
                approval, row, outputs: try store.outputs(of: row.instance.key),
                instance: AirflowV2.TaskInstanceResponse(row, version: version, fields: nil))
        }
    }
}

extension AirflowV2.HITLDetail {
    /// A question that timed out was answered by nobody.
    fileprivate init(
        _ approval: Approval, _ row: InstanceRow, outputs: [TaskOutput],
        instance: AirflowV2.TaskInstanceResponse
    ) {
        func text(_ name: String) -> String? { outputs.last { $0.name == name }?.value.stringValue }
        let chosen = text("decision").flatMap { Approval.Decision(rawValue: $0)?.option }
        let user = text("decided_by").flatMap { $0 == "timeout" ? nil : $0 }
        let isAnswered = row.instance.state.isFinished && chosen != nil
        self.init(
            body: approval.body, chosenOptions: isAnswered ? chosen.map { [$0] } : nil,
            createdAt: (row.instance.startDate ?? row.updatedAt).rfc3339,
            defaults: approval.fallback.map { [$0.option] },
            options: Approval.Decision.allCases.map(\.option),
            respondedAt: isAnswered ? row.instance.endDate?.rfc3339 : nil,
            respondedByUser: isAnswered ? user.map { AirflowV2.HITLUser(id: $0, name: $0) } : nil,
            responseReceived: isAnswered, subject: approval.subject, taskInstance: instance)
    }
}
