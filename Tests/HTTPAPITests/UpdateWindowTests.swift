import DAGDomain
import JSONText
import SchedulerService
import Testing

@testable import HTTPAPI

struct UpdateWindowTests {
    private func update(_ task: String, _ state: TaskInstanceState, mapIndex: Int = -1) -> Update {
        var instance = TaskInstance(
            key: TaskInstanceKey(run: RunNumber(1), task: 0, mapIndex: mapIndex), maximumTries: 1)
        instance.state = state
        return .instance(dagID: DAGID("d"), runID: RunID("r"), taskID: TaskID(task), instance: instance)
    }

    private func words(_ window: inout UpdateWindow) -> [String] {
        window.takeAll().map { update in
            switch update {
            case .dag(let dag): dag.text
            case .run(let run): run.runID.text
            case .instance(_, _, let task, let instance):
                "\(task.text) \(instance.key.mapIndex) \(instance.state)"
            }
        }
    }

    @Test func keepsTheLastWordOnEachThingInTheOrderOfLastWords() {
        var window = UpdateWindow()
        #expect(window.isEmpty)
        window.add(update("a", .queued))
        window.add(update("b", .queued))
        window.add(.dag(DAGID("d")))
        window.add(update("a", .running))
        window.add(update("a", .running, mapIndex: 3))
        window.add(update("a", .success))
        #expect(!window.isEmpty)
        #expect(words(&window) == ["b -1 queued", "d", "a 3 running", "a -1 success"])
        #expect(window.isEmpty)
        #expect(words(&window) == [])
        window.add(update("a", .success))
        #expect(words(&window) == ["a -1 success"])
    }

    @Test func tellsTheEndOfARun() {
        var window = UpdateWindow()
        for state in DAGRunState.allCases {
            window.add(update("a", .success))
            window.add(
                .run(
                    DAGRun(
                        number: RunNumber(1), dagID: DAGID("d"), runID: RunID("r"),
                        version: DAGVersionHash("v"),
                        type: .manual, trigger: .restAPI, logicalDate: nil, dataIntervalStart: nil,
                        dataIntervalEnd: nil, runAfter: .epoch, queuedAt: .epoch, parameters: [:],
                        state: state)))
            #expect(window.hasEndOfRun == [.success, .failed, .cancelled].contains(state))
            #expect(words(&window) == ["a -1 success", "r"])
            #expect(!window.hasEndOfRun)
        }
    }
}
