import ArgumentParser
import DAGDomain
import DAGLoading
import JSONText

/// `validate`
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "All errors of DAG files, each with its place. Exit 65 if there are any.")

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp(
            "Files, and folders that are searched for *.json. Default: the DAG folder", valueName: "path"))
    var paths: [String] = []

    func run() async throws {
        let invocation = try Invocation(global)
        let files = try load(invocation)
        let output = invocation.output
        if output.format == .json {
            try output.show(json: ["files": .array(files.map { .object($0.report) })])
        } else {
            for file in files {
                for error in file.errors { try output.line("\(file.path):\(error)".withoutControls) }
                for warning in file.warnings {
                    let place = "\(file.path):\(warning.line):\(warning.column)"
                    try output.line("\(place): warning: \(warning.message)".withoutControls)
                }
            }
        }
        let broken = files.filter { !$0.errors.isEmpty }.count
        output.say("\(files.count) file\(files.count == 1 ? "" : "s"), \(broken) with errors")
        if broken > 0 { throw CommandFailure.silent(.badData) }
    }

    /// Every file once, although several paths may lead to it.
    private func load(_ invocation: Invocation) throws -> [DAGFile] {
        let scan = DAGFolderScan()
        let paths = paths.isEmpty ? [invocation.configuration.dagFolder] : paths
        var seen: Set<String> = []
        var files: [DAGFile] = []
        for path in paths {
            guard FileAccess.exists(path) else {
                throw CommandFailure(.notFound, "no file or folder \(path)")
            }
            let isFolder = FileAccess.kind(of: path) == .folder
            let found = isFolder ? try scan.load(folder: path) : [scan.loadFile(path)]
            files += found.filter { seen.insert(FileAccess.resolved($0.path)).inserted }
        }
        // Within one folder that has been done.
        return paths.count > 1 ? DAGFolderScan.refusingDuplicates(files) : files
    }
}

extension DAGFile {
    /// The object of `validate --output json`.
    fileprivate var report: JSONObject {
        [
            "path": .string(path), "dag_id": dagID.map { .string($0.text) } ?? .null,
            "errors": .array(errors.map(\.report)), "warnings": .array(warnings.map(\.report)),
        ]
    }
}

extension Diagnostic {
    fileprivate var report: JSONValue {
        [
            "line": .integer(Int64(line)), "column": .integer(Int64(column)), "pointer": .string(pointer),
            "message": .string(message),
        ]
    }
}
