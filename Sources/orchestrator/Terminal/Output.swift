import JSONText

/// Where results go (standard output, in the chosen format) and where messages for people go (standard
/// error).
struct Output: Sendable {
    let format: OutputFormat
    let results: Terminal
    let messages: Terminal

    /// A list: a JSON array, a table, or tab-separated lines.
    func show(_ rows: [JSONObject], columns: [Column], empty: String) throws(CommandFailure) {
        let table = TableText(columns: columns, rows: rows)
        switch format {
        case .json: try results.write(JSONValue.array(rows.map(JSONValue.object)).text(pretty: true) + "\n")
        case .plain: try results.write(table.plain())
        case .table where rows.isEmpty: say(empty)
        case .table:
            let width = results.isInteractive ? results.width : nil
            try results.write(table.table(width: width, colour: results.usesColour))
        }
    }

    /// One object: as JSON, or one member a line.
    func show(_ object: JSONObject, leavingOut hidden: Set<String> = []) throws(CommandFailure) {
        if format == .json { return try show(json: .object(object)) }
        let members = object.filter { !hidden.contains($0.key) }
        let keyWidth = members.map(\.key.displayWidth).max() ?? 0
        for (key, value) in members {
            let text = value.displayText.withoutControls
            let name = results.styled(key.padded(toWidth: keyWidth), .dim)
            try results.write(format == .plain ? "\(key)\t\(text)\n" : "\(name)  \(text)\n")
        }
    }

    func show(json value: JSONValue) throws(CommandFailure) {
        try results.write(value.text(pretty: true) + "\n")
    }

    /// A line of the result.
    func line(_ text: String) throws(CommandFailure) {
        try results.write(text + "\n")
    }

    /// A message for a person. That nobody reads it is no reason to fail.
    func say(_ text: String) {
        try? messages.write(text + "\n")
    }

    func warn(_ text: String) {
        say(messages.styled("warning:", .yellow) + " " + text.withoutControls)
    }
}
