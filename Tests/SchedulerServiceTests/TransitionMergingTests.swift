import DAGDomain
import Testing

@testable import SchedulerService

@Suite struct TransitionMergingTests {
    private func instance(_ task: Int, _ state: TaskInstanceState) -> TaskInstance {
        TaskInstance(key: TaskInstanceKey(run: RunNumber(1), task: task), state: state, maximumTries: 1)
    }

    @Test func severalChangesOfAnInstanceBecomeOneAtTheLastPlace() {
        let now = Timestamp(secondsSinceEpoch: 1)
        let pool = Transition.poolChanged(.standard)
        let transitions: [Transition] = [
            .instanceChanged(from: .pending, to: instance(0, .scheduled), at: now),
            .instanceChanged(from: .pending, to: instance(1, .scheduled), at: now),
            pool,
            .instanceChanged(from: .scheduled, to: instance(0, .queued), at: now),
        ]
        #expect(
            transitions.merged == [
                .instanceChanged(from: .pending, to: instance(1, .scheduled), at: now),
                pool,
                .instanceChanged(from: .pending, to: instance(0, .queued), at: now),
            ])
    }

    @Test func aRunThatIsMadeInTheBatchKeepsItsOrder() {
        let now = Timestamp(secondsSinceEpoch: 1)
        let transitions: [Transition] = [
            .instanceChanged(from: .queued, to: instance(0, .running), at: now),
            .reportsForgotten(instance: instance(0, .running).key),
        ]
        #expect(transitions.merged == transitions)
    }
}
