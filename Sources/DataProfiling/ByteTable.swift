import Glibc

/// Different texts, numbered in the order in which they came, without an allocation for each.
struct ByteTable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// The number of a text plus one, by hash; 0 is empty.
    private var slots = [Int32](repeating: 0, count: 64)
    private let hash = ByteHash(seed: UInt64.random(in: .min ... .max))

    var count: Int { ends.count }
    /// What all the texts take together.
    var sizeBytes: Int { bytes.count }

    /// The text's number, given to it now if it is new.
    mutating func insert(_ text: UnsafeRawBufferPointer) -> (index: Int, isNew: Bool) {
        let slot = place(of: text)
        if slots[slot] > 0 { return (Int(slots[slot]) - 1, false) }
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        slots[slot] = Int32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return (ends.count - 1, true)
    }

    func index(of text: UnsafeRawBufferPointer) -> Int? {
        let found = slots[place(of: text)]
        return found > 0 ? Int(found) - 1 : nil
    }

    func key(_ index: Int, equals text: UnsafeRawBufferPointer) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - start == text.count else { return false }
        return bytes.withUnsafeBytes { own in
            guard let base = own.baseAddress, let other = text.baseAddress else { return text.isEmpty }
            return memcmp(base + start, other, text.count) == 0
        }
    }

    func text(_ index: Int) -> String {
        String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
    }

    private func place(of text: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash.hash64(text)) & mask
        while slots[slot] > 0, !key(Int(slots[slot]) - 1, equals: text) { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        bytes.withUnsafeBytes { own in
            var start = 0
            for (index, end) in ends.enumerated() {
                let text = UnsafeRawBufferPointer(rebasing: own[start..<end])
                var slot = Int(truncatingIfNeeded: hash.hash64(text)) & mask
                while slots[slot] > 0 { slot = (slot + 1) & mask }
                slots[slot] = Int32(index + 1)
                start = end
            }
        }
    }
}
