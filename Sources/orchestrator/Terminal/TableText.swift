import JSONText

/// Lays rows out in columns of equal width, cut so that no line wraps.
struct TableText {
    let columns: [Column]
    let rows: [JSONObject]

    private static let gap = 2
    /// A column is never made narrower than this.
    private static let minimumWidth = 6

    /// Tab-separated values without a header; blanks stand in for tabs and line ends inside values.
    func plain() -> String {
        rows.map { row in columns.map { $0.cell(row).text }.joined(separator: "\t") + "\n" }.joined()
    }

    /// - Parameter width: columns of the terminal; nil to cut nothing.
    func table(width: Int?, colour: Bool) -> String {
        let cells = rows.map { row in columns.map { $0.cell(row) } }
        let widths = columnWidths(cells, available: width)
        let header = line(columns.map { Column.Cell($0.title, style: .bold) }, widths, colour: colour)
        return cells.reduce(into: header) { $0 += line($1, widths, colour: colour) }
    }

    private func line(_ cells: [Column.Cell], _ widths: [Int], colour: Bool) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let cut = cell.text.truncated(toWidth: widths[index])
            let isLast = index == cells.count - 1
            let blanks = isLast ? 0 : widths[index] - cut.displayWidth + Self.gap
            text += cell.style?.applied(to: cut, if: colour) ?? cut
            text += String(repeating: " ", count: max(blanks, 0))
        }
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }

    /// The natural widths, or, where they do not fit, the widest columns made narrower one column at a time.
    private func columnWidths(_ cells: [[Column.Cell]], available: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            cells.reduce(columns[index].title.displayWidth) { max($0, $1[index].text.displayWidth) }
        }
        guard let available else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - available
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
            let second = widths.indices.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            let floor = max(Self.minimumWidth, min(second, widths[widest] - 1))
            guard widths[widest] > floor else { break }
            let cut = min(excess, widths[widest] - floor)
            widths[widest] -= cut
            excess -= cut
        }
        return widths
    }
}
