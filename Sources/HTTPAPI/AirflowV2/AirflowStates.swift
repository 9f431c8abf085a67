import APITypes
import DAGDomain

/// Our words in Airflow's closed lists: a client refuses a whole answer for one word that it does not know.
extension AirflowV2.DagRunState {
    init(_ state: DAGRunState) {
        self =
            switch state {
            case .queued: .queued
            case .running: .running
            case .success: .success
            case .failed, .cancelled: .failed
            }
    }

    /// The states of ours that a client means by this one.
    var states: [DAGRunState] {
        switch self {
        case .queued: [.queued]
        case .running: [.running]
        case .success: [.success]
        case .failed: [.failed, .cancelled]
        }
    }
}

extension AirflowV2.DagRunType {
    init(_ type: DAGRunType) {
        self =
            switch type {
            case .scheduled: .scheduled
            case .manual: .manual
            case .backfill: .backfill
            case .assetTriggered: .assetTriggered
            case .assetMaterialization: .assetMaterialization
            }
    }

    var type: DAGRunType? {
        switch self {
        case .scheduled: .scheduled
        case .manual: .manual
        case .backfill: .backfill
        case .assetTriggered: .assetTriggered
        case .assetMaterialization: .assetMaterialization
        }
    }
}

extension AirflowV2.DagRunTriggeredByType {
    init(_ trigger: RunTrigger) {
        self =
            switch trigger {
            case .commandLine: .cli
            case .restAPI: .restApi
            case .timetable: .timetable
            case .task: .taskOperator
            case .backfill: .backfill
            case .asset: .asset
            }
    }
}

extension AirflowV2.TaskInstanceState {
    /// Nil for `pending`, which Airflow writes as null.
    init?(_ state: TaskInstanceState) {
        switch state {
        case .pending: return nil
        case .scheduled: self = .scheduled
        case .queued: self = .queued
        case .running: self = .running
        case .upForRetry: self = .upForRetry
        case .deferred: self = .deferred
        case .success: self = .success
        case .failed, .cancelled: self = .failed
        case .skipped: self = .skipped
        case .upstreamFailed: self = .upstreamFailed
        case .removed: self = .removed
        }
    }

    /// The state of one try.
    init?(_ state: AttemptState) {
        switch state {
        case .starting: self = .queued
        case .running: self = .running
        case .succeeded: self = .success
        case .skipped: self = .skipped
        case .failed, .timedOut, .cancelled, .lost: self = .failed
        }
    }
}
