import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct RenderedFieldsTests {
    @Test func theNewestThirtyRunsOfATaskAreKept() throws {
        let fixture = try Fixture()
        let home = try TemporaryHome()
        let store = try fixture.store(home)
        let kept = StateStore.renderedRunsKept
        for number in 1...Int64(kept + 5) {
            try store.commit([.runCreated(fixture.run(number), fixture.instances(number))], at: .at(1))
            try store.recordRendered(
                [0, 1].filter { $0 == 0 || number < 3 }.map { task in
                    RenderedFieldsRow(
                        key: TaskInstanceKey(run: RunNumber(number), task: task), tryNumber: 1,
                        dagID: fixture.dag.id, taskID: fixture.dag.tasks[task].id,
                        fields: ["command": .integer(number)])
                }, at: .at(2))
        }
        #expect(try store.renderedFields(of: RunNumber(5)) == [])
        #expect(try store.renderedFields(of: RunNumber(6)).map(\.fields) == [["command": 6]])
        // Of another task there are fewer.
        #expect(try store.renderedFields(of: RunNumber(1)).map(\.key.task) == [1])
        // A run that is gone leaves nothing, and nothing can be added to it.
        var run = fixture.run(6)
        let state = run.state
        run.state = .success
        try store.commit([.runChanged(from: state, to: run)], at: .at(3))
        try store.deleteRun(RunNumber(6), at: .at(4))
        let late = RenderedFieldsRow(
            key: TaskInstanceKey(run: RunNumber(6), task: 0), tryNumber: 1, dagID: fixture.dag.id,
            taskID: fixture.dag.tasks[0].id, fields: [:])
        try store.recordRendered([late], at: .at(5))
        #expect(try store.renderedFields(of: RunNumber(6)) == [])
    }
}
