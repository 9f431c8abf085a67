import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct NoticeStoreTests {
    private func raised(_ task: Int?, _ position: Int = 0, at: Int64 = 10, run: Int64 = 1) -> RaisedNotice {
        RaisedNotice(
            run: RunNumber(run), dagID: DAGID("churn"),
            instance: task.map { TaskInstanceKey(run: RunNumber(run), task: $0) },
            occasion: task == nil ? .deadline(2) : .event(.failure), position: position, kind: .webhook,
            at: .at(at), facts: ["task_id": task.map { .string("task_\($0)") } ?? .null, "text": "it failed"])
    }

    private func all(_ store: StateStore, _ edit: (inout NoticeFilter) -> Void = { _ in }) throws
        -> [NoticeRow]
    {
        var filter = NoticeFilter()
        edit(&filter)
        return try store.notices(filter).rows
    }

    @Test func aNoticeIsCommittedWithItsChangeOrNotAtAll() throws {
        let fixture = try Fixture()
        let home = try TemporaryHome()
        let store = try fixture.storeWithRun(home)
        var instance = fixture.instances(1)[0]
        instance.state = .failed
        let wrong = Transition.instanceChanged(from: .running, to: instance, at: .at(10))
        #expect(throws: StateStoreError.self) {
            try store.commit([.noticeRaised(raised(0)), wrong], at: .at(10))
        }
        #expect(try all(store).isEmpty)
        let right = Transition.instanceChanged(from: .pending, to: instance, at: .at(10))
        try store.commit([right, .noticeRaised(raised(0)), .noticeRaised(raised(nil, 1))], at: .at(10))
        let rows = try all(store)
        #expect(rows.map(\.notice) == [raised(nil, 1), raised(0)])
        #expect(rows.map(\.state) == [.pending, .pending] && rows.map(\.tries) == [0, 0])
        #expect(Set(rows.map(\.uid)).count == 2 && rows.allSatisfy { $0.uid.utf8.count == 32 })
        #expect(rows.map(\.runID) == [RunID("manual__1"), RunID("manual__1")])
    }

    @Test func aTryIsRecordedBeforeAndAfter() throws {
        let fixture = try Fixture()
        let home = try TemporaryHome()
        let store = try fixture.storeWithRun(home)
        try store.commit([.noticeRaised(raised(0)), .noticeRaised(raised(1, at: 20))], at: .at(10))
        #expect(try store.nextNotice() == .at(10))
        let due = try store.dueNotices(at: .at(15), limit: 9)
        #expect(due.map(\.taskID) == [TaskID("task_0")])
        let row = try #require(due.first)
        #expect(try store.noticeBegins(row, at: .at(16)))
        #expect(try !store.noticeBegins(row, at: .at(16)))
        #expect(try store.noticesInFlight().map(\.tries) == [1] && store.nextNotice() == .at(20))
        try store.noticeFails(row.id, problem: "no paper", next: .at(30), event: nil, at: .at(17))
        let failed = try #require(try store.notice(row.id))
        #expect(failed.state == .pending && failed.nextAt == .at(30) && failed.problem == "no paper")
        #expect(try store.noticeBegins(failed, at: .at(30)))
        let event = RecordedEvent(who: "notices", what: "notice_failed")
        try store.noticeFails(row.id, problem: "no ink", next: nil, event: event, at: .at(31))
        #expect(try store.notice(row.id)?.state == .failed && store.notice(row.id)?.endedAt == .at(31))
        #expect(try store.events().map(\.event.what).contains("notice_failed"))
        // Old news changes nothing.
        try store.noticeIsSent(row.id, at: .at(32))
        #expect(try store.notice(row.id)?.state == .failed)
        #expect(try store.sendNoticeAgain(row.id, event: event, at: .at(40)))
        #expect(try !store.sendNoticeAgain(row.id, event: event, at: .at(40)))
        let again = try #require(try store.notice(row.id))
        #expect(again.state == .pending && again.tries == 0 && again.uid == row.uid)
        #expect(try store.noticeBegins(again, at: .at(41)))
        try store.noticeIsSent(row.id, at: .at(42))
        #expect(try store.notice(row.id)?.state == .sent && store.notice(row.id)?.problem == nil)
    }

    @Test func listsAreChosenFrom() throws {
        let fixture = try Fixture()
        let home = try TemporaryHome()
        let store = try fixture.storeWithRun(home)
        try store.commit([.runCreated(fixture.run(2), fixture.instances(2))], at: .at(1))
        try store.commit(
            [.noticeRaised(raised(0)), .noticeRaised(raised(1)), .noticeRaised(raised(0, run: 2))],
            at: .at(10))
        #expect(try all(store) { $0.runID = RunID("manual__2") }.map(\.id) == [3])
        #expect(try all(store) { $0.taskID = TaskID("task_0") }.map(\.id) == [3, 1])
        #expect(try all(store) { $0.dagID = DAGID("other") }.isEmpty)
        #expect(try all(store) { $0.states = [.sent, .failed] }.isEmpty)
        #expect(try all(store) { $0.limit = 1 }.map(\.id) == [3])
        // They go with their run.
        var run = fixture.run(1)
        run.state = .success
        try store.commit([.runChanged(from: .running, to: run)], at: .at(3))
        try store.deleteRun(RunNumber(1), at: .at(4))
        #expect(try all(store).map(\.id) == [3])
    }

    @Test func whatIsKnownOfDeadlinesIsReadBack() throws {
        let fixture = try Fixture()
        let home = try TemporaryHome()
        let store = try fixture.storeWithRun(home)
        var run = fixture.run(1)
        run.deadlines = [
            DeadlineRecord(task: -1, position: 0, outcome: .missed, due: .at(60)),
            DeadlineRecord(task: 2, position: 1, outcome: .open, limit: .microseconds(1_500_001)),
        ]
        try store.commit([.runChanged(from: .running, to: run)], at: .at(2))
        #expect(try store.loadRun(RunNumber(1))?.run == run)
        run.deadlinesAreClosed = true
        run.deadlines.removeLast()
        try store.commit([.runChanged(from: .running, to: run)], at: .at(3))
        #expect(try store.loadUnfinished().state.runs.first?.run == run)
    }

    @Test func averagesAreOfTheNewestSuccessfulRunsBefore() throws {
        let fixture = try Fixture()
        let home = try TemporaryHome()
        let store = try fixture.store(home)
        // Runs 1 to 4 take 10, 20, 30 and 40 s, and their first task half of that; run 3 fails.
        for number in 1...5 as ClosedRange<Int64> {
            try store.commit([.runCreated(fixture.run(number), fixture.instances(number))], at: .at(1))
            guard number < 5 else { break }
            var run = fixture.run(number)
            run.state = number == 3 ? .failed : .success
            (run.startDate, run.endDate) = (.at(100), .at(100 + number * 10))
            var instance = fixture.instances(number)[0]
            instance.state = .success
            (instance.startDate, instance.endDate) = (.at(100), .at(100 + number * 5))
            try store.commit(
                [
                    .instanceChanged(from: .pending, to: instance, at: .at(2)),
                    .runChanged(from: .running, to: run),
                ], at: .at(2))
        }
        let questions = [
            RuntimeQuestion(task: -1, taskID: nil, runs: 10), RuntimeQuestion(task: -1, taskID: nil, runs: 2),
            RuntimeQuestion(task: 0, taskID: TaskID("task_0"), runs: 2),
            RuntimeQuestion(task: 1, taskID: TaskID("task_1"), runs: 10),
        ]
        let answers = try store.averageRuntimes(of: DAGID("churn"), before: RunNumber(5), questions)
        #expect(answers.map(\.question) == questions && answers.map(\.samples) == [3, 2, 2, 0])
        #expect(answers.prefix(3).map { $0.average.microseconds / 1_000 } == [23_333, 30_000, 15_000])
        let earlier = try store.averageRuntimes(of: DAGID("churn"), before: RunNumber(2), [questions[0]])
        #expect(earlier.map(\.average) == [.seconds(10)])
    }
}
