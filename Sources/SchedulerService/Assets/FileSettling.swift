import DAGDomain

/// Decides when a file that is new or has changed is complete: pure, so that it can be tested without a clock.
///
/// A file is complete when it was closed after writing or moved to its place. Where nobody tells (a link, a network
/// file system, a change while the daemon was down), it is complete when it has stayed the same for a while; but not
/// while somebody is known to write to it.
struct FileSettling: Sendable {
    private struct Candidate {
        var file: WatchedFile
        var since: Timestamp
    }

    /// Files that somebody has written to and not closed yet.
    private var beingWritten: Set<String> = []
    private var closed: Set<String> = []
    private var candidates: [String: Candidate] = [:]

    mutating func take(_ event: WatchedFolders.Event) {
        switch event {
        case .written(let path):
            beingWritten.insert(path)
            closed.remove(path)
        case .complete(let path):
            beingWritten.remove(path)
            closed.insert(path)
        case .changed: break
        case .overflowed:
            beingWritten = []
            closed = []
        }
    }

    /// - Returns: those of the changed files that are complete, and when to look again at the others.
    mutating func complete(
        _ changed: [WatchedFile], settling: Duration, now: Timestamp
    ) -> (files: [WatchedFile], lookAgain: Timestamp?) {
        var complete: [WatchedFile] = []
        var next: Timestamp?
        for file in changed {
            if closed.contains(file.path) {
                complete.append(file)
                continue
            }
            if candidates[file.path]?.file != file {
                candidates[file.path] = Candidate(file: file, since: now)
            }
            guard !beingWritten.contains(file.path), let since = candidates[file.path]?.since else {
                continue
            }
            // The clock may have been set back meanwhile.
            if now - since >= settling || now < since {
                complete.append(file)
            } else {
                next = min(next ?? .distantFuture, since + settling)
            }
        }
        for file in complete { candidates[file.path] = nil }
        return (complete, next)
    }

    /// The file has been told of.
    mutating func forget(_ path: String) {
        closed.remove(path)
        candidates[path] = nil
    }
}
