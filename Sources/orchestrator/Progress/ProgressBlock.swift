import DAGDomain

/// Draws a run's progress as lines that fit the terminal; a pure function, so that it can be tested.
struct ProgressBlock {
    let progress: RunProgress
    /// The last line each running task printed.
    let logLines: [InstanceName: String]
    let now: Timestamp
    /// Something to know besides the states.
    var notice: String?

    /// - Parameter rows: lines of the terminal; one is left for the cursor.
    func lines(columns: Int, rows: Int, colour: Bool) -> [String] {
        let room = max(rows - 4, 1)
        var shown = progress.instances
        let areAllShown = shown.count <= room
        if !areAllShown { shown = Array(shown.filter(\.isNotable).suffix(room)) }
        let stateWidth = shown.map(\.state.displayWidth).reduce(9, max)
        let nameWidth = min(shown.map(\.name.text.displayWidth).max() ?? 0, max(columns / 3, 12))
        var lines = [header(columns: columns, colour: colour)]
        lines += shown.map {
            line($0, nameWidth: nameWidth, stateWidth: stateWidth, columns: columns, colour: colour)
        }
        if !areAllShown {
            lines.append(
                TextStyle.dim.applied(to: progress.countText.truncated(toWidth: columns), if: colour))
        }
        if let notice, !progress.isFinished {
            lines.append(TextStyle.yellow.applied(to: notice.truncated(toWidth: columns), if: colour))
        }
        return lines
    }

    private func header(columns: Int, colour: Bool) -> String {
        let look = StateLook(state: progress.state)
        var rest = Line(columns: columns, colour: colour)
        rest.add(look.glyph + " ", look.style)
        rest.add(progress.dagID.withoutControls + "  ", .bold)
        rest.add(progress.runID.withoutControls + "  ", .dim)
        rest.add(progress.state, look.style)
        rest.add("  " + progress.elapsed(at: now))
        return rest.text
    }

    private func line(
        _ instance: InstanceProgress, nameWidth: Int, stateWidth: Int, columns: Int, colour: Bool
    ) -> String {
        let look = StateLook(state: instance.state)
        var line = Line(columns: columns, colour: colour)
        line.add("  \(look.glyph) ", look.style)
        line.add(
            instance.name.text.withoutControls.truncated(toWidth: nameWidth).padded(toWidth: nameWidth) + "  "
        )
        line.add(instance.state.padded(toWidth: stateWidth), look.style)
        line.add("  " + instance.time(at: now).padded(toWidth: 8))
        if !instance.tries.isEmpty { line.add("  " + instance.tries, .yellow) }
        if let detail = detail(instance) { line.add("  " + detail.withoutControls, .dim) }
        return line.text
    }

    /// What a running task prints; why another one stands where it stands.
    private func detail(_ instance: InstanceProgress) -> String? {
        if instance.isRunning { return logLines[instance.name] }
        return ["failed", "up_for_retry", "skipped"].contains(instance.state) ? instance.reason : nil
    }
}

/// A line that is filled from the left and never becomes wider than the terminal.
private struct Line {
    private(set) var text = ""
    private var room: Int
    private let colour: Bool

    init(columns: Int, colour: Bool) {
        room = columns
        self.colour = colour
    }

    mutating func add(_ part: String, _ style: TextStyle? = nil) {
        guard room > 0 else { return }
        let cut = part.truncated(toWidth: room)
        room -= cut.displayWidth
        text += style?.applied(to: cut, if: colour) ?? cut
    }
}
