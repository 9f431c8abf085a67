import ArtifactStore
import DAGDomain
import JSONText
import StateStore

/// What the registry on the server is told: each time what is true here now.
extension ElsewhereDelivery {
    func tellModel(_ name: ModelName, _ server: TrackingServer) async throws(Failure) {
        guard let row = try asking({ () throws(StateStoreError) in try store.registeredModel(name) }) else {
            return
        }
        try await server.ensureModel(name, description: row.model.description)
        if !row.model.description.isEmpty { try await server.describe(name, row.model.description) }
    }

    func tellVersion(_ key: ModelVersionKey, _ server: TrackingServer) async throws(Failure) {
        guard let row = try version(key) else { return }
        let number = try await ensure(row, server)
        let text = row.version.content.description
        if !text.isEmpty { try await server.describe(number, of: key.model, text) }
    }

    func tellTag(
        _ name: ModelName, _ version: ModelVersionNumber?, _ key: String, _ server: TrackingServer
    ) async throws(Failure) {
        if let version {
            guard let row = try self.version(ModelVersionKey(name, version)) else { return }
            let number = try await ensure(row, server)
            try await server.tag(name, number, key: key, value: row.tags[key])
        } else {
            let model = try asking { () throws(StateStoreError) in try store.registeredModel(name) }
            guard let model else { return }
            try await server.ensureModel(name, description: model.model.description)
            try await server.tag(name, nil, key: key, value: model.tags[key])
        }
    }

    func tellAlias(_ name: ModelName, _ alias: AliasName, _ server: TrackingServer) async throws(Failure) {
        let place = try asking { () throws(StateStoreError) in try store.modelAlias(name, alias) }
        guard let place, let row = try version(ModelVersionKey(name, place)) else {
            return try await server.removeAlias(alias, of: name)
        }
        try await server.setAlias(alias, of: name, to: try await ensure(row, server))
    }

    // MARK: Versions

    /// The number of a version there, which is made if need be.
    private func ensure(_ row: ModelVersionRow, _ server: TrackingServer) async throws(Failure) -> String {
        let key = row.key
        let marked = try asking { () throws(StateStoreError) in
            try store.markTrackedVersion(key, for: server.url, at: WallClock.now())
        }
        guard let marked else { throw Failure(.unreachable, "\(key) was removed meanwhile") }
        if let number = marked.number, try await server.hasVersion(number, of: key.model) { return number }
        let number: String
        if let found = try await find(row, marked.mark, server) {
            number = found
        } else {
            number = try await make(row, marked.mark, server)
        }
        try asking { () throws(StateStoreError) in
            try store.setTrackedNumber(number, of: key, at: server.url, now: WallClock.now())
        }
        return number
    }

    /// What an earlier try has made, or what the program itself has registered on the task's run.
    private func find(
        _ row: ModelVersionRow, _ mark: String, _ server: TrackingServer
    ) async throws(Failure) -> String? {
        let (key, tag) = (row.key, TrackingServer.markTag)
        let made = try await server.versions(of: key.model, where: "tags.`\(tag)` = '\(mark)'")
        if let version = made.first { return try TrackingServer.number(version) }
        guard let run = row.version.content.trackingRunID else { return nil }
        let own = try await server.versions(
            of: key.model, where: "run_id = \(TrackingServer.quoted(run))")
        let free = own.first { version in
            !(version["tags"]?.arrayValue ?? []).contains { $0["key"]?.stringValue == tag }
        }
        guard let free else { return nil }
        let number = try TrackingServer.number(free)
        for (name, value) in tags(of: row, mark).texts {
            try await server.tag(key.model, number, key: name, value: value)
        }
        return number
    }

