/// How a list that is held in memory is ordered: Airflow's `order_by`, of which the first counts.
struct ListOrdering: Sendable {
    let column: String
    let isDescending: Bool

    func sorted<Element>(_ elements: [Element], by key: (Element, String) -> String) -> [Element] {
        let sorted = elements.sorted { key($0, column) < key($1, column) }
        return isDescending ? sorted.reversed() : sorted
    }
}

extension QueryItems {
    /// - Throws: `APIError.badRequest` for a column that is not known.
    func ordering(_ columns: [String]) throws -> ListOrdering {
        guard let text = self["order_by"] else {
            return ListOrdering(column: columns[0], isDescending: false)
        }
        let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
        guard columns.contains(name) else {
            throw APIError.badRequest(
                "Ordering with '\(name.prefix(40))' is disallowed or the attribute does not exist on the model"
            )
        }
        return ListOrdering(column: name, isDescending: text.hasPrefix("-"))
    }
}

/// SQL's LIKE for lists that are held in memory: `%` is any text, `_` one character, letters of any case.
enum LikePattern {
    /// Whether one of the patterns fits; nil is no condition.
    static func matches(_ patterns: [String]?, _ text: String) -> Bool {
        guard let patterns else { return true }
        return patterns.contains { matches(Array($0.lowercased()), Array(text.lowercased())) }
    }

    /// With regard to case.
    static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
        var (place, mark) = (0, 0)
        var restart: (pattern: Int, text: Int)?
        while mark < text.count {
            if place < pattern.count, pattern[place] == "%" {
                restart = (place, mark)
                place += 1
            } else if place < pattern.count, pattern[place] == "_" || pattern[place] == text[mark] {
                place += 1
                mark += 1
            } else if let last = restart {
                place = last.pattern + 1
                mark = last.text + 1
                restart = (last.pattern, mark)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "%" }
    }
}
