/// The changed lines between two texts, as `diff -u` shows them (POSIX.1-2017, diff, "Diff -c or -C Output Format" in its
/// unified form): removed ones with `-`, new ones with `+`, three lines around each.
struct LineDiff {
    private static let context = 3
    /// Beyond so many changed lines in all the shortest way from one text to the other is not looked for.
    private static let limit = 8_000

    /// Empty when the texts are the same.
    let lines: [String]

    private enum Step {
        case kept(Substring), removed(Substring), added(Substring)

        var isChange: Bool { if case .kept = self { false } else { true } }
    }

    init(_ old: String, _ new: String) {
        let (first, second) = (Self.split(old), Self.split(new))
        let steps = Self.steps(first, second)
        var lines: [String] = []
        for hunk in Self.hunks(steps) { lines += Self.text(steps, hunk) }
        self.lines = lines
    }

    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func steps(_ old: [Substring], _ new: [Substring]) -> [Step] {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] {
            end += 1
        }
        return old[..<start].map(Step.kept)
            + middle(Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
            + old[(old.count - end)...].map(Step.kept)
    }

    private static func middle(_ old: [Substring], _ new: [Substring]) -> [Step] {
        guard old.count + new.count <= limit else { return old.map(Step.removed) + new.map(Step.added) }
        var (removed, added): (Set<Int>, Set<Int>) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.contains(left) {
                steps.append(.removed(old[left]))
                left += 1
            } else if added.contains(right) {
                steps.append(.added(new[right]))
                right += 1
            } else {
                steps.append(.kept(old[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        return steps
    }

    /// Ranges of steps that are shown together.
    private static func hunks(_ steps: [Step]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in steps.indices where steps[index].isChange {
            let range = max(0, index - context)..<min(steps.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func text(_ steps: [Step], _ hunk: Range<Int>) -> [String] {
        let before = steps[..<hunk.lowerBound]
        let (old, new) = (count(before, inOld: true), count(before, inOld: false))
        let (oldCount, newCount) = (count(steps[hunk], inOld: true), count(steps[hunk], inOld: false))
        let places = [(old, oldCount), (new, newCount)].map { line, count in
            // Without lines it is the place after which they would be.
            count == 1 ? "\(line + 1)" : "\(count == 0 ? line : line + 1),\(count)"
        }
        let lines = steps[hunk].map { step in
            switch step {
            case .kept(let line): " \(line)"
            case .removed(let line): "-\(line)"
            case .added(let line): "+\(line)"
            }
        }
        return ["@@ -\(places[0]) +\(places[1]) @@"] + lines
    }

    private static func count(_ steps: ArraySlice<Step>, inOld: Bool) -> Int {
        steps.count { step in
            switch step {
            case .kept: true
            case .removed: inOld
            case .added: !inOld
            }
        }
    }
}
