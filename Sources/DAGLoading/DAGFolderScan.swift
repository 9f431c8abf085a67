import DAGDomain
import Foundation

/// Finds and loads the DAG files of a folder. Never waits: what is not a regular file is an error that names
/// it.
package struct DAGFolderScan: Sendable {
    /// The folder itself cannot be listed.
    package struct FolderError: Error, Hashable, CustomStringConvertible {
        package let path: String
        package let reason: String

        package var description: String { "cannot read the folder \(path): \(reason)" }
    }

    private let loader: DAGLoader

    package init(loader: DAGLoader = DAGLoader()) {
        self.loader = loader
    }

    /// Loads every `*.json` below a folder, in the order of their paths; of files with one dag_id all are
    /// refused. Names that start with a dot are passed over, folders too.
    package func load(folder: String) throws(FolderError) -> [DAGFile] {
        Self.refusingDuplicates(try entries(in: folder).map(load))
    }

    /// Loads one file. The folder of its tasks is its own folder; a relative path is made absolute for the
    /// definition.
    package func loadFile(_ path: String) -> DAGFile {
        do throws(FileReadError) {
            let bytes = try RegularFile.read(path, limit: DAGLoader.maximumFileSize)
            let location = URL(fileURLWithPath: path)
            return loader.load(
                bytes: bytes, path: path, location: location.path,
                folder: location.deletingLastPathComponent().path)
        } catch {
            return DAGFile(path: path, errors: [Diagnostic(message: error.message)])
        }
    }

    /// The same files; those that share a dag_id are refused, and each names the others.
    package static func refusingDuplicates(_ files: [DAGFile]) -> [DAGFile] {
        var paths: [DAGID: [String]] = [:]
        for file in files {
            if let id = file.dagID { paths[id, default: []].append(file.path) }
        }
        return files.map { file in
            guard let id = file.dagID, let sharing = paths[id], sharing.count > 1 else { return file }
            let others = sharing.filter { $0 != file.path }.joined(separator: ", ")
            return file.refusingID("the dag_id \"\(id)\" is also that of \(others)")
        }
    }

    /// Something that a folder holds: a file to load, or a folder that cannot be searched.
    private struct Entry {
        let path: String
        var error: String?
    }

    private func load(_ entry: Entry) -> DAGFile {
        guard let error = entry.error else { return loadFile(entry.path) }
        return DAGFile(path: entry.path, errors: [Diagnostic(message: error)])
    }

    /// Everything named `*.json` below a folder, whatever kind of file it is, sorted. Symbolic links to
    /// folders are followed, except those that lead back to a folder above them.
    private func entries(in folder: String) throws(FolderError) -> [Entry] {
        var found: [Entry] = []
        guard let root = FolderIdentity(folder) else {
            throw FolderError(path: folder, reason: RegularFile.reason(errno))
        }
        try collect(folder, above: [root], into: &found)
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private func collect(
        _ folder: String, above: [FolderIdentity], into found: inout [Entry]
    ) throws(FolderError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            let reason =
                (error as? CocoaError)?.code == .fileReadNoPermission ? "permission denied" : "\(error)"
            throw FolderError(path: folder, reason: reason)
        }
        for name in names where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            if name.hasSuffix(".json") {
                found.append(Entry(path: path))
            } else if let identity = FolderIdentity(path) {
                guard !above.contains(identity) else {
                    found.append(
                        Entry(path: path, error: "a symbolic link that leads back to a folder above it"))
                    continue
                }
                do throws(FolderError) {
                    try collect(path, above: above + [identity], into: &found)
                } catch {
                    found.append(Entry(path: path, error: "the folder cannot be read: \(error.reason)"))
                }
            }
        }
    }
}
