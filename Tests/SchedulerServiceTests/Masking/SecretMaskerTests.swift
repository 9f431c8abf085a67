import Foundation
import JSONText
import SchedulerService
import Testing

@Suite struct SecretMaskerTests {
    private static let masker = SecretMasker(secrets: [
        "hunter22", "p@ss/w:rd", "tiny", "abcabcabd", "line one\nline two",
    ])

    private func masked(_ text: String, cut: [Int]) -> String {
        var stream = SecretMaskingStream(Self.masker)
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var start = 0
        for end in cut + [bytes.count] {
            result += stream.take(bytes[start..<end])
            start = end
        }
        result += stream.finish()
        return String(decoding: result, as: UTF8.self)
    }

    @Test(arguments: [
        ("no secret here", "no secret here"), ("hunter22", "***"), ("xhunter22x", "x***x"),
        ("hunter22hunter22", "******"), ("hunter2", "hunter2"), ("tiny", "tiny"),
        ("abcabcabcabd", "abc***"), ("p%40ss%2Fw%3Ard", "***"), ("a line one\nline two.", "a ***."),
        (#""line one\nline two""#, #""***""#), ("ünhunter22ü", "ün***ü"),
    ])
    func masksWholeAndCutAnywhere(_ text: String, _ expected: String) {
        #expect(Self.masker.masked(text) == expected)
        for place in 0...text.utf8.count {
            #expect(masked(text, cut: [place]) == expected, "cut at \(place)")
        }
        #expect(masked(text, cut: Array(0..<text.utf8.count)) == expected)
    }

    @Test func findsBase64AtEveryAlignment() throws {
        for before in ["", "u", "me", "user:", "login:"] {
            let text = Data((before + "p@ss/w:rd" + "!?").utf8).base64EncodedString()
            let shown = Self.masker.masked("Basic \(text).")
            #expect(shown.contains("***"), "\(before): \(shown)")
            #expect(!shown.contains(text.dropFirst(8).prefix(8)))
        }
    }

    @Test func overlappingSecretsAreOne() {
        let masker = SecretMasker(secrets: ["aaaaa", "aaabbb", "bbbcc"])
        #expect(masker.masked("xaaaaaaabbbccx") == "x***x")
        var stream = SecretMaskingStream(masker)
        var result: [UInt8] = []
        for byte in "xaaaaaaabbbccx".utf8 { result += stream.take([byte]) }
        #expect(String(decoding: result + stream.finish(), as: UTF8.self) == "x***x")
    }

    @Test func holdsBackNoMoreThanItMust() {
        var stream = SecretMaskingStream(Self.masker)
        #expect(stream.take(Array("progress 12% hunt".utf8)) == Array("progress 12% ".utf8))
        #expect(stream.take(Array("ing\n".utf8)) == Array("hunting\n".utf8))
    }

    @Test func valuesAreMaskedInside() {
        let value: JSONValue = ["a": ["x hunter22", 1, ["hunter22": nil]], "n": 12]
        #expect(Self.masker.masked(value) == ["a": ["x ***", 1, ["***": nil]], "n": 12])
        #expect(SecretMasker(secrets: ["12345678"]).masked(.integer(12_345_678)) == "***")
        #expect(SecretMasker(secrets: ["abcd"]).isEmpty)
    }

    /// A page of a log: secrets that reach over its edges are masked on both sides.
    @Test func partsAreMaskedOverTheirEdges() {
        let bytes = Array("aa hunter22 bb".utf8)
        #expect(Self.masker.masked(0..<5, of: bytes) == Array("aa ***".utf8))
        #expect(Self.masker.masked(5..<14, of: bytes) == Array("*** bb".utf8))
        #expect(Self.masker.masked(0..<14, of: bytes) == Array("aa *** bb".utf8))
        #expect(Self.masker.masked(11..<14, of: bytes) == Array(" bb".utf8))
    }

    /// Against a search that looks at every place for every secret, over an alphabet of two letters.
    @Test func agreesWithASearch() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            func text(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in UInt8.random(in: 97...98, using: &generator) }
            }
            let secrets = (0..<3).map { _ in text(Int.random(in: 5...8, using: &generator)) }
            let subject = text(60)
            let masker = SecretMasker(secrets: secrets.map { String(decoding: $0, as: UTF8.self) })
            var hidden = [Bool](repeating: false, count: subject.count)
            for secret in secrets {
                for start in 0...(subject.count - secret.count)
                where Array(subject[start..<(start + secret.count)]) == secret {
                    for place in start..<(start + secret.count) { hidden[place] = true }
                }
            }
            let kept = subject.indices.filter { !hidden[$0] }.map { subject[$0] }
            var stream = SecretMaskingStream(masker)
            var result: [UInt8] = []
            var start = 0
            while start < subject.count {
                let end = min(subject.count, start + Int.random(in: 1...9, using: &generator))
                result += stream.take(subject[start..<end])
                start = end
            }
            result += stream.finish()
            #expect(result.filter { $0 != UInt8(ascii: "*") } == kept)
        }
    }
}
