import DAGDomain

/// Draws a block of lines again and again at the same place of a terminal.
///
/// The cursor is hidden only while a block is being replaced, in the same write, so whatever ends the program
/// leaves a terminal as it should be.
struct ProgressScreen {
    let terminal: Terminal
    /// What stands on the screen, to know how far to go up, and to leave out a drawing that changes nothing.
    private var drawn: [String] = []
    private var drawnColumns = 0

    init(terminal: Terminal) {
        self.terminal = terminal
    }

    /// Replaces the block. A terminal that became narrower has wrapped the old lines, which is counted in.
    mutating func draw(_ block: ProgressBlock) {
        let size = terminal.size
        let lines = block.lines(columns: size.columns - 1, rows: size.rows, colour: terminal.usesColour)
        guard lines != drawn || size.columns != drawnColumns else { return }
        var text = "\u{1B}[?25l"
        let up = rowsDrawn(columns: size.columns)
        if up > 0 { text += "\u{1B}[\(min(up, size.rows - 1))A" }
        text += "\r"
        for line in lines { text += line + "\u{1B}[K\n" }
        text += "\u{1B}[J\u{1B}[?25h"
        try? terminal.write(text)
        drawn = lines
        drawnColumns = size.columns
    }

    private func rowsDrawn(columns: Int) -> Int {
        drawn.reduce(0) { $0 + max(1, ($1.withoutControls.displayWidth + columns - 1) / columns) }
    }
}
