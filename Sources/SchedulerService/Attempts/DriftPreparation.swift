import ArtifactStore
import DAGDomain
import JSONText
import StateStore

/// Finds the tables that a monitoring task compares, and what is recorded with the model, when its attempt begins.
struct DriftPreparation: Sendable {
    typealias Failure = AttemptPreparation.Failure

    let store: StateStore
    let artifacts: ArtifactStore

    /// What the attempt's process needs to know.
    func specification(
        _ drift: DriftComparison, _ context: AttemptContext,
        fill: (TemplateText) throws(Failure) -> String
    ) throws(Failure) -> JSONObject {
        var specification: JSONObject = [
            "method": .string(drift.method), "share": JSONValue(drift.share) ?? .null,
            "threshold": drift.threshold.flatMap { JSONValue($0) } ?? .null,
            "columns": drift.columns.map { .array($0.map(JSONValue.string)) } ?? .null,
            "prediction": drift.prediction.map(JSONValue.string) ?? .null,
            "label": drift.label.map(JSONValue.string) ?? .null,
            "positive": drift.positive.map(JSONValue.string) ?? .null,
        ]
        if case .model(let model, let alias) = drift.reference {
            let data = try modelData(model, alias)
            specification = specification.merging(data)
        } else {
            specification["reference"] = try table(drift.reference, context, fill)
        }
        specification["current"] = try table(drift.current, context, fill)
        return specification
    }

    private func table(
        _ table: DriftComparison.Table, _ context: AttemptContext,
        _ fill: (TemplateText) throws(Failure) -> String
    ) throws(Failure) -> JSONValue {
        switch table {
        case .model: return .null
        case .path(let text): return .string(try fill(text))
        case .input(let name):
            guard let input = context.task.inputs.first(where: { $0.name == name }) else {
                throw Failure(text: "the task has no input `\(name)`")
            }
            switch input.source {
            // As the inputs of a task are: relative to the DAG file's folder.
            case .file(let path): return .string(path.hasPrefix("/") ? path : context.dag.folder + "/" + path)
            case .artifact(let task, let name): return .string(try artifact(task, name, context))
            }
        }
    }

    private func artifact(_ task: TaskID, _ name: String, _ context: AttemptContext) throws(Failure) -> String
    {
        var filter = ArtifactFilter()
        filter.run = context.run.number
        filter.taskID = task
        filter.name = name
        filter.limit = 2
        let rows: [ArtifactRow]
        do { rows = try store.artifacts(filter).rows } catch {
            throw Failure(
                text: "the upstream artifacts cannot be read: \(error.sentence)", isMachineFault: true)
        }
        guard rows.count == 1 else {
            let problem = rows.isEmpty ? "left no such artifact" : "is mapped and left several"
            throw Failure(text: "`\(task).\(name)` cannot be compared: the task \(problem)")
        }
        return try path(of: rows[0].artifact.sha256)
    }

    private func path(of hash: String) throws(Failure) -> String {
        do throws(ArtifactStoreError) {
            guard try artifacts.contains(hash) else { throw .unknown(sha256: hash) }
            return try artifacts.path(of: hash)
        } catch {
            throw Failure(text: error.sentence)
        }
    }

    /// Where the data of a model's version are, and the metrics that are recorded with it. Without such a version there
    /// is nothing to compare with yet.
    private func modelData(_ model: ModelName, _ alias: AliasName) throws(Failure) -> JSONObject {
        let row: ModelVersionRow?
        do {
            let version = try store.modelAlias(model, alias)
            row = try version.flatMap { version throws(StateStoreError) in
                try store.modelVersion(ModelVersionKey(model, version))
            }
        } catch {
            throw Failure(
                text: "the registry of models cannot be read: \(error.sentence)", isMachineFault: true)
        }
        guard let version = row?.version else {
            return ["absent": .string("no version of the model `\(model)` is its \(alias) yet")]
        }
        guard let hash = version.content.referenceSHA256 else {
            throw Failure(
                text: "no data are kept with \(version.key): its training named no \"reference\" in \"model\""
            )
        }
        let recorded = version.content.facts.metrics.sorted { $0.key < $1.key }
            .compactMap { name, value in JSONValue(value).map { (name, $0) } }
        return [
            "reference": .string(try path(of: hash)), "version": .string("\(version.key)"),
            "recorded": .object(JSONObject(recorded)),
        ]
    }
}
