import DAGDomain
import SchedulerService

/// What a command wants of the scheduler inside its own process.
enum HostPurpose: Sendable {
    /// `start`: everything.
    case daemon
    /// `run`: execute, but let no schedule start runs.
    case foreground
    /// Look at records and change settings; execute nothing.
    case records
}

extension ServiceSettings {
    /// The settings of a host for this call. Makes the home, and for a daemon the default DAG folder.
    ///
    /// - Throws: `CommandFailure`, `HomeError`.
    init(_ invocation: Invocation, for purpose: HostPurpose) throws {
        let configuration = invocation.configuration
        let home = try OrchestratorHome(path: configuration.home)
        let folder = configuration.dagFolder
        if FileAccess.kind(of: folder) != .folder {
            guard !configuration.isDAGFolderChosen else {
                throw CommandFailure(.notFound, "there is no DAG folder \(folder)")
            }
            if purpose == .daemon { try FileAccess.makeFolder(folder) }
        }
        let exists = FileAccess.kind(of: folder) == .folder
        self.init(
            home: home, dagFolder: exists ? FileAccess.resolved(folder) : nil,
            parallelism: try configuration.integer(.parallelism, default: 32),
            answersSchedules: purpose == .daemon, executesTasks: purpose != .records,
            pausedAtCreation: try configuration.boolean(.dagsArePausedAtCreation),
            shimPath: ShimLocation.path(chosen: configuration.path(.shim)),
            logLimitBytes: UInt64(try configuration.integer(.logLimitBytes, default: 100 << 20)),
            agingInterval: try Self.interval(.agingInterval, default: 300, configuration),
            watchdogInterval: try Self.interval(.watchdogInterval, default: 60, configuration),
            environment: invocation.environment)
        trackingElsewhere = try Self.trackingPlace(configuration)
        trackingTransport = try trackingElsewhere.map { try MLflowTransport($0) }
        openLineage = try Self.openLineage(configuration)
        retention = try Self.retention(configuration)
    }

    private static func retention(_ configuration: Configuration) throws(CommandFailure) -> RetentionSettings?
    {
        let days = try configuration.integer(.retentionDays, default: 0)
        let runs = try configuration.integer(.retentionRuns, default: 0)
        let interval = try configuration.integer(.retentionInterval, default: 3_600)
        return RetentionSettings(
            age: days == 0 ? nil : .seconds(days * 86_400), keptRuns: runs == 0 ? nil : runs,
            interval: .seconds(interval))
    }

    private static func trackingPlace(
        _ configuration: Configuration
    ) throws(CommandFailure) -> TrackingPlace? {
        guard let url = configuration.text(.trackingURL) else { return nil }
        let refuse = { (text: String) in CommandFailure(.badConfiguration, text) }
        // Not repeated in the message: there may be a password in it.
        guard WebAddress(url) != nil, !url.contains("?"), !url.contains("#") else {
            throw refuse("tracking.url is not a URL of https or http")
        }
        guard !url.contains("@") else {
            throw refuse(
                "tracking.url has a login in it, which logs would show; tracking.username and tracking.password"
                    + " are for that")
        }
        var ways: [TrackingPlace.Access] = []
        if let token = configuration.text(.trackingToken) { ways.append(.credentials(.token(token))) }
        switch (configuration.text(.trackingUsername), configuration.text(.trackingPassword)) {
        case (nil, nil): break
        case (let name?, let password?): ways.append(.credentials(.login(name, password: password)))
        default: throw refuse("tracking.username and tracking.password belong together")
        }
        if let id = configuration.text(.trackingConnection) { ways.append(.connection(id)) }
        guard ways.count < 2 else {
            throw refuse("tracking.token, tracking.username and tracking.connection exclude each other")
        }
        return TrackingPlace(
            url: url, access: ways.first ?? .everybody, authorities: configuration.path(.trackingAuthorities))
    }

    private static func openLineage(
        _ configuration: Configuration
    ) throws(CommandFailure) -> OpenLineageSettings? {
        let namespace = configuration.text(.openLineageNamespace) ?? "orchestrator"
        switch (configuration.text(.openLineageURL), configuration.path(.openLineageFile)) {
        case (nil, nil): return nil
        case (let url?, nil):
            guard WebAddress(url) != nil else {
                throw CommandFailure(
                    .badConfiguration, "openlineage.url is not a URL of https or http: \(url)")
            }
            return OpenLineageSettings(
                target: .url(url, apiKey: configuration.text(.openLineageKey)), namespace: namespace)
        case (nil, let file?): return OpenLineageSettings(target: .file(file), namespace: namespace)
        case (_?, _?):
            throw CommandFailure(.badConfiguration, "openlineage.url and openlineage.file exclude each other")
        }
    }

    /// Seconds; nil for 0.
    private static func interval(
        _ setting: Setting, default standard: Int, _ configuration: Configuration
    ) throws(CommandFailure) -> Duration? {
        let seconds = try configuration.integer(setting, default: standard)
        return seconds == 0 ? nil : .seconds(seconds)
    }
}
