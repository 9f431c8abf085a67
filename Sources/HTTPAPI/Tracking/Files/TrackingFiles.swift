import Glibc
import SchedulerService

/// The folder of files that were uploaded through MLflow's protocol. It is walked one name at a time without following
/// links, so that nothing in it, or put into it meanwhile, leads outside.
struct TrackingFiles: Sendable {
    struct Entry: Hashable, Sendable {
        let name: String
        /// Nil for a folder.
        let size: Int64?
    }

    /// An open descriptor, closed with its value.
    final class Descriptor: Sendable {
        let number: Int32

        init?(_ number: Int32) {
            guard number >= 0 else { return nil }
            self.number = number
        }

        deinit { close(number) }
    }

    let root: String
    /// Artifacts of tasks, by content; they are shown below `kept`, and read only.
    private let artifacts: ArtifactFolder

    init(home: OrchestratorHome) {
        root = home.trackingFolder
        artifacts = ArtifactFolder(home: home.path)
    }

    /// The first part of a path `kept/SHA-256/NAME`: a folder with the one file NAME, as clients expect of a model.
    static let kept = ".artifacts"

    /// Where files lie while they are uploaded; no path of an experiment begins with it.
    private static let drafts = ".uploading"

    // MARK: Reading

    /// A file and its size; nil when there is none, or something that is no file.
    func open(_ path: TrackingPath) throws(TrackingError) -> (file: Descriptor, size: Int64)? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let number: Int32
        if path.parts.first == Self.kept {
            guard (3...4).contains(path.parts.count), path.parts.last == path.parts[2],
                let kept = artifacts.path(of: path.parts[1])
            else { return nil }
            number = Glibc.open(kept, flags)
        } else {
            guard let (folder, name) = path.split, let parent = try self.folder(folder, creating: false)
            else { return nil }
            number = openat(parent.number, name, flags)
        }
        guard let file = Descriptor(number) else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (file, Int64(status.st_size))
    }

    /// What is in a folder, by name; empty when there is none. Links are left out.
    func list(_ path: TrackingPath) throws(TrackingError) -> [Entry] {
        if path.parts.first == Self.kept {
            guard path.parts.count == 3, let (_, size) = try open(path) else { return [] }
            return [Entry(name: path.parts[2], size: size)]
        }
        guard let folder = try folder(path, creating: false) else { return [] }
        var entries: [Entry] = []
        for name in Self.names(in: folder) where !(path.parts.isEmpty && name == Self.drafts) {
            var status = stat()
            guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: entries.append(Entry(name: name, size: nil))
            case S_IFREG: entries.append(Entry(name: name, size: Int64(status.st_size)))
            default: break
            }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Everything in an open folder.
    private static func names(in folder: Descriptor) -> [String] {
        let copy = fcntl(folder.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0, let stream = fdopendir(copy) else { return [] }
        defer { closedir(stream) }
        rewinddir(stream)
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    // MARK: Writing

    /// A file that is being uploaded; it appears under its name when it is complete.
    final class Draft: Sendable {
        fileprivate let file: Descriptor
        fileprivate let folder: Descriptor
        fileprivate let name: String

        fileprivate init(file: Descriptor, folder: Descriptor, name: String) {
            self.file = file
            self.folder = folder
            self.name = name
        }

        func write(_ bytes: UnsafeRawBufferPointer) throws(TrackingError) {
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(file.number, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw TrackingFiles.failure("the file cannot be written") }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }

        func discard() { unlinkat(folder.number, name, 0) }
    }

    func draft() throws(TrackingError) -> Draft {
        let name = "\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        guard let folder = try folder(try TrackingPath(Self.drafts), creating: true),
            let file = Descriptor(
                openat(folder.number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
        else { throw Self.failure("the file cannot be made") }
        return Draft(file: file, folder: folder, name: name)
    }

    /// Gives a complete draft its name; a file of that name is replaced.
    func place(_ draft: Draft, at path: TrackingPath) throws(TrackingError) {
        guard let (folder, name) = path.split, !Self.isOurs(path) else {
            throw .invalid("Invalid path")
        }
        guard fsync(draft.file.number) == 0 else { throw Self.failure("the file cannot be kept") }
        guard let parent = try self.folder(folder, creating: true) else {
            throw .invalid("Invalid path: a part of it is a file or a link")
        }
        guard renameat(draft.folder.number, draft.name, parent.number, name) == 0 else {
            if errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST {
                throw .invalid("Invalid path: there is a folder of this name")
            }
            throw Self.failure("the file cannot be kept")
        }
        fsync(parent.number)
    }

    /// Removes a file, or a folder with everything in it. What is not there is fine.
    func remove(_ path: TrackingPath) throws(TrackingError) {
        guard let (folder, name) = path.split, !Self.isOurs(path) else {
            throw .invalid("Invalid path")
        }
        guard let parent = try self.folder(folder, creating: false) else { return }
        try Self.remove(name, in: parent, path, self)
    }

    private static func remove(
        _ name: String, in parent: Descriptor, _ path: TrackingPath, _ files: TrackingFiles
    ) throws(TrackingError) {
        if unlinkat(parent.number, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM else { throw failure("the file cannot be removed") }
        guard let folder = try files.folder(path, creating: false) else { return }
        for next in names(in: folder) { try remove(next, in: folder, path + [next], files) }
        guard unlinkat(parent.number, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw failure("the folder cannot be removed")
        }
    }

    /// What no upload may touch.
    private static func isOurs(_ path: TrackingPath) -> Bool {
        path.parts.first == drafts || path.parts.first == kept
    }

    // MARK: Folders

    /// Nil when there is no such folder, or a link or file in its place.
    private func folder(_ path: TrackingPath, creating: Bool) throws(TrackingError) -> Descriptor? {
        if creating, mkdir(root, 0o700) != 0, errno != EEXIST {
            throw Self.failure("the folder of uploaded files cannot be made")
        }
        guard var folder = Descriptor(Glibc.open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
        else { return nil }
        for part in path.parts {
            if creating, mkdirat(folder.number, part, 0o700) != 0, errno != EEXIST {
                throw Self.failure("a folder cannot be made")
            }
            let next = openat(folder.number, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard let next = Descriptor(next) else { return nil }
            folder = next
        }
        return folder
    }

    fileprivate static func failure(_ text: String) -> TrackingError {
        let code = errno
        return TrackingError(
            code == ENOSPC || code == EDQUOT ? .unavailable : .internalError,
            "\(text): \(String(cString: strerror(code)))")
    }
}

/// Where artifacts of tasks lie by their content.
private struct ArtifactFolder: Sendable {
    let home: String

    /// Nil for what is no hash.
    func path(of sha256: String) -> String? {
        let digits = Set("0123456789abcdef")
        guard sha256.utf8.count == 64, sha256.allSatisfy(digits.contains) else { return nil }
        return "\(home)/artifacts/\(sha256.prefix(2))/\(sha256)"
    }
}
