import DAGDomain

/// A supervisor that the pool listens to.
struct WatchedSupervisor: Sendable {
    /// What it has to do, or has done.
    struct Work: Sendable {
        let id: AttemptID
        let record: AttemptRecordFile
        let terminationGrace: Duration
        /// Whether the receiver of events knows of the start.
        var isAnnounced = false
        /// Whether the end was heard before the start was announced.
        var hasEnded = false
    }

    let process: SupervisorProcess
    /// Nil while it is free.
    var work: Work?
    /// Whether its end is heard of by the channel, or else by the pidfd.
    var hasChannel: Bool
    /// It was asked to end, or does: it gets no other attempt.
    var isSpent: Bool
    /// The process has ended and is reaped.
    var isGone = false

    init(_ process: SupervisorProcess, _ work: Work) {
        self.process = process
        self.work = work
        hasChannel = process.channel >= 0
        isSpent = !hasChannel
    }

    /// What is to be watched for news of it.
    var descriptor: Int32 { hasChannel ? process.channel : process.pidfd }
}
