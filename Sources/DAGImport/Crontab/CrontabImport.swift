import DAGDomain
import JSONText

/// `import crontab`: every entry becomes a DAG of one task.
package struct CrontabImport {
    private let isSystem: Bool
    private let zone: String?
    private let prefix: String
    private let vocabulary: Vocabulary

    private var names = Names()
    private var dags: [ImportedDAG] = []
    private var notes = NoteList()
    /// What lines above have set for those below.
    private var environment = JSONObject()
    private var cronZone: (text: String, line: Int)?
    /// Comments directly above the current line.
    private var comments: [String] = []

    /// - Parameters:
    ///   - isSystem: whether a user stands in each entry, as in /etc/crontab.
    ///   - zone: the zone of the machine the crontab is from; nil if unknown.
    ///   - prefix: put before every id.
    package init(isSystem: Bool, zone: String?, prefix: String, vocabulary: Vocabulary) {
        self.isSystem = isSystem
        self.zone = zone
        self.prefix = prefix
        self.vocabulary = vocabulary
    }

    /// - Throws: `ImportFailure` for a text without any entry.
    package mutating func read(_ text: String) throws(ImportFailure) -> ImportResult {
        for (offset, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            read(line.hasSuffix("\r") ? line.dropLast() : line, number: offset + 1)
        }
        guard !dags.isEmpty else { throw ImportFailure("there is no entry in it") }
        addGeneralNotes()
        return ImportResult(dags: dags, notes: notes.notes)
    }

    private mutating func read(_ line: Substring, number: Int) {
        notes.dagID = nil
        switch CrontabLine(line, isSystem: isSystem) {
        case .blank: comments = []
        case .comment(let text): if !text.isEmpty { comments.append(text) }
        case .variable(let name, let value):
            setVariable(name, value, line: number)
            comments = []
        case .entry(let entry):
            add(entry, line: number)
            comments = []
        case .unknown:
            notes.untranslated(
                "line", line: number, "\"\(line)\" is no entry: five fields or a word, then a command")
            comments = []
        }
    }

    private mutating func setVariable(_ name: String, _ value: String, line: Int) {
        switch name {
        case "CRON_TZ": cronZone = (value, line)
        case "MAILTO", "MAILFROM", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING":
            guard !value.isEmpty else { return }
            notes.untranslated(
                name, line: line, "no mail is sent to \(value)",
                advice:
                    "the output is in the task's log (`orchestrator logs`); a failed run is in `runs list`")
        case "RANDOM_DELAY":
            notes.untranslated(name, line: line, "\(value) minutes", advice: "sleep in the command")
        default: environment[name] = .string(ShellText.literal(value))
        }
    }

    private mutating func add(_ entry: CrontabEntry, line: Int) {
        let id = names.newID(for: prefix + Self.name(of: entry.command))
        notes.dagID = id
        var json: JSONObject = ["dag_id": .string(id)]
        if !comments.isEmpty { json["description"] = .string(comments.joined(separator: " ")) }
        json["schedule"] = schedule(entry.schedule, line: line)
        if json["schedule"]?.isNull == false, let zone = zone(line: line), zone != "UTC" {
            json["timezone"] = .string(zone)
        }
        json["max_active_runs"] = nil
        let variables = variables(line: line)
        if !variables.isEmpty { json["env"] = .object(variables) }
        var task: JSONObject = ["task_id": "run", "command": command(entry)]
        if let home = environment["HOME"]?.stringValue, home.hasPrefix("/") { task["cwd"] = .string(home) }
        if let user = entry.user, user != "root" {
            notes.untranslated(
                "user", line: line, "the command runs as the user of the daemon, not as \(user)",
                advice: "run a daemon as \(user), or put `sudo -u \(user)` before the command")
        }
        json["tasks"] = [.object(task)]
        json["x-import"] = ["from": "crontab", "line": .integer(Int64(line))]
        dags.append(ImportedDAG(id: id, json: json))
    }

    /// Variables of the lines above that a file of ours may set.
    private mutating func variables(line: Int) -> JSONObject {
        var kept = environment
        kept["SHELL"] = nil
        for (name, value) in kept where !vocabulary.hasDAG(["env": [name: value]]) {
            notes.untranslated("env", line: line, "\(name)=\(value.stringValue ?? "")")
            kept[name] = nil
        }
        return kept
    }

    private mutating func schedule(_ text: String, line: Int) -> JSONValue {
        var text = text
        if text.hasPrefix("-") {
            text.removeFirst()
            notes.different(
                "-", line: line, "the start is written into the history; a \"-\" cannot suppress it")
        }
        switch text {
        case "@every_minute": return "* * * * *"
        case "@every_second": return ["every": "1s"]
        case "@reboot":
            notes.untranslated(
                "@reboot", line: line, "nothing starts when the machine starts",
                advice: "let systemd call `orchestrator trigger \(notes.dagID ?? "")` after the daemon")
            return .null
        default: break
        }
        do throws(CronExpressionError) {
            _ = try CronExpression(text)
            return .string(text)
        } catch {
            notes.untranslated(
                "schedule", line: line, "\(error)", advice: "the DAG has no schedule now; set \"schedule\"")
            return .null
        }
    }

    private mutating func zone(line: Int) -> String? {
        guard let (text, place) = cronZone else { return zone }
        if vocabulary.hasDAG(["timezone": .string(text)]) { return text }
        notes.untranslated(
            "CRON_TZ", line: place, "\"\(text)\" is not a zone of the IANA database; UTC is used")
        return nil
    }

    private func command(_ entry: CrontabEntry) -> JSONValue {
        var text = entry.command
        if let input = entry.input {
            var mark = "INPUT"
            while input.contains(mark) { mark += "_" }
            text = "{ \(text)\n} <<'\(mark)'\n\(input)\(mark)\n"
        }
        return ShellText.command(text, shell: environment["SHELL"]?.stringValue ?? "/bin/sh")
    }

    /// The program's name, for an id that a person recognises.
    private static func name(of command: String) -> String {
        var words = command.split { $0 == " " || $0 == "\t" || $0 == ";" }[...]
        if words.first == "cd" { words = words.dropFirst(2) }
        let fillers: Set<Substring> = [
            "sudo", "exec", "nice", "ionice", "env", "flock", "test", "[", "&&", "||",
        ]
        let program = words.first { word in
            !fillers.contains(word) && !word.contains("=") && !word.hasPrefix("-") && !word.hasPrefix("!")
        }
        let name = (program ?? words.first ?? "job").split(separator: "/").last.map(String.init) ?? "job"
        return name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
            .ifEmpty("job")
    }

    private mutating func addGeneralNotes() {
        notes.dagID = nil
        if zone == nil, cronZone == nil, dags.contains(where: { $0.json["schedule"]?.stringValue != nil }) {
            notes.different(
                "timezone", "cron uses the zone of its machine; the DAGs use UTC",
                advice: "give --timezone ZONE")
        }
        notes.different(
            "cwd", "cron starts commands in the home folder; here it is the folder of the DAG file",
            advice: "write absolute paths, or set \"cwd\"")
        notes.different(
            "catchup", "cron forgets what it missed; here the newest missed tick runs when the daemon is back"
        )
    }
}

extension String {
    fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
