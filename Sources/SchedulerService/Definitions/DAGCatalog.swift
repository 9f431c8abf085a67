import DAGDomain
import DAGLoading
import Synchronization

/// The DAG files as they are now: the last good definition of each, and what is wrong with the broken ones.
package final class DAGCatalog: Sendable {
    /// One DAG file of the folder.
    package struct Entry: Sendable {
        package let path: String
        /// The id in the file; for a file that cannot be read, the id of its last good version, if there was one.
        package let dagID: DAGID?
        /// The last good version.
        package let dag: DAG?
        /// Of the file as it is now; not empty means that `dag` is older than the file.
        package let diagnostics: [Diagnostic]

        package var isBroken: Bool { !diagnostics.isEmpty }
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var byID: [DAGID: String] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// All entries, by path.
    package func entries() -> [Entry] {
        state.withLock { $0.entries.values.sorted { $0.path < $1.path } }
    }

    package func entry(_ dagID: DAGID) -> Entry? {
        state.withLock { state in state.byID[dagID].flatMap { state.entries[$0] } }
    }

    func entry(path: String) -> Entry? {
        state.withLock { $0.entries[path] }
    }

    /// The files that have errors now.
    package var importErrors: [(path: String, errors: [Diagnostic])] {
        entries().filter(\.isBroken).map { ($0.path, $0.diagnostics) }
    }

    /// The definition that a person may trigger.
    ///
    /// - Throws: `.unknownDAG`, or `.brokenDAG` when the file has errors: it would not do what the person reads in it.
    package func triggerable(_ dagID: DAGID) throws(ControlPlaneError) -> DAG {
        guard let entry = entry(dagID) else { throw .unknownDAG(dagID) }
        guard !entry.isBroken, let dag = entry.dag else { throw .brokenDAG(dagID, entry.diagnostics) }
        return dag
    }

    func replace(_ entries: [Entry]) {
        var next = State()
        for entry in entries {
            next.entries[entry.path] = entry
            guard let dagID = entry.dagID else { continue }
            // Of two files with one id the one that has a good version answers.
            if let other = next.byID[dagID].flatMap({ next.entries[$0] }), other.dag != nil { continue }
            next.byID[dagID] = entry.path
        }
        state.withLock { $0 = next }
    }
}
