import Glibc
import Synchronization

/// Keeps collection and ingesting apart in this process, which alone works on its home: a content that was ingested just
/// now may not be named by any committed row yet.
///
/// An ingesting thread says here which content it is about to name, before it looks whether it is there. Collection asks
/// and removes while nobody can say so. What was said counts for an hour, far longer than from the content to the commit.
enum IngestGate {
    private struct Said {
        var count = 0
        var last: ContinuousClock.Instant
    }

    private struct State {
        var said: [String: Said] = [:]
        var nextLook: ContinuousClock.Instant?
    }

    private static let validity = Duration.seconds(3_600)
    private static let state = Mutex(State())

    /// - Parameter content: its path in the store.
    static func naming<Result: Sendable>(
        _ content: String, _ body: () -> Result
    ) -> Result {
        let now = ContinuousClock().now
        return state.withLock { state in
            if state.nextLook.map({ $0 < now }) ?? true {
                state.said = state.said.filter { now - $0.value.last < validity }
                state.nextLook = now + validity
            }
            let count = state.said[content]?.count ?? 0
            state.said[content] = Said(count: count + 1, last: now)
            return body()
        }
    }

    /// The row that names it is committed, or never will be.
    static func named(_ content: String) {
        state.withLock { state in
            guard let said = state.said[content] else { return }
            state.said[content] = said.count > 1 ? Said(count: said.count - 1, last: said.last) : nil
        }
    }

    /// Runs `body` unless somebody is about to name the content.
    ///
    /// - Returns: nil when it was not run.
    static func removing<Result: Sendable>(_ content: String, _ body: () -> Result) -> Result? {
        let now = ContinuousClock().now
        return state.withLock { state in
            if let said = state.said[content], now - said.last < validity { return nil }
            return body()
        }
    }
}

extension ArtifactStore {
    /// Says that a kept content is about to be named by a row that is not committed yet, such as one that is restored from
    /// an earlier run.
    ///
    /// - Returns: whether it is there; it then stays.
    package func hold(_ sha256: String) throws(ArtifactStoreError) -> Bool {
        let path = try path(of: sha256)
        let isThere = IngestGate.naming(path) {
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
        if !isThere { IngestGate.named(path) }
        return isThere
    }

    /// Says that the rows which name contents are committed, so that from now on they alone decide.
    package func release(_ contents: some Sequence<String>) {
        for sha256 in contents {
            if let path = try? path(of: sha256) { IngestGate.named(path) }
        }
    }
}
