import Glibc

extension ArtifactStore {
    /// What a garbage collection did.
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

    /// Removes all content that no row names, and drafts that a crash left.
    ///
    /// - Precondition: nothing is being ingested meanwhile: a file whose row is not committed yet would be removed.
    package func collectGarbage(
        referenced: Set<String>
    ) throws(ArtifactStoreError) -> CollectionReport {
        var report = CollectionReport()
        for draft in FolderListing.names(in: draftFolder) { unlink(draftFolder + "/" + draft) }
        for group in FolderListing.names(in: folder) where group.utf8.count == 2 {
            let path = folder + "/" + group
            for name in FolderListing.names(in: path) where Self.isHash(name) {
                if referenced.contains(name) {
                    report.keptFiles += 1
                    continue
                }
                var status = stat()
                guard lstat(path + "/" + name, &status) == 0 else { continue }
                guard unlink(path + "/" + name) == 0 else {
                    throw ArtifactStoreError(SystemError("unlink", path + "/" + name))
                }
                report.removedFiles += 1
                report.removedBytes += Int64(status.st_size)
            }
            rmdir(path)
        }
        return report
    }
}
