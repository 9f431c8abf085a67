import DAGLoading
import Foundation
import JSONText

@testable import DAGImport

/// The files that the real packages made, and the two ways to ask what a DAG file may hold.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static let airflowVersions = ["airflow-2.11.2", "airflow-3.3.2"]

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: path)))
    }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// Every serialized DAG, as VERSION/NAME.json.
    static let airflowFiles: [String] = airflowVersions.flatMap { version in
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: version).path)) ?? []
        return names.sorted().map { "\(version)/\($0)" }
    }
}

extension Vocabulary {
    /// The loader of this version.
    static let loader = Vocabulary { load($0).errors.isEmpty }

    /// One that understands all there is, to see what would be written.
    static let everything = Vocabulary { _ in true }

    /// One that understands what is plain in any version, and no template but params and outputs.
    static let nothing = Vocabulary { _ in false }
}

func load(_ dag: JSONObject) -> DAGFile {
    DAGLoader().load(bytes: Array(dag.text(pretty: true).utf8), path: "test.json", folder: "/")
}

func importAirflow(_ file: String, _ vocabulary: Vocabulary = .loader) throws -> ImportResult {
    try AirflowImport(vocabulary: vocabulary).read(try Fixtures.bytes(file))
}

extension ImportedDAG {
    /// All tasks, those in groups too.
    var tasks: [JSONValue] { Self.tasks(in: .object(json)) }

    private static func tasks(in place: JSONValue) -> [JSONValue] {
        let own = place["tasks"]?.arrayValue ?? []
        return own + (place["task_groups"]?.arrayValue ?? []).flatMap { tasks(in: $0) }
    }

    func task(_ id: String) -> JSONValue? { tasks.first { $0["task_id"]?.stringValue == id } }

    var taskIDs: [String] { tasks.compactMap { $0["task_id"]?.stringValue } }
}

extension ImportResult {
    /// Notes about a task, or about the DAG when nil.
    func notes(_ task: String?, _ key: String) -> [ImportNote] {
        notes.filter { $0.taskID == task && $0.key == key }
    }
}
