import Glibc

extension ArtifactStore {
    /// What a garbage collection did, or would do.
    package struct CollectionReport: Hashable, Sendable {
        package var removedFiles = 0
        package var removedBytes: Int64 = 0
        package var keptFiles = 0

        package init(removedFiles: Int = 0, removedBytes: Int64 = 0, keptFiles: Int = 0) {
            self.removedFiles = removedFiles
            self.removedBytes = removedBytes
            self.keptFiles = keptFiles
        }
    }

    /// Removes all content that nothing names, and drafts that a crash left. Ingesting may go on meanwhile: see `IngestGate`.
    ///
    /// - Parameters:
    ///   - needed: what was named when the collection began.
    ///   - isNeeded: asked once more about each content right before it goes.
    package func collectGarbage(
        needed: Set<String>, dryRun: Bool = false, isNeeded: (String) throws -> Bool = { _ in false }
    ) throws -> CollectionReport {
        var report = CollectionReport()
        if !dryRun {
            for draft in FolderListing.names(in: draftFolder) where !draft.hasPrefix("\(getpid())-") {
                unlink(draftFolder + "/" + draft)
            }
        }
        for group in FolderListing.names(in: folder) where group.utf8.count == 2 {
            let path = folder + "/" + group
            for name in FolderListing.names(in: path) where Self.isHash(name) {
                let size =
                    needed.contains(name) ? nil : try remove(path + "/" + name, dryRun) { try isNeeded(name) }
                if let size {
                    report.removedFiles += 1
                    report.removedBytes += size
                } else {
                    report.keptFiles += 1
                }
            }
        }
        return report
    }

    /// Removes some contents, those of them that nothing names.
    package func collect(
        _ contents: some Sequence<String>, isNeeded: (String) throws -> Bool
    ) throws -> CollectionReport {
        var report = CollectionReport()
        for sha256 in contents {
            if let size = try remove(try path(of: sha256), false, unless: { try isNeeded(sha256) }) {
                report.removedFiles += 1
                report.removedBytes += size
            } else {
                report.keptFiles += 1
            }
        }
        return report
    }

    /// - Returns: its bytes; nil when it stays.
    private func remove(
        _ path: String, _ dryRun: Bool, unless isNeeded: () throws -> Bool
    ) throws -> Int64? {
        let outcome = IngestGate.removing(path) { () -> Result<Int64?, any Error> in
            Result {
                var status = stat()
                guard lstat(path, &status) == 0, try !isNeeded() else { return nil }
                guard dryRun || unlink(path) == 0 else {
                    throw ArtifactStoreError(SystemError("unlink", path))
                }
                return Int64(status.st_size)
            }
        }
        return try outcome?.get() ?? nil
    }
}
