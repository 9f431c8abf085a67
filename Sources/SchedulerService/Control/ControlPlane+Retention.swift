import ArtifactStore
import DAGDomain
import JSONText
import StateStore

/// What was removed, or would be.
package struct PruneReport: Hashable, Sendable {
    package var runs: [ExpiredRun] = []
    package var runFolderBytes: Int64 = 0
    package var artifactFiles = 0
    package var artifactBytes: Int64 = 0
}

extension ControlPlane {
    /// Keeps a run, with all that it left, from being pruned or deleted.
    package func pinRun(
        dagID: DAGID, runID: RunID, note: String, by user: String
    ) throws(ControlPlaneError) -> Bool {
        let run = try existingRun(dagID, runID)
        let event = RecordedEvent(
            who: user, what: "pin", dagID: dagID, runID: runID, detail: ["note": .string(note)])
        return try reading { () throws(StateStoreError) in
            try store.pin(run.number, by: user, note: note, event: event, at: WallClock.now())
        }
    }

    package func unpinRun(dagID: DAGID, runID: RunID, by user: String) throws(ControlPlaneError) -> Bool {
        let run = try existingRun(dagID, runID)
        let event = RecordedEvent(who: user, what: "unpin", dagID: dagID, runID: runID)
        return try reading { () throws(StateStoreError) in
            try store.unpin(run.number, event: event, at: WallClock.now())
        }
    }

    /// Removes finished runs that the rule lets go, and then the contents that nothing names any more. A pinned run, a run
    /// that made a version of a model, and what either needs, stay.
    package func prune(
        _ rule: RetentionRule, dryRun: Bool, by user: String
    ) async throws(ControlPlaneError) -> PruneReport {
        guard rule.keptRuns >= 0 else { throw .invalidRequest("a number of kept runs is 0 or more") }
        var report = PruneReport()
        let expired = try reading { () throws(StateStoreError) in try store.expiredRuns(rule) }
        if dryRun {
            report.runs = expired
        } else {
            // In steps, so that tasks need not wait for long between two of them.
            for start in stride(from: 0, to: expired.count, by: Self.pruneStep) {
                let step = Array(expired[start..<min(start + Self.pruneStep, expired.count)])
                report.runs += try await delete(step, by: user)
            }
        }
        for run in report.runs {
            let folder = settings.home.folder(ofRun: run.number.value)
            report.runFolderBytes += RunFolder.bytes(of: folder)
            if !dryRun { RunFolder.remove(folder) }
        }
        let gone = Set(report.runs.map(\.number))
        let contents = try collectArtifacts(dryRun: dryRun, withoutRuns: gone)
        report.artifactFiles = contents.artifactFiles
        report.artifactBytes = contents.artifactBytes
        return report
    }

    private static let pruneStep = 50

    private func delete(
        _ runs: [ExpiredRun], by user: String
    ) async throws(ControlPlaneError) -> [ExpiredRun] {
        let gone = try await engine.perform { engine throws(ControlPlaneError) in
            try reading { () throws(StateStoreError) in
                let gone = try engine.store.deleteExpired(runs.map(\.number), at: WallClock.now())
                for run in runs where gone.contains(run.number) {
                    try engine.store.recordEvent(
                        RecordedEvent(who: user, what: "prune", dagID: run.dagID, runID: run.runID),
                        at: WallClock.now())
                }
                return Set(gone)
            }
        }
        return runs.filter { gone.contains($0.number) }
    }

    /// Removes contents that nothing on record names.
    ///
    /// - Parameter runs: for a dry run, whose artifacts are taken as gone.
    package func collectArtifacts(
        dryRun: Bool, withoutRuns runs: Set<RunNumber> = []
    ) throws(ControlPlaneError) -> PruneReport {
        let needed = try reading { () throws(StateStoreError) in
            try store.neededContents(withoutRuns: dryRun ? runs : [])
        }
        do {
            let collected = try ArtifactStore(home: settings.home.path).collectGarbage(
                needed: needed, dryRun: dryRun,
                isNeeded: { [store] in dryRun ? false : try store.needsContent($0) })
            return PruneReport(
                artifactFiles: collected.removedFiles, artifactBytes: collected.removedBytes)
        } catch {
            throw .unavailable("the artifacts cannot be collected: \(error)")
        }
    }
}
