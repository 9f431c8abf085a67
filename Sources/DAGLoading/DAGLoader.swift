import Crypto
import DAGDomain
import JSONText

/// Text to DAG: the whole path from the bytes of a file to a checked definition, with everything that is
/// wrong.
package struct DAGLoader: Sendable {
    /// Larger files are refused before they are read.
    package static let maximumFileSize = 16 * 1024 * 1024

    private let zones: ZoneLookup

    package init(zones: ZoneLookup = .system) {
        self.zones = zones
    }

    /// - Parameters:
    ///   - path: how a person calls the file.
    ///   - location: the absolute path of the file, for the definition; `path` if absent.
    ///   - folder: the folder in which the tasks run.
    package func load(bytes: [UInt8], path: String, location: String? = nil, folder: String) -> DAGFile {
        let version = DAGVersionHash(SHA256.hash(data: bytes).hexadecimal)
        guard bytes.count <= Self.maximumFileSize else {
            let message = "the file has \(bytes.count) bytes; a DAG file has at most 16 MiB"
            return DAGFile(path: path, version: version, errors: [Diagnostic(message: message)])
        }
        let document: JSONDocument
        do throws(JSONSyntaxError) {
            document = try JSONDocument.parseKeepingDuplicates(bytes: bytes)
        } catch {
            let place = Diagnostic(
                line: Int(error.position.line), column: Int(error.position.column), message: error.message)
            return DAGFile(path: path, version: version, errors: [place])
        }
        var reader = DAGReader(document: document, zones: zones)
        let content = reader.read(mayContainNUL: bytes.containsEscapedNUL)
        let errors = reader.diagnostics.errors(in: document, bytes)
        var dag: DAG?
        if let id = content.id, errors.isEmpty {
            // The reader has reported every circle, so this cannot fail.
            dag = try? DAG(
                id: id, version: version, path: location ?? path, folder: folder, settings: content.settings,
                tasks: content.tasks, groups: content.groups)
        }
        return DAGFile(
            path: path, version: version, dagID: content.id,
            idPlace: content.idPosition.map { Diagnostic("", at: $0, in: document) }, dag: dag,
            errors: errors,
            warnings: reader.diagnostics.warnings(in: document, bytes), source: bytes)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Whether `\u0000` occurs anywhere: only then the strings need to be searched for it.
    fileprivate var containsEscapedNUL: Bool {
        let wanted = Array("\\u0000".utf8)
        var place = startIndex
        while let next = self[place...].firstIndex(of: wanted[0]) {
            if self[next...].starts(with: wanted) { return true }
            place = next + 1
        }
        return false
    }
}
