/// Finds many byte strings in one pass (Aho and Corasick, "Efficient string matching", 1975).
///
/// Its state after some bytes is the longest end of them that begins a pattern, which is exactly what a reader of a
/// stream must hold back.
final class SecretAutomaton: Sendable {
    private let root: [Int32]
    private let edges: [UInt64: Int32]
    private let fallback: [Int32]
    /// How many bytes a state stands for.
    let depth: [Int32]
    /// The length of the longest pattern that ends in a state; 0 when none does.
    let matchLength: [Int32]

    init(_ patterns: some Sequence<[UInt8]>) {
        var edges: [UInt64: Int32] = [:]
        var depth: [Int32] = [0]
        var matchLength: [Int32] = [0]
        var links: [[(byte: UInt8, state: Int32)]] = [[]]
        for pattern in patterns where !pattern.isEmpty {
            var state: Int32 = 0
            for byte in pattern {
                let key = Self.key(state, byte)
                if let next = edges[key] {
                    state = next
                    continue
                }
                let next = Int32(depth.count)
                edges[key] = next
                links[Int(state)].append((byte, next))
                links.append([])
                depth.append(depth[Int(state)] + 1)
                matchLength.append(0)
                state = next
            }
            matchLength[Int(state)] = depth[Int(state)]
        }
        var root = [Int32](repeating: 0, count: 256)
        for (byte, state) in links[0] { root[Int(byte)] = state }
        var fallback = [Int32](repeating: 0, count: depth.count)
        var queue = links[0].map(\.state)
        var place = 0
        while place < queue.count {
            let state = queue[place]
            place += 1
            let shorter = matchLength[Int(fallback[Int(state)])]
            matchLength[Int(state)] = max(matchLength[Int(state)], shorter)
            for (byte, next) in links[Int(state)] {
                fallback[Int(next)] = Self.step(fallback[Int(state)], byte, root, edges, fallback)
                queue.append(next)
            }
        }
        self.root = root
        self.edges = edges
        self.fallback = fallback
        self.depth = depth
        self.matchLength = matchLength
    }

    /// The state after one more byte.
    func next(_ state: Int32, _ byte: UInt8) -> Int32 {
        state == 0 ? root[Int(byte)] : Self.step(state, byte, root, edges, fallback)
    }

    private static func step(
        _ state: Int32, _ byte: UInt8, _ root: [Int32], _ edges: [UInt64: Int32], _ fallback: [Int32]
    ) -> Int32 {
        var state = state
        while state != 0 {
            if let next = edges[key(state, byte)] { return next }
            state = fallback[Int(state)]
        }
        return root[Int(byte)]
    }

    private static func key(_ state: Int32, _ byte: UInt8) -> UInt64 { UInt64(state) << 8 | UInt64(byte) }
}
