import ArgumentParser
import DAGImport

/// `import`: files of other tools become DAG files.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turn Airflow DAGs, crontabs and DVC pipelines into DAG files.",
        discussion: "What could not be translated is listed on standard error; then the exit code is 1.",
        subcommands: [ImportAirflowCommand.self, ImportCrontabCommand.self, ImportDVCCommand.self])
}

/// What every `import` takes.
struct ImportOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("to")],
        help: ArgumentHelp(
            "Write DAG_ID.json files into this folder. Default: one DAG to standard output", valueName: "dir")
    )
    var outputDir: String?

    @Flag(help: "Replace files that are there.")
    var overwrite = false
}

/// `import airflow`
struct ImportAirflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "airflow",
        abstract: "Serialized DAGs of Airflow 2 and 3 (docs/moving-in.md says how to get them).")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ImportOptions

    @Argument(help: ArgumentHelp("A JSON file; - is standard input.", valueName: "file"))
    var file: String

    func run() async throws {
        let delivery = try ImportDelivery(Invocation(global), options, file: file)
        let bytes = try delivery.readFile()
        try delivery.deliver { () throws(ImportFailure) in
            try AirflowImport(vocabulary: delivery.vocabulary).read(bytes)
        }
    }
}

/// `import crontab`
struct ImportCrontabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crontab", abstract: "A crontab: every entry becomes a DAG of one task.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ImportOptions

    @Flag(help: "A user stands between schedule and command, as in /etc/crontab and /etc/cron.d.")
    var system = false

    @Option(help: ArgumentHelp("The zone of the machine that the crontab is from.", valueName: "zone"))
    var timezone: String?

    @Option(help: ArgumentHelp("Put before every DAG id.", valueName: "text"))
    var prefix = ""

    @Argument(
        help: ArgumentHelp(
            "The crontab; - is standard input: `crontab -l | ... import crontab -`", valueName: "file"))
    var file: String

    func run() async throws {
        let delivery = try ImportDelivery(Invocation(global), options, file: file)
        let text = String(decoding: try delivery.readFile(), as: UTF8.self)
        try delivery.deliver { () throws(ImportFailure) in
            var crontab = CrontabImport(
                isSystem: system, zone: timezone, prefix: prefix, vocabulary: delivery.vocabulary)
            return try crontab.read(text)
        }
    }
}

/// `import dvc`
struct ImportDVCCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dvc", abstract: "A dvc.yaml: its stages become the tasks of one DAG.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ImportOptions

    @Option(help: ArgumentHelp("Default: the name of the file's folder", valueName: "id"))
    var dagID: String?

    @Argument(
        help: ArgumentHelp("The dvc.yaml; params.yaml and other files are read beside it.", valueName: "file")
    )
    var file: String

    func run() async throws {
        let delivery = try ImportDelivery(Invocation(global), options, file: file)
        let text = String(decoding: try delivery.readFile(), as: UTF8.self)
        let folder = delivery.folder
        let isBeside = options.outputDir.map { FileAccess.resolved($0) == folder } ?? false
        try delivery.deliver { () throws(ImportFailure) in
            var pipeline = DVCImport(
                dagID: dagID ?? folder.split(separator: "/").last.map(String.init) ?? "pipeline",
                folder: isBeside ? nil : folder, vocabulary: delivery.vocabulary
            ) { path in
                let whole = path.hasPrefix("/") ? path : folder + "/" + path
                let bytes = try? FileAccess.readIfPresent(whole)
                return bytes.map { String(decoding: $0, as: UTF8.self) }
            }
            return try pipeline.read(text)
        }
    }
}
