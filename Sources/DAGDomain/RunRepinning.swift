/// What becomes of a finished run that is moved onto another version of its DAG: tasks are found again by their ids,
/// tasks that are gone stay in the record only, and new ones wait to be run.
package struct RunRepinning: Hashable, Sendable {
    /// The run on its new version.
    package let run: DAGRun
    package let from: DAGVersionHash
    /// Where the tasks that go on are in the new version, by their place in the old one.
    package let moved: [Int: Int]
    /// Places in the old version. A task whose mapping has changed is removed and added.
    package let removed: [Int]
    /// Places in the new version.
    package let added: [Int]
    /// All instances on the new version, in order of their keys.
    package let instances: [TaskInstance]

    package init(
        run: DAGRun, from: DAGVersionHash, moved: [Int: Int], removed: [Int], added: [Int],
        instances: [TaskInstance]
    ) {
        self.run = run
        self.from = from
        self.moved = moved
        self.removed = removed
        self.added = added
        self.instances = instances
    }

    /// Neighbours that move by the same distance, as ranges of old places.
    package var shifts: [(places: ClosedRange<Int>, by: Int)] {
        var shifts: [(places: ClosedRange<Int>, by: Int)] = []
        for (old, new) in moved.sorted(by: { $0.key < $1.key }) {
            if let last = shifts.last, last.places.upperBound == old - 1, last.by == new - old {
                shifts[shifts.count - 1].places = last.places.lowerBound...old
            } else {
                shifts.append((old...old, new - old))
            }
        }
        return shifts.filter { $0.by != 0 }
    }
}
