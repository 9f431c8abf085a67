import DAGDomain
import DAGLoading
import HTTPAPI
import SchedulerCore
import SchedulerService
import StateStore

extension CommandFailure {
    /// Any error as what a person is told; an unknown kind is our own fault.
    init(describing error: any Error) {
        self =
            switch error {
            case let failure as CommandFailure: failure
            case let error as ConnectionLost: CommandFailure(connectionLost: error)
            case let error as ControlPlaneError: CommandFailure(error)
            case let error as StateStoreError: CommandFailure(error)
            case let error as HomeLock.Failure: CommandFailure(error)
            case let error as HomeError: CommandFailure(error)
            case let error as ValueError: CommandFailure(ControlPlaneError(error))
            case let error as HostError: CommandFailure(error)
            case let error as APIServer.Failure: CommandFailure(error)
            case let error as AccessToken.FileError: CommandFailure(error)
            case let error as DAGFolderScan.FolderError: CommandFailure(.inputOutput, error.description)
            case is CronExpressionError, is TimestampFormatError, is TimeZoneNameError,
                is UnknownTimeZoneError,
                is DurationTextError, is ScheduleError:
                CommandFailure(.badData, "\(error)")
            case is CancellationError: CommandFailure.silent(.failed)
            default:
                CommandFailure(.ownFault, "\(error)", hint: "this should not happen; please report it")
            }
    }

    init(_ error: ControlPlaneError) {
        switch error {
        case .unknownDAG, .unknownRun, .unknownTask, .unknownAttempt, .unknownPool,
            .unknownBackfill, .unknownNotice, .unknownAsset,
            .unknownModel, .unknownModelVersion, .unknownArtifact, .unknownAlias:
            self.init(.notFound, error.sentence)
        case .brokenDAG, .invalidRequest, .conflict: self.init(.badData, error.sentence)
        case .invalidParameters(let problems): self.init(.badData, problems)
        case .unavailable: self.init(.tryLater, error.sentence)
        case .badConfiguration: self.init(.badConfiguration, error.sentence)
        }
    }

    init(_ error: HomeLock.Failure) {
        switch error {
        case .held(let path, let processID):
            self = .held(home: String(path.dropLast("/lock".count)), by: processID)
        case .inputOutput(let path, let detail):
            self.init(.inputOutput, "cannot lock \(path): \(detail)")
        }
    }

    init(_ error: HomeError) {
        switch error {
        case .cannotCreate(let path, let reason):
            self.init(.inputOutput, "cannot make \(path): \(reason)", hint: "choose a home with --home")
        case .notAFolder(let path):
            self.init(
                .badConfiguration, "the home \(path) is not a folder", hint: "choose a home with --home")
        case .notAccessible(let path):
            self.init(.notPermitted, "the home \(path) cannot be read and written by this user")
        }
    }

    init(_ error: HostError) {
        switch error {
        case .system(let call, let number): self.init(.inputOutput, "\(call): \(systemErrorText(number))")
        case .supervisorMissing(let path):
            self.init(
                .badConfiguration, "the supervisor \(path) is not there or is not executable",
                hint: "install orchestrator-shim in the same folder as orchestrator")
        case .versionUnreadable(let dag, let version, let reason):
            self.init(
                .badData,
                "the version \(version.text.prefix(12)) of \(dag) that a run needs cannot be read: \(reason)",
                hint: "`orchestrator db check` looks for damage")
        case .runUnreadable(let number):
            self.init(
                .badData, "the run with the number \(number.value) is not in the database",
                hint: "`orchestrator db check` looks for damage")
        }
    }
}
