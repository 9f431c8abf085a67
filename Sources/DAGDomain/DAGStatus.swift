/// What the installation knows of a DAG besides its text: whether it is paused, and how far its schedule has been
/// answered.
package struct DAGStatus: Hashable, Sendable {
    package let dagID: DAGID
    /// The newest good version.
    package var version: DAGVersionHash
    package var isPaused: Bool
    /// Whether its file is there; a deleted DAG keeps its history and stops its schedule.
    package var isActive: Bool
    /// Every tick up to and including this instant has been answered (a run, or skipped by the catch-up policy).
    package var watermark: Timestamp
    /// Schedule, zone and start as text; a change moves the watermark so that the new schedule never answers the past.
    package var scheduleFingerprint: String
    /// Failed runs in a row; counted only while the DAG has a limit for them.
    package var consecutiveFailures: Int
    /// Why the scheduler paused the DAG; nil when a person did, or it is not paused.
    package var pauseReason: String?
    /// When assets last started a run.
    package var lastAssetRun: Timestamp?

    package init(
        dagID: DAGID, version: DAGVersionHash, isPaused: Bool, isActive: Bool, watermark: Timestamp,
        scheduleFingerprint: String, consecutiveFailures: Int = 0, pauseReason: String? = nil,
        lastAssetRun: Timestamp? = nil
    ) {
        self.dagID = dagID
        self.version = version
        self.isPaused = isPaused
        self.isActive = isActive
        self.watermark = watermark
        self.scheduleFingerprint = scheduleFingerprint
        self.consecutiveFailures = consecutiveFailures
        self.pauseReason = pauseReason
        self.lastAssetRun = lastAssetRun
    }
}
