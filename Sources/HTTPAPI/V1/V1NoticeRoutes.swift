import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerCore
import SchedulerService
import StateStore

/// `/api/v1/notices`: who is told what, and why somebody could not be.
struct V1NoticeRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("notices", use: list)
        api.get("notices/:notice_id", use: get)
        api.post("notices/:notice_id/send", use: sendAgain)
    }

    /// The newest first; `dag_id`, `run_id`, `task_id` and `state` (repeatable) choose.
    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Notice>> {
        let query = try QueryItems(request)
        let page = try query.longPage()
        var filter = NoticeFilter()
        filter.dagID = query["dag_id"].map { DAGID($0) }
        filter.runID = query["run_id"].map { RunID($0) }
        filter.taskID = query["task_id"].map { TaskID($0) }
        guard filter.dagID?.isValidName ?? true else {
            throw APIError.badRequest("that is not the form of a DAG id")
        }
        let states = try query.words("state", of: NoticeState.self)
        filter.states = states.isEmpty ? nil : states
        (filter.limit, filter.offset) = page
        return Answer(
            try await backend.reading { [filter] backend in
                let rows = try backend.store.notices(filter)
                return V1.Page(
                    items: try rows.rows.map { try backend.notice($0) }, totalEntries: rows.total)
            })
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Answer<V1.Notice> {
        let id = try context.noticeID()
        return Answer(
            try await backend.reading { try $0.notice(try $0.controlPlane.notice(id)) })
    }

    @Sendable private func sendAgain(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Notice> {
        let id = try context.noticeID()
        let actor = context.actor
        return Answer(
            try await backend.reading {
                try $0.notice(try $0.controlPlane.sendNoticeAgain(id, by: actor))
            })
    }
}

extension APIContext {
    fileprivate func noticeID() throws -> Int64 {
        guard let text = parameters.get("notice_id"), let id = Int64(text), id >= 1 else {
            throw APIError.badRequest("the id of a notice is a number")
        }
        return id
    }
}

extension Backend {
    /// Inside `reading` only; without the run's secrets.
    fileprivate func notice(_ row: NoticeRow) throws -> V1.Notice {
        let facts: JSONObject
        do throws(ValueError) {
            facts = try controlPlane.values.masker(for: row.notice.run).masked(row.notice.facts)
        } catch {
            throw ControlPlaneError(error)
        }
        return V1.Notice(
            id: row.id, uid: row.uid, dagID: row.notice.dagID.text, runID: row.runID.text,
            taskID: row.taskID?.text, mapIndex: row.notice.instance?.mapIndex ?? -1,
            event: row.notice.occasion.word, kind: row.notice.kind.rawValue, state: row.state.rawValue,
            tries: row.tries, createdAt: row.notice.at.rfc3339, nextAt: row.nextAt?.rfc3339,
            endedAt: row.endedAt?.rfc3339, problem: row.problem, text: facts["text"]?.stringValue ?? "",
            facts: facts)
    }

    /// Sentences for `why`: deadlines that the task missed, and people who could not be told of it.
    func sequel(of place: TaskPlace) throws -> [String] {
        let run = try run(place.dagID, place.runID).run
        let dag = try controlPlane.definition(of: run)
        var sentences = run.toldDeadlines(in: dag).filter { $0.outcome == .missed && $0.task == place.taskID }
            .map { "Deadline missed: \($0.text)." }
        if let index = dag.index(of: place.taskID), dag.tasks[index].cache != nil {
            let key = TaskInstanceKey(run: run.number, task: index, mapIndex: place.mapIndex)
            if let record = try store.cacheRecords(of: key).last, record.answer != .served {
                sentences.append("Try \(record.tryNumber) was \(record.text).")
            }
        }
        var filter = NoticeFilter()
        filter.run = run.number
        filter.taskID = place.taskID
        filter.states = [.pending, .failed]
        for row in try store.notices(filter).rows {
            guard let problem = row.problem else { continue }
            let tries = row.tries == 1 ? "1 try" : "\(row.tries) tries"
            let what =
                row.state == .failed ? "was given up after \(tries)" : "has not been sent after \(tries)"
            sentences.append(
                "Its \(row.notice.occasion.word) notice by \(row.notice.kind.rawValue) \(what): \(problem).")
        }
        return sentences
    }
}

extension V1.Deadline {
    init(_ deadline: ToldDeadline) {
        self.init(
            taskID: deadline.task?.text, outcome: deadline.outcome.rawValue, due: deadline.due?.rfc3339,
            text: deadline.text)
    }
}
