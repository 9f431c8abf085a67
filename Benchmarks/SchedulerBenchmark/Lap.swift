/// What one run cost.
struct Lap {
    var deciding = Duration.zero
    var committing = Duration.zero
    /// Changes of state of task instances.
    var taskTransitions = 0
    var finishedInstances = 0
    /// SQL rows written by each commit, in order.
    var rowsOfBatches: [Int] = []

    var total: Duration { deciding + committing }
}
