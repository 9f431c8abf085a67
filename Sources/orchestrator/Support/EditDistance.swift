extension String {
    /// The number of single-character insertions, deletions and replacements between two short texts (Wagner
    /// and Fischer, 1974).
    func editDistance(to other: String) -> Int {
        let target = Array(other.unicodeScalars)
        var row = Array(0...target.count)
        for (line, scalar) in unicodeScalars.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, candidate) in target.enumerated() {
                let replaced = diagonal + (scalar == candidate ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
