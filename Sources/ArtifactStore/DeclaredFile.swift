import DAGDomain
import Glibc

/// Finds a declared file in a folder that a task wrote, one part of the path at a time and without following links:
/// a path that is checked first and opened later could be exchanged in between.
enum DeclaredFile {
    static func open(
        _ declaration: ArtifactDeclaration, in folder: String
    ) throws -> FileDescriptor {
        let parts = declaration.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let last = parts.last, parts.allSatisfy(isPlain) else {
            throw ArtifactStoreError.pathLeavesFolder(name: declaration.name, path: declaration.path)
        }
        do {
            var parent = try FileDescriptor(opening: folder, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            for part in parts.dropLast() {
                parent = try FileDescriptor(
                    opening: part, in: parent, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            }
            try requireRegular(last, in: parent, declaration)
            // Without O_NONBLOCK a FIFO put there just now would be waited for.
            let file = try FileDescriptor(
                opening: last, in: parent, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            try requireRegular(file.status(declaration.path), declaration)
            return file
        } catch let error as SystemError {
            throw explained(error, declaration, folder)
        }
    }

    /// A device would act on being opened, so it is looked at first.
    private static func requireRegular(
        _ name: String, in parent: borrowing FileDescriptor, _ declaration: ArtifactDeclaration
    ) throws {
        var status = stat()
        guard fstatat(parent.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("fstatat", declaration.path)
        }
        try requireRegular(status, declaration)
    }

    private static func requireRegular(_ status: stat, _ declaration: ArtifactDeclaration) throws {
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFLNK:
            throw ArtifactStoreError.symbolicLink(name: declaration.name, path: declaration.path)
        case let kind:
            throw ArtifactStoreError.notAFile(
                name: declaration.name, path: declaration.path, kind: word(for: kind))
        }
    }

    private static func word(for kind: mode_t) -> String {
        switch kind {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "no regular file"
        }
    }

    private static func isPlain(_ part: String) -> Bool {
        !part.isEmpty && part != "." && part != ".." && !part.utf8.contains(0)
    }

    private static func explained(
        _ error: SystemError, _ declaration: ArtifactDeclaration, _ folder: String
    ) -> any Error {
        switch error.code {
        case ENOENT,
            ENOTDIR where !isLinked(declaration.path, in: folder):
            ArtifactStoreError.missing(
                name: declaration.name, path: declaration.path, present: FolderListing.files(in: folder))
        case ELOOP, ENOTDIR:
            ArtifactStoreError.symbolicLink(name: declaration.name, path: declaration.path)
        default: error
        }
    }

    /// Whether a part of the path is a link: opening one as a folder without following it fails as if it were none.
    private static func isLinked(_ path: String, in folder: String) -> Bool {
        var current = folder
        for part in path.split(separator: "/") {
            current += "/" + part
            var status = stat()
            guard lstat(current, &status) == 0 else { return false }
            if status.st_mode & S_IFMT == S_IFLNK { return true }
        }
        return false
    }
}
