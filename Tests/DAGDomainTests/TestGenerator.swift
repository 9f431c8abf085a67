/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, so that a failure can be
/// repeated.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The text with one to four characters replaced, removed, doubled or inserted, or a text of the alphabet
    /// only.
    mutating func damaged(_ text: String, alphabet: String) -> String {
        let letters = Array(alphabet)
        func letter(_ generator: inout TestGenerator) -> Character {
            letters.randomElement(using: &generator) ?? "0"
        }
        var characters = Array(text)
        if Int.random(in: 0..<4, using: &self) == 0 {
            return String((0..<Int.random(in: 0...24, using: &self)).map { _ in letter(&self) })
        }
        for _ in 0...Int.random(in: 0...3, using: &self) where !characters.isEmpty {
            let index = Int.random(in: 0..<characters.count, using: &self)
            switch Int.random(in: 0..<4, using: &self) {
            case 0: characters[index] = letter(&self)
            case 1: characters.remove(at: index)
            case 2: characters.insert(characters[index], at: index)
            default: characters.insert(letter(&self), at: index)
            }
        }
        return String(characters)
    }
}