    private func make(
        _ row: ModelVersionRow, _ mark: String, _ server: TrackingServer
    ) async throws(Failure) -> String {
        let key = row.key
        let model = try asking { () throws(StateStoreError) in try store.registeredModel(key.model) }
        try await server.ensureModel(key.model, description: model?.model.description ?? "")
        let run = try await run(of: row, mark, server)
        let id = try TrackingServer.text(run["info"]?["run_id"], "a run")
        var body: JSONObject = [
            "name": .string(key.model.text), "run_id": .string(id),
            "description": .string(row.version.content.description),
            "tags": .array(TrackingServer.pairs(tags(of: row, mark).texts)),
        ]
        if let logged = Self.loggedModel(of: run) {
            body["source"] = .string("models:/\(logged)")
            body["model_id"] = .string(logged)
        } else {
            body["source"] = .string(try await source(of: row, run, server))
        }
        return try await server.createVersion(body)
    }

    private func tags(of row: ModelVersionRow, _ mark: String) -> JSONObject {
        let content = row.version.content
        var tags = JSONObject(row.tags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        if let origin = content.origin { tags = tags.merging(ElsewhereDraft.tags(origin)) }
        tags["orchestrator.version"] = .string("\(row.key.version)")
        tags["orchestrator.sha256"] = content.artifact.map { .string($0.sha256) }
        tags["orchestrator.dag_version"] = content.dagVersion.map { .string($0.text) }
        tags[TrackingServer.markTag] = .string(mark)
        return tags
    }

    // MARK: The run and the file

    /// The run of the training. One that was not made because the server was down is made now.
    private func run(
        of row: ModelVersionRow, _ mark: String, _ server: TrackingServer
    ) async throws(Failure) -> JSONValue {
        let content = row.version.content
        if let id = content.trackingRunID, let run = try await server.run(id) { return run }
        let origin = content.origin
        let experiment = try await server.experiment(named: origin?.dagID.text ?? "orchestrator")
        let tags = origin.map(ElsewhereDraft.tags) ?? [TrackingServer.markTag: .string(mark)]
        if let id = try await server.run(of: experiment, tagged: tags.texts),
            let run = try await server.run(id)
        {
            return run
        }
        let instant = row.version.createdAt.microsecondsSinceEpoch / 1_000
        let id = try await server.createRun(
            TrackingServer.Draft(
                experiment: experiment, name: origin?.taskID.text ?? row.key.description, startedAt: instant,
                tags: tags.texts))
        try await server.end(id, as: "FINISHED", endedAt: instant)
        guard let run = try await server.run(id) else {
            throw Failure(.unreachable, "the run \(id) was removed at once")
        }
        return run
    }

    /// The model that the program has logged on the run; the last one where there are several.
    private static func loggedModel(of run: JSONValue) -> String? {
        let models = run["outputs"]?["model_outputs"]?.arrayValue ?? []
        return models.max { ($0["step"]?.intValue ?? 0) < ($1["step"]?.intValue ?? 0) }?["model_id"]?
            .stringValue
    }

    /// Where the version's file is there: beside the run's files, when the server takes files.
    private func source(
        of row: ModelVersionRow, _ run: JSONValue, _ server: TrackingServer
    ) async throws(Failure) -> String {
        let elsewhere = "orchestrator:/\(row.key.model)/\(row.key.version)"
        guard let artifact = row.version.content.artifact,
            let location = run["info"]?["artifact_uri"]?.stringValue
        else { return elsewhere }
        let file: String
        do throws(ArtifactStoreError) {
            file = try artifacts.path(of: artifact.sha256)
            guard try artifacts.contains(artifact.sha256) else {
                throw ArtifactStoreError.unknown(sha256: artifact.sha256)
            }
        } catch {
            throw Failure(.impossible, "the file of \(row.key) cannot be sent: \(error.sentence)")
        }
        let name = artifact.path.split(separator: "/").last.map(String.init) ?? "model"
        return try await server.upload(file, named: name, to: location) ?? elsewhere
    }

    // MARK: The database

    private func version(_ key: ModelVersionKey) throws(Failure) -> ModelVersionRow? {
        try asking { () throws(StateStoreError) in try store.modelVersion(key) }
    }

    private func asking<Value>(_ body: () throws(StateStoreError) -> Value) throws(Failure) -> Value {
        do { return try body() } catch {
            throw Failure(.unreachable, "the database cannot be asked: \(error.sentence)")
        }
    }
}
