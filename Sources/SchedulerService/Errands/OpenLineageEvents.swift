import Crypto
import DAGDomain
import JSONText
import StateStore

/// Makes the events that OpenLineage knows (openlineage.io/spec/2-0-2) of what is on record.
struct OpenLineageEvents {
    let store: StateStore
    let library: DefinitionLibrary
    let values: ValueService
    let home: String
    let namespace: String

    private static let producer = "https://github.com/orchestrator/orchestrator"
    private static let spec = "https://openlineage.io/spec/"

    /// The event of a note; nil when its run is gone.
    func event(of note: LineageNote) throws -> JSONObject? {
        guard let (run, dag) = try? library.run(note.run) else { return nil }
        var facets = nominalTime(run)
        var inputs: [JSONValue] = []
        var outputs: [JSONValue] = []
        let job: JSONObject
        if let key = note.instance {
            guard dag.tasks.indices.contains(key.task) else { return nil }
            let task = dag.tasks[key.task]
            facets["parent"] = facet(
                "facets/1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet",
                [
                    "run": ["runId": .string(runID(run.number))],
                    "job": ["namespace": .string(namespace), "name": .string(dag.id.text)],
                ])
            if note.event == .fail, let text = try failure(key, note.tryNumber, dag) {
                facets["errorMessage"] = facet(
                    "facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet",
                    ["message": .string(text), "programmingLanguage": "UNKNOWN"])
            }
            if note.event != .start {
                inputs = try self.inputs(key, dag)
                if note.event == .complete { outputs = try self.outputs(key, dag) }
            }
            job = self.job("\(dag.id).\(task.id)", task.description, "TASK")
        } else {
            job = self.job(dag.id.text, dag.settings.description, "DAG")
        }
        return [
            "eventType": .string(note.event.rawValue), "eventTime": .string(note.at.rfc3339),
            "run": ["runId": .string(runID(note)), "facets": .object(facets)], "job": .object(job),
            "inputs": .array(inputs), "outputs": .array(outputs), "producer": .string(Self.producer),
            "schemaURL": .string(Self.spec + "2-0-2/OpenLineage.json#/$defs/RunEvent"),
        ]
    }

    // MARK: Parts

    private func facet(_ schema: String, _ members: JSONObject) -> JSONValue {
        let head: JSONObject = [
            "_producer": .string(Self.producer), "_schemaURL": .string(Self.spec + schema),
        ]
        return .object(head.merging(members))
    }

    private func job(_ name: String, _ description: String, _ type: String) -> JSONObject {
        var facets: JSONObject = [
            "jobType": facet(
                "facets/2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet",
                ["processingType": "BATCH", "integration": "ORCHESTRATOR", "jobType": .string(type)])
        ]
        if !description.isEmpty {
            facets["documentation"] = facet(
                "facets/1-1-0/DocumentationJobFacet.json#/$defs/DocumentationJobFacet",
                ["description": .string(description)])
        }
        return ["namespace": .string(namespace), "name": .string(name), "facets": .object(facets)]
    }

    private func nominalTime(_ run: DAGRun) -> JSONObject {
        guard let start = run.dataIntervalStart ?? run.logicalDate else { return JSONObject() }
        var members: JSONObject = ["nominalStartTime": .string(start.rfc3339)]
        if let end = run.dataIntervalEnd { members["nominalEndTime"] = .string(end.rfc3339) }
        return [
            "nominalTime": facet(
                "facets/1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet", members)
        ]
    }

    private func failure(_ key: TaskInstanceKey, _ number: Int, _ dag: DAG) throws -> String? {
        guard let attempt = try store.attempts(of: key).first(where: { $0.tryNumber == number }) else {
            return nil
        }
        let text =
            attempt.exitCode.map { "exit code \($0)" } ?? attempt.signal.map { "signal \($0)" }
            ?? attempt.state.rawValue
        return values.masked("\(dag.tasks[key.task].id): \(text)", of: key.run)
    }

    /// Declared inputs; of a task that declares none what its direct upstreams left.
    private func inputs(_ key: TaskInstanceKey, _ dag: DAG) throws -> [JSONValue] {
        let declared = try store.inputs(of: key)
        guard declared.isEmpty else {
            return try declared.map { input in
                let isOwn = input.isArtifact
                return try dataset(
                    isOwn ? "\(dag.id).\(input.place)" : Self.absolute(input.place, dag.folder),
                    isOwn ? namespace : "file", input.sha256)
            }
        }
        var datasets: [JSONValue] = []
        for task in dag.graph.upstream[key.task].sorted() {
            var filter = ArtifactFilter()
            filter.run = key.run
            filter.taskID = dag.tasks[task].id
            filter.limit = 1_000
            for row in try store.artifacts(filter).rows { datasets.append(try dataset(of: row)) }
        }
        return datasets
    }

    private func outputs(_ key: TaskInstanceKey, _ dag: DAG) throws -> [JSONValue] {
        try store.artifacts(of: key).map { artifact in
            let facts = try store.datasetFacts(of: artifact.sha256)
            var statistics: JSONObject = ["size": .integer(artifact.sizeBytes)]
            if let rows = facts?.rows { statistics["rowCount"] = .integer(rows) }
            let name = "\(dag.id).\(dag.tasks[key.task].id).\(artifact.name)"
            var object = try dataset(name, namespace, artifact.sha256).objectValue ?? JSONObject()
            object["outputFacets"] = [
                "outputStatistics": facet(
                    "facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet",
                    statistics)
            ]
            return .object(object)
        }
    }

    private func dataset(of row: ArtifactRow) throws -> JSONValue {
        try dataset("\(row.dagID).\(row.taskID).\(row.artifact.name)", namespace, row.artifact.sha256)
    }

    private func dataset(_ name: String, _ namespace: String, _ sha256: String) throws -> JSONValue {
        var facets: JSONObject = [
            "version": facet(
                "facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet",
                ["datasetVersion": .string(sha256)]),
            "dataSource": facet(
                "facets/1-0-1/DatasourceDatasetFacet.json#/$defs/DatasourceDatasetFacet",
                [
                    "name": .string(namespace),
                    "uri": .string(namespace == "file" ? "file://\(name)" : "file://\(home)/artifacts"),
                ]),
        ]
        if let facts = try store.datasetFacts(of: sha256), !facts.columns.isEmpty {
            let fields = facts.columns.map { column -> JSONValue in
                column.type.map { ["name": .string(column.name), "type": .string($0)] }
                    ?? ["name": .string(column.name)]
            }
            facets["schema"] = facet(
                "facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet", ["fields": .array(fields)])
        }
        return ["namespace": .string(namespace), "name": .string(name), "facets": .object(facets)]
    }

    private static func absolute(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    // MARK: Ids

    private func runID(_ note: LineageNote) -> String {
        guard let key = note.instance else { return runID(note.run) }
        return uuid("\(key.run.value)/\(key.task)/\(key.mapIndex)/\(note.tryNumber)")
    }

    private func runID(_ run: RunNumber) -> String { uuid("\(run.value)") }

    /// Always the same for the same thing of the same home: a UUID of version 8 (RFC 9562) made of a hash.
    private func uuid(_ name: String) -> String {
        var bytes = Array(SHA256.hash(data: Array("\(home)\u{0}\(name)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        let text = String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        var parts: [Substring] = []
        var rest = Substring(text)
        for count in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return parts.joined(separator: "-")
    }
}
