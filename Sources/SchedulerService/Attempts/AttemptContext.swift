import DAGDomain
import Foundation
import Glibc
import JSONText

/// What must be known to start an attempt and to understand what it left: its place in a run, and its files.
struct AttemptContext: Sendable {
    let attempt: AttemptID
    let key: TaskInstanceKey
    let tryNumber: Int
    let run: DAGRun
    let dag: DAG
    let files: AttemptFiles

    var task: TaskDefinition { dag.tasks[key.task] }
    var isMapped: Bool { key.mapIndex >= 0 }
}

/// The files of one attempt. All but the folders appear only when first written.
///
/// What has to last is in the folder of its run. What only the attempt itself needs is beside its control file, in
/// memory, and goes with it: making a file on a disk costs more than the rest of starting a process.
package struct AttemptFiles: Hashable, Sendable {
    let runFolder: String
    let log: String
    let output: String
    let metrics: String
    /// What the task says of the assets that its success updates.
    let outlets: String
    /// The outlets of the task that were filled in when the attempt began.
    let filledOutlets: String
    let inputs: String
    /// What was true of the task's model when the attempt began.
    let model: String
    /// Where the files of models lie under their own names.
    let modelFolder: String
    /// What this program is to do itself for the attempt; may hold secrets.
    let performance: String
    /// For a task with `cache`: what is to be kept of it.
    let cache: String
    let artifacts: String
    let checkpoints: String
    let parameters: String
    /// The params of the run; a mapped instance has a file of its own.
    let runParameters: String
    /// The asset events that started the run.
    let assetEvents: String
    /// The beginning of the paths of what goes with the attempt; nil for somebody who only reads logs.
    private let scratch: String?
    /// Whether this program itself does something for the attempt, and so was told what.
    private let isPerformed: Bool
    private let isCached: Bool
    private let hasFilledOutlets: Bool

    /// - Parameters:
    ///   - task: decides which folders must last: artifacts that are declared, checkpoints that a retry may read, and
    ///     both for every role that has to do with models and data.
    ///   - scratchFolder: the folder of the control files.
    init(
        home: OrchestratorHome, attempt: AttemptID, key: TaskInstanceKey, task: TaskDefinition? = nil,
        scratchFolder: String? = nil
    ) {
        runFolder = home.folder(ofRun: key.run.value)
        let base = "\(runFolder)/\(attempt.text)"
        log = base + ".log"
        output = base + ".output"
        metrics = base + ".metrics"
        outlets = base + ".outlets"
        model = base + ".model.json"
        modelFolder = base + ".models"
        runParameters = runFolder + "/params.json"
        assetEvents = runFolder + "/asset-events.json"
        scratch = scratchFolder.map { "\($0)/\(attempt.text)" }
        parameters = key.mapIndex < 0 ? runParameters : (scratch ?? base) + Self.parametersSuffix
        inputs = (scratch ?? base) + Self.inputsSuffix
        performance = (scratch ?? base) + Self.performanceSuffix
        cache = (scratch ?? base) + Self.cacheSuffix
        isCached = task?.cache != nil
        filledOutlets = (scratch ?? base) + Self.filledOutletsSuffix
        hasFilledOutlets = task?.lateAssets.outlets.isEmpty == false
        let hasChecks = task?.isChecked == true || task?.deploy != nil
        if case .performed? = task?.action { isPerformed = true } else { isPerformed = hasChecks }
        let isPlain = task?.role == .task
        let keepsNothing = isPlain && task?.artifacts.isEmpty == true
        artifacts = (keepsNothing ? scratch ?? base : base) + Self.artifactsSuffix
        let instance = key.mapIndex < 0 ? "\(key.task)" : "\(key.task).\(key.mapIndex)"
        let lasting = "\(runFolder)/checkpoints/\(instance)"
        checkpoints =
            isPlain && task?.retry.retries == 0
            ? scratch.map { $0 + Self.checkpointsSuffix } ?? lasting : lasting
    }

    private static let inputsSuffix = ".inputs.json"
    private static let performanceSuffix = ".perform.json"
    private static let cacheSuffix = ".cache.json"
    private static let filledOutletsSuffix = ".outlets.json"
    private static let parametersSuffix = ".params.json"
    private static let artifactsSuffix = ".artifacts"
    private static let checkpointsSuffix = ".checkpoints"

    /// Whether the task wrote outputs or metrics.
    var holdReports: Bool { access(output, F_OK) == 0 || access(metrics, F_OK) == 0 }

    /// Removes what goes with the attempt.
    func removeScratch() {
        guard let scratch else { return }
        unlink(inputs)
        if isCached { unlink(cache) }
        if isPerformed {
            unlink(performance)
            unlink(TaskPerformance.problemFile(beside: performance))
            unlink(TaskPerformance.workFile(beside: performance))
            unlink(DeployResult.file(beside: performance))
        }
        if hasFilledOutlets { unlink(filledOutlets) }
        if parameters != runParameters { unlink(parameters) }
        for folder in [artifacts, checkpoints] where folder.hasPrefix(scratch) && rmdir(folder) != 0 {
            RunFolder.remove(folder)
        }
    }

    /// Removes what attempts left beside their control files that nobody waits for any more.
    static func removeScratch(in folder: String, where isOver: (AttemptID) throws -> Bool) rethrows {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let attempt = AttemptID(String(name.prefix { $0 != "." }))
            guard
                [
                    inputsSuffix, performanceSuffix, TaskPerformance.problemFile(beside: performanceSuffix),
                    TaskPerformance.workFile(beside: performanceSuffix),
                    DeployResult.file(beside: performanceSuffix), filledOutletsSuffix,
                    cacheSuffix, parametersSuffix, artifactsSuffix, checkpointsSuffix,
                ].contains(where: {
                    name.hasSuffix($0)
                }),
                try isOver(attempt)
            else { continue }
            RunFolder.remove("\(folder)/\(name)")
        }
    }
}
