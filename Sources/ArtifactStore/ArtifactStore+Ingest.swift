import DAGDomain
import Glibc

extension ArtifactStore {
    /// Keeps the declared files of a task's artifact folder, in the order of the declarations.
    ///
    /// The folder was written by the task, so nothing in it is trusted: no link is followed, nothing but a regular file
    /// is read, and nothing outside is reached. All declarations are looked at before anything is kept.
    package func ingest(
        folder source: String, declarations: [ArtifactDeclaration]
    ) throws(ArtifactStoreError) -> [ArtifactReference] {
        var names: Set<String> = []
        for declaration in declarations where !names.insert(declaration.name).inserted {
            throw .duplicateName(declaration.name)
        }
        if declarations.isEmpty { return [] }
        do {
            for declaration in declarations { _ = try DeclaredFile.open(declaration, in: source) }
            try makeFolder(folder)
            var references: [ArtifactReference] = []
            for declaration in declarations {
                // Opened again, so that a thousand declarations do not need a thousand descriptors at once.
                let file = try DeclaredFile.open(declaration, in: source)
                let content = try keep(file, path: declaration.path)
                references.append(
                    ArtifactReference(
                        name: declaration.name, path: declaration.path, sha256: content.sha256,
                        sizeBytes: content.sizeBytes))
            }
            return references
        } catch {
            throw ArtifactStoreError(error)
        }
    }

    /// Copies an open file into the store.
    private func keep(
        _ input: borrowing FileDescriptor, path: String
    ) throws -> ContentStream.Summary {
        let draft = try draftPath()
        do {
            let output = try FileDescriptor(
                opening: draft, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            let content = try ContentStream.copy(input, path: path, to: output, at: draft)
            guard fchmod(output.number, 0o444) == 0 else { throw SystemError("fchmod", draft) }
            try output.sync(draft)
            try place(draft, as: content)
            return content
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// Gives a complete draft its name. Content that is there already, with its full size, stays; otherwise (a disk
    /// that lost it) it is replaced.
    private func place(_ draft: String, as content: ContentStream.Summary) throws {
        let target = try path(of: content.sha256)
        let parent = String(target.dropLast(65))
        try makeFolder(parent)
        let outcome = IngestGate.naming(target) { () -> Result<Bool, SystemError> in
            var status = stat()
            if lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                Int64(status.st_size) == content.sizeBytes
            {
                return .success(true)
            }
            return rename(draft, target) == 0 ? .success(false) : .failure(SystemError("rename", target))
        }
        if try outcome.get() {
            unlink(draft)
            return
        }
        try FileDescriptor(opening: parent, flags: O_RDONLY | O_DIRECTORY).sync(parent)
    }

    /// A name of its own for a file that is being written, in a folder that garbage collection empties.
    private func draftPath() throws -> String {
        try makeFolder(draftFolder)
        let number = UInt64.random(in: .min ... .max)
        return "\(draftFolder)/\(getpid())-\(String(number, radix: 16))"
    }

    var draftFolder: String { folder + "/partial" }

    private func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 {
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            try FileDescriptor(opening: parent, flags: O_RDONLY | O_DIRECTORY).sync(parent)
        } else if errno != EEXIST {
            throw SystemError("mkdir", path)
        }
    }
}
