/// A fast hash of bytes under a secret key: 128 bits, of which the tables use 64.
///
/// Two lanes fold eight bytes at a time by a full multiplication, as wyhash does (Wang Yi); the key is drawn anew for each
/// use, so that nobody can prepare values that collide.
struct ByteHash {
    private let key: (UInt64, UInt64, UInt64, UInt64)

    init(seed: UInt64) {
        var generator = SplitMix(state: seed)
        key = (generator.next() | 1, generator.next() | 1, generator.next() | 1, generator.next() | 1)
    }

    @inline(__always)
    private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 { hash128(bytes).0 }

    func hash128(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        var first = key.0 ^ UInt64(bytes.count)
        var second = key.1 &+ UInt64(bytes.count)
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            first = Self.fold(first ^ word, key.2)
            second = Self.fold(second &+ word, key.3) ^ word.byteSwapped
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        first = Self.fold(first ^ rest, key.2)
        second = Self.fold(second &+ rest, key.3) ^ rest
        return (Self.fold(first ^ key.3, key.1), Self.fold(second ^ key.2, key.0))
    }
}

/// A small generator of numbers for keys and samples (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
