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
    /// - Parameter own: the version that the task is about, if it has a model.
    func specification(
        _ drift: DriftComparison, _ context: AttemptContext, _ own: ModelVersionRow?,
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
        switch drift.reference {
        case .ownModel:
            guard let own else { throw Failure(text: "the task has no model to compare with") }
            specification = specification.merging(try data(of: own.version))
        case .model(let model, let alias):
            specification = specification.merging(try data(of: try version(of: model, at: alias)))
        case .input, .path:
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
        case .model, .ownModel: return .null
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

    /// Without such a version there is nothing to compare with yet.
    private func version(of model: ModelName, at alias: AliasName) throws(Failure) -> ModelVersion {
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
        guard let version = row?.version else { throw ModelPreparation.absence(of: alias, of: model) }
        return version
    }

    /// Where the data of a version are, and the metrics that are recorded with it.
    private func data(of version: ModelVersion) throws(Failure) -> JSONObject {
        guard let hash = version.content.referenceSHA256 else {
            throw Failure(
                text: "no data are kept with \(version.key): its training named no \"reference\" in \"model\""
            )
        }
        let recorded = version.content.facts.metrics.sorted { $0.key < $1.key }
            .compactMap { name, value in JSONValue(value).map { (name, $0) } }
        return [
            "reference": .string(try path(of: hash)), "version": .string("\(version.key)"),
            "version_number": .integer(Int64(version.key.version.value)),
            "recorded": .object(JSONObject(recorded)),
        ]
    }
}
