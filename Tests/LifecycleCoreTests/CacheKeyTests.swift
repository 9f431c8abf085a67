import DAGDomain
import JSONText
import LifecycleCore
import Testing

/// A key is the same for the same parts, and a change of a part is told by its name.
struct CacheKeyTests {
    private func part(
        _ kind: CacheComponent.Kind, _ name: String, _ text: String, shown: Bool = false
    ) -> CacheComponent {
        CacheComponent(kind, name, hash: CacheKey.hash(of: text), shown: shown ? text : nil)
    }

    private var base: [CacheComponent] {
        [
            part(.way, "the command", "python train.py"), part(.file, "train.py", "v1"),
            part(.parameter, "alpha", "1", shown: true), part(.output, "rows of extract", "10"),
            part(.artifact, "table.csv of extract", "aa"), part(.variable, "SEED", "7"),
            part(.version, "", "1", shown: true),
        ]
    }

    /// By `printf abc | sha256sum`.
    @Test func hashesAreSHA256() {
        #expect(
            CacheKey.hash(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func theOrderOfThePartsMakesNoDifference() {
        #expect(CacheKey(base) == CacheKey(base.reversed()))
        #expect(CacheKey(base).changes(since: base).isEmpty)
        #expect(CacheKey(base).text.count == 64)
    }

    @Test func namesAndValuesDoNotRunIntoEachOther() {
        let one = CacheKey([part(.parameter, "ab", "c"), part(.parameter, "d", "e")])
        let other = CacheKey([
            CacheComponent(.parameter, "a", hash: "b" + CacheKey.hash(of: "c")), part(.parameter, "d", "e"),
        ])
        #expect(one.text != other.text)
    }

    nonisolated static let changes: [(CacheComponent.Kind, String, String?, String)] = [
        (.way, "the command", "python train.py -v", "the command changed"),
        (.file, "train.py", "v2", "the content of train.py changed"),
        (.file, "train.py", nil, "the file train.py is gone"),
        (.file, "lib/a.py", "new", "the file lib/a.py is new"),
        (.parameter, "alpha", "2", "param alpha changed from 1 to 2"),
        (.output, "rows of extract", "11", "the output rows of extract changed"),
        (.artifact, "table.csv of extract", "bb", "the artifact table.csv of extract changed"),
        (.variable, "SEED", "8", "the environment variable SEED changed"),
        (.declaration, "gate", "[]", "\"gate\" of the task is new"),
        (.version, "", "2", "the version of the cache changed from 1 to 2"),
    ]

    @Test(arguments: changes)
    func aChangeIsToldByItsName(kind: CacheComponent.Kind, name: String, text: String?, phrase: String) {
        var parts = base.filter { $0.kind != kind || $0.name != name }
        if let text { parts.append(part(kind, name, text, shown: kind == .parameter || kind == .version)) }
        let key = CacheKey(parts)
        #expect(key.text != CacheKey(base).text)
        #expect(key.changes(since: base).map(\.phrase) == [phrase])
        #expect(key.changes(since: base).sentence == phrase)
    }

    @Test func manyChangesAreCounted() {
        let parts = (1...5).map { part(.file, "f\($0)", "x") }
        #expect(
            CacheKey(parts).changes(since: []).sentence
                == "the file f1 is new, the file f2 is new, the file f3 is new and 2 more")
    }

    @Test func aRecordOutlivesItsText() throws {
        var record = CacheRecord(
            tryNumber: 3, key: "k", components: base, answer: .changed, text: "computed anew",
            sourceRun: RunID("r"),
            sourceTry: 3)
        record.computedAt = Timestamp(secondsSinceEpoch: 5)
        #expect(CacheRecord(record.json) == record)
        var broken = record.json
        broken["components"] = [["way", "x"]]
        #expect(CacheRecord(broken) == nil)
    }
}
