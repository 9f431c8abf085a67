import DAGDomain

/// Makes attempt ids: UUIDs of version 4 whose bits come from a seeded SplitMix64 sequence, so that a
/// machine with the same seed and the same events makes the same ids. After a restart the seed must be a new
/// one.
package struct AttemptIDGenerator: Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    package mutating func nextBits() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    package mutating func next() -> AttemptID {
        let high = nextBits() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = nextBits() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        let text = String(unsafeUninitializedCapacity: 36) { buffer in
            var place = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    buffer[place] = UInt8(ascii: "-")
                    place += 1
                }
                let word = nibble < 16 ? high : low
                let digit = UInt8((word >> UInt64(60 - 4 * (nibble % 16))) & 0xf)
                buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                place += 1
            }
            return place
        }
        return AttemptID(text)
    }

    /// Six hexadecimal digits, for run ids that would otherwise be taken.
    package mutating func nextSuffix() -> String {
        let digits = String(nextBits() & 0xff_ffff, radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}
