import ArgumentParser
import JSONText

/// `doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything the program needs from this machine. Exit 1 if something fails.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        var findings = HomeExamination(invocation: invocation).findings()
        findings += MachineExamination(invocation: invocation).findings()
        findings += await DaemonExamination(invocation: invocation).findings()
        let rows: [JSONObject] = findings.map { finding in
            [
                "level": .string(finding.level.rawValue), "check": .string(finding.check),
                "message": .string(finding.text),
            ]
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "")
        if findings.contains(where: { $0.level == .fail }) { throw CommandFailure.silent(.failed) }
    }

    private static let columns: [Column] = [
        Column("") { row in
            let level = row["level"]?.stringValue ?? ""
            return .init(level, style: level == "ok" ? .green : level == "warn" ? .yellow : .red)
        },
        .text("CHECK", "check"), .text("FOUND", "message"),
    ]
}

/// One line of `doctor`.
struct Finding: Sendable, Equatable {
    enum Level: String, Sendable { case ok, warn, fail }

    let level: Level
    let check: String
    let text: String

    init(_ level: Level, _ check: String, _ text: String) {
        self.level = level
        self.check = check
        self.text = text
    }
}
