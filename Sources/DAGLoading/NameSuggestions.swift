/// Suggesting names costs a pass over all ids; after some it stops, so that a broken file stays linear.
struct NameSuggestions {
    private var left = 50

    var areLeft: Bool { left > 0 }

    mutating func use() { left -= 1 }

    mutating func hint(for word: String, in names: @autoclosure () -> [String]) -> String {
        guard areLeft else { return "" }
        use()
        return NearestWord.find(word, in: names()).map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
