import Foundation

@testable import DataProfiling

/// A table in a folder of its own, which goes with it.
final class TableFile: Sendable {
    let folder: String
    let path: String

    init(_ text: String, name: String = "table.csv") throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "profiling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
        path = url.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

/// Keeps everything that a reader delivers.
final class RowList: RowConsumer {
    private(set) var columns: [String] = []
    private(set) var rows: [[String]] = []
    private(set) var kinds: [[String: FieldKind]] = []
    private var row: [String] = []
    private var kind: [String: FieldKind] = [:]

    func addColumn(_ name: String) { columns.append(name) }

    func field(_ column: Int, _ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) {
        row.append(String(decoding: bytes, as: UTF8.self))
        self.kind[columns[column]] = kind
    }

    func endRow() {
        rows.append(row)
        kinds.append(kind)
        row = []
        kind = [:]
    }
}
