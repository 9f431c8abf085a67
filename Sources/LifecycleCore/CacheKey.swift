import Crypto
import DAGDomain

/// What decides whether a task's work has been done before: named parts, each with its own hash, so that a change can be
/// told by its name. Two attempts with equal keys do the same with the same.
package struct CacheKey: Hashable, Sendable {
    /// In order of kind and name, each name of a kind once.
    package let components: [CacheComponent]
    /// Hexadecimal SHA-256 over all of them.
    package let text: String

    /// Changes when the meaning of components does, so that nothing old is taken for the same.
    private static let generation = "orchestrator-cache-1"

    package init(_ components: [CacheComponent]) {
        var known: Set<CacheComponent.Name> = []
        let sorted = components.filter { known.insert($0.place).inserted }.sorted { $0.place < $1.place }
        var hasher = SHA256()
        hasher.add(Self.generation)
        for component in sorted {
            for part in [component.kind.rawValue, component.name, component.hash] { hasher.add(part) }
        }
        self.components = sorted
        text = hasher.finalize().hexadecimal
    }

    /// The hash of a text, as components have it.
    package static func hash(of text: String) -> String {
        var hasher = SHA256()
        hasher.update(data: Array(text.utf8))
        return hasher.finalize().hexadecimal
    }

    /// What is different here from an earlier key, in the order in which a person wants to hear of it.
    package func changes(since earlier: [CacheComponent]) -> [CacheChange] {
        let before = Dictionary(earlier.map { ($0.place, $0) }) { first, _ in first }
        let now = Dictionary(components.map { ($0.place, $0) }) { first, _ in first }
        let places = Set(before.keys).union(now.keys).sorted()
        return places.compactMap { place in
            let (old, new) = (before[place], now[place])
            return old?.hash == new?.hash ? nil : CacheChange(kind: place.kind, name: place.name, old, new)
        }
    }
}

/// A part of a key that is not as it was.
package struct CacheChange: Hashable, Sendable {
    package enum Verb: Hashable, Sendable { case appeared, changed, disappeared }

    package let kind: CacheComponent.Kind
    package let name: String
    package let verb: Verb
    /// The values before and after, when they may be shown.
    package let before: String?
    package let after: String?

    init(kind: CacheComponent.Kind, name: String, _ before: CacheComponent?, _ after: CacheComponent?) {
        self.kind = kind
        self.name = name
        verb = before == nil ? .appeared : after == nil ? .disappeared : .changed
        self.before = before?.shown
        self.after = after?.shown
    }

    /// "the content of train.py changed", "param alpha changed from 1 to 2".
    package var phrase: String {
        var values = ""
        if verb == .changed, let before, let after, before != after { values = " from \(before) to \(after)" }
        let past =
            switch verb {
            case .appeared: "is new"
            case .changed: "changed"
            case .disappeared: "is gone"
            }
        return "\(subject) \(past)\(values)"
    }

    private var subject: String {
        switch kind {
        case .way: name
        case .file: verb == .changed ? "the content of \(name)" : "the file \(name)"
        case .parameter: "param \(name)"
        case .output: "the output \(name)"
        case .artifact: "the artifact \(name)"
        case .variable: "the environment variable \(name)"
        case .context: "\(name), which the code uses,"
        case .declaration: "\"\(name)\" of the task"
        case .version: "the version of the cache"
        case .owner: "the \(name)"
        }
    }
}

extension [CacheChange] {
    /// The first few in words.
    package var sentence: String {
        let named = prefix(3).map(\.phrase).joined(separator: ", ")
        return count > 3 ? "\(named) and \(count - 3) more" : named
    }
}

extension CacheComponent {
    fileprivate struct Name: Hashable, Comparable {
        let kind: Kind
        let name: String

        static func < (left: Name, right: Name) -> Bool {
            let ranks = (left.kind.rank, right.kind.rank)
            return ranks.0 == ranks.1 ? left.name < right.name : ranks.0 < ranks.1
        }
    }

    fileprivate var place: Name { Name(kind: kind, name: name) }
}

extension CacheComponent.Kind {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension SHA256 {
    /// Adds a text that cannot run into the next one.
    fileprivate mutating func add(_ text: String) {
        let bytes = Array(text.utf8)
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { update(bufferPointer: $0) }
        update(data: bytes)
    }
}

extension SHA256.Digest {
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
