import ArgumentParser
import JSONText
import LifecycleCore

/// `reproduce`
struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run what made a version of a model again, and compare the metrics. Exit 1 if they differ.",
        discussion: """
            The DAG is the one that made the version, with the same params and without the cache. The run makes a \
            version of its own, moves no alias and deploys nothing. What is known to be different from then (the git \
            commit, lock files, data) is said.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp("NAME@REF: REF is a number, an alias or latest.", valueName: "model@version"))
    var version: String

    @Option(help: "How far a metric may be from the recorded one, as a share of the larger. Default: 1e-9")
    var tolerance = ReproductionReport.defaultTolerance

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else {
            throw ValidationError("--tolerance must be 0 or more")
        }
        guard ModelAddress(version).reference != nil else {
            throw ValidationError("name a version: \(version)@3, \(version)@champion, \(version)@latest")
        }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let address = ModelAddress(version)
        let order = RunOrder(reproducing: address.version(address.reference ?? ""))
        let run = try await ForegroundRun(invocation: invocation, order: order).perform()
        let answer = try await invocation.withAPI(.records) { client in
            try await client.object(
                RunAddress(dag: run.dagID, run: run.runID).parts + ["reproduction"],
                query: [("tolerance", "\(tolerance)")])
        }
        try show(answer, invocation.output)
        if answer["reproduced"] != true { throw CommandFailure.silent(.failed) }
    }

    private func show(_ answer: JSONObject, _ output: Output) throws {
        if output.format == .json { return try output.show(json: .object(answer)) }
        let rows = answer["metrics"]?.arrayValue?.compactMap(\.objectValue) ?? []
        try output.show(rows, columns: Self.columns, empty: "the version has no metrics to compare")
        for sentence in answer["differences"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
            output.say("different: \(sentence)")
        }
        let version = "\((answer["model"] ?? .null).displayText)@\((answer["version"] ?? .null).displayText)"
        let state = answer["state"]?.stringValue ?? ""
        let off = rows.filter { $0["within"] != true }.count
        let failed = answer["failed"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if !failed.isEmpty {
            output.say("\(version) was not reproduced: failed: \(failed.joined(separator: ", "))")
        } else if state != "success" {
            output.say("\(version) was not reproduced: the run is \(state)")
        } else if off > 0 {
            output.say("\(version) was not reproduced: \(off) of \(rows.count) metrics differ")
        } else {
            output.say("\(version) was reproduced")
        }
    }

    private static let columns: [Column] = [
        .text("METRIC", "name"), .text("RECORDED", "recorded"), .text("REPRODUCED", "reproduced"),
        .text("DIFFERENCE", "difference"), Column("") { .init($0["within"] == true ? "✔" : "✘") },
    ]
}
