import Foundation
import JSONText
import Testing

@Suite struct JSONValueTests {
    @Test func travelsThroughCodable() throws {
        let value = try JSONValue.parse(
            "{\"a\":[1,-2.5,true,null,\"x\"],\"big\":9007199254740993,\"bigger\":18446744073709551615}")
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
        #expect(try JSONDecoder().decode(JSONObject.self, from: data) == value.objectValue)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(JSONObject.self, from: Data("[]".utf8))
        }
    }

    @Test func keepsOrderAndIgnoresItInEquality() {
        var object: JSONObject = ["b": 1, "a": [true, nil], "c": "x"]
        #expect(object.keys == ["b", "a", "c"])
        #expect(object == ["c": "x", "a": [true, nil], "b": 1])
        #expect(object.hashValue == (["c": "x", "a": [true, nil], "b": 1] as JSONObject).hashValue)
        #expect(object != ["b": 1, "a": [true, nil], "c": "y"])
        object["a"] = nil
        #expect(object.text() == "{\"b\":1,\"c\":\"x\"}")
        #expect(object.merging(["c": 2, "d": 3]).text() == "{\"b\":1,\"c\":2,\"d\":3}")
    }

    /// The same operations on an object and on a plain list of pairs, over the size where the object starts
    /// its index.
    @Test func behavesLikeAListOfPairs() {
        var generator = SplitMix64(state: 7)
        var object = JSONObject()
        var pairs: [(key: String, value: JSONValue)] = []
        for step in 0..<3_000 {
            let key = "k\(Int.random(in: 0..<40, using: &generator))"
            let value: JSONValue? = Bool.random(using: &generator) ? .integer(Int64(step)) : nil
            let place = pairs.firstIndex { $0.key == key }
            switch (place, value) {
            case (let place?, let value?): pairs[place].value = value
            case (let place?, nil): pairs.remove(at: place)
            case (nil, let value?): pairs.append((key, value))
            case (nil, nil): break
            }
            object[key] = value
            #expect(object.keys == pairs.map(\.key))
            #expect(pairs.allSatisfy { object[$0.key] == $0.value })
        }
    }

    @Test func givesAccessToItsParts() {
        let value: JSONValue = ["list": [1, "two"], "flag": false]
        #expect(value["list"]?[1]?.stringValue == "two")
        #expect(value["list"]?[2] == nil)
        #expect(value["flag"]?.boolValue == false)
        #expect(value["none"] == nil)
        #expect(value["list"]?[0]?.doubleValue == 1)
        #expect(value.kind == "an object")
    }

    /// Whatever the bytes are, the parser answers; what it accepts it can write and read again unchanged.
    @Test func survivesMutatedText() throws {
        let seed = Array(
            "{\"a\": [1, -2.5e3, true, null], \"é😀\": \"x\\n\\u00e9\\ud83d\\ude00\", \"n\": {\"m\": []}}".utf8
        )
        var generator = SplitMix64(state: 42)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(seed[Int.random(in: 0..<seed.count, using: &generator)], at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { break }
            }
            guard let value = try? JSONValue.parse(bytes: bytes) else { continue }
            accepted += 1
            #expect(try JSONValue.parse(value.text(pretty: true)).text() == value.text())
        }
        #expect(accepted > 100)
    }
}

/// A small seeded generator (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
