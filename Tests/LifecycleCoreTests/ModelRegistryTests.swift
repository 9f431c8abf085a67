import DAGDomain
import JSONText
import Testing

@testable import LifecycleCore

@Suite struct ModelRegistryTests {
    private static let churn = ModelName("churn")
    private static let start = Timestamp(microsecondsSinceEpoch: 0)

    private static func key(_ version: Int) -> ModelVersionKey {
        ModelVersionKey(churn, ModelVersionNumber(version))
    }

    private static let origin = ModelOrigin(dagID: DAGID("d"), runID: RunID("r"), taskID: TaskID("t"))

    /// A registry with a model, and everything that was recorded of it.
    private struct Book {
        var registry = ModelRegistry()
        var changes: [ModelChange] = []
        var commands = 0

        init(versions: Int) throws {
            try send(.createModel(churn, description: "", tags: [:]))
            for _ in 0..<versions { try add() }
        }

        mutating func send(_ command: ModelCommand) throws {
            commands += 1
            changes += try registry.handle(
                command, at: Timestamp(microsecondsSinceEpoch: Int64(commands)), by: "ana")
        }

        mutating func add() throws {
            try send(.createVersion(ModelDraft(model: churn, content: ModelContent(source: "m"))))
        }

        mutating func set(_ version: Int, _ alias: AliasName = .champion) throws {
            try send(.setAlias(alias, to: key(version), reason: "", origin: nil))
        }

        mutating func rollBack(_ alias: AliasName = .champion) throws -> Int? {
            try send(.rollBack(alias, of: churn, reason: ""))
            return registry.version(of: churn, alias)?.value
        }

        /// What a restart would make of the recorded changes.
        var restored: ModelRegistry {
            var versions: Set<ModelVersionNumber> = []
            var moves: [AliasChange] = []
            var next = 1
            for change in changes {
                switch change {
                case .versionCreated(let version, _):
                    versions.insert(version.key.version)
                    next = version.key.version.value + 1
                case .versionDeleted(let key): versions.remove(key.version)
                case .aliasMoved(let move): moves.append(move)
                default: break
                }
            }
            var registry = ModelRegistry()
            registry.restore(churn, next: next, versions: versions, changes: moves)
            return registry
        }
    }

    @Test func versionsAreCountedFromOneAndNeverGivenTwice() throws {
        var book = try Book(versions: 3)
        try book.send(.deleteVersion(Self.key(3)))
        try book.add()
        #expect(book.registry.contains(Self.key(4)))
        #expect(!book.registry.contains(Self.key(3)) && !book.registry.contains(Self.key(0)))
        #expect(book.registry == book.restored)
    }

    @Test func anAliasThatPointsThereAlreadyDoesNotMove() throws {
        var book = try Book(versions: 2)
        try book.set(1)
        let before = book.changes.count
        try book.set(1)
        #expect(book.changes.count == before)
    }

    /// Each line: what was set, then what repeated rollbacks give until there is nothing more.
    @Test(arguments: [
        ([1, 2, 3], [2, 1]), ([1, 2, 1], [2, 1]), ([2], []), ([3, 1, 2, 3], [2, 1, 3]),
    ]) func aRollbackGoesBackOneByOne(_ set: [Int], _ expected: [Int]) throws {
        var book = try Book(versions: 3)
        for version in set { try book.set(version) }
        for version in expected {
            #expect(try book.rollBack() == version)
            #expect(book.registry == book.restored)
        }
        #expect(
            throws: ModelRefusal.nothingBefore(
                Self.churn, .champion, ModelVersionNumber(expected.last ?? set[0]))
        ) {
            try book.rollBack()
        }
    }

    @Test func aPromotionAfterARollbackIsUndoneToWhereTheRollbackLed() throws {
        var book = try Book(versions: 4)
        for version in [1, 2, 3] { try book.set(version) }
        #expect(try book.rollBack() == 2)
        try book.set(4)
        #expect(try book.rollBack() == 2)
        #expect(try book.rollBack() == 1)
        #expect(book.registry == book.restored)
    }

    @Test func aRemovedAliasRollsBackToWhereItPointed() throws {
        var book = try Book(versions: 2)
        try book.set(1)
        try book.set(2)
        try book.send(.removeAlias(.champion, of: Self.churn, reason: ""))
        #expect(book.registry.version(of: Self.churn, .champion) == nil)
        #expect(book.registry == book.restored)
        #expect(try book.rollBack() == 2)
        #expect(book.registry == book.restored)
    }

    @Test func adeletedVersionIsNoPlaceToRollBackTo() throws {
        var book = try Book(versions: 3)
        for version in [1, 2, 1, 3] { try book.set(version) }
        try book.send(.deleteVersion(Self.key(2)))
        #expect(book.registry == book.restored)
        #expect(try book.rollBack() == 1)
        #expect(throws: ModelRefusal.self) { try book.rollBack() }
        #expect(book.registry == book.restored)
    }

    @Test func theAliasesOfADeletedVersionGoWithIt() throws {
        var book = try Book(versions: 2)
        try book.set(1)
        try book.set(2)
        try book.set(2, .challenger)
        let before = book.changes.count
        try book.send(.deleteVersion(Self.key(2)))
        let moved = book.changes[before...].compactMap { change -> String? in
            if case .aliasMoved(let move) = change { "\(move.alias) \(move.kind)" } else { nil }
        }
        #expect(moved == ["challenger removed", "champion removed"])
        #expect(try book.rollBack() == 1)
        #expect(book.registry == book.restored)
    }

    @Test func whatIsRefusedChangesNothing() throws {
        var book = try Book(versions: 1)
        let before = book.registry
        let other = ModelName("other")
        let refusals: [(ModelCommand, ModelRefusal)] = [
            (.createModel(Self.churn, description: "", tags: [:]), .modelExists(Self.churn)),
            (.createModel(ModelName("a/b"), description: "", tags: [:]), .badName("a/b")),
            (.setAlias(.champion, to: Self.key(2), reason: "", origin: nil), .unknownVersion(Self.key(2))),
            (
                .setAlias(AliasName("v1"), to: Self.key(1), reason: "", origin: nil),
                .badAlias("v1")
            ),
            (.renameModel(Self.churn, to: ModelName("")), .badName("")),
            (.deleteModel(other), .unknownModel(other)),
            (.edit(.tagModel(other, key: "k", value: "v")), .unknownModel(other)),
            (.deleteVersion(Self.key(9)), .unknownVersion(Self.key(9))),
        ]
        for (command, refusal) in refusals {
            #expect(throws: refusal) { try book.send(command) }
        }
        #expect(book.registry == before)
    }

    // MARK: Claims

    private static func judgement(
        _ version: Int, expected: [AliasName: ModelVersionNumber?] = [:]
    ) -> ModelClaim {
        .judged(
            ModelJudgement(
                key: key(version), metrics: ["auc": 0.9], alias: .champion, expected: expected, origin: origin
            ))
    }

    @Test func theOutputsOfATrainingNameTheVersionThatItMakes() throws {
        var book = try Book(versions: 2)
        let draft = ModelDraft(model: Self.churn, content: ModelContent(source: "m"), alias: .challenger)
        let claim = ModelClaim.trained(draft)
        #expect(
            book.registry.outputs(for: claim).map { "\($0.name)=\($0.value.text())" }
                == ["model_name=\"churn\"", "model_version=3"])
        let changes = book.registry.conclude(claim, .success(gateHolds: true), at: Self.start, by: "s")
        #expect(changes.count == 2 && book.registry.version(of: Self.churn, .challenger)?.value == 3)
        #expect(book.registry.conclude(claim, .gateFailure, at: Self.start, by: "s").isEmpty)
        let first = ModelClaim.trained(
            ModelDraft(model: ModelName("new"), content: ModelContent(source: "m")))
        let created = book.registry.conclude(first, .success(gateHolds: true), at: Self.start, by: "s")
        guard case .modelCreated = created.first, case .versionCreated = created.last else {
            Issue.record("\(created)")
            return
        }
    }

    @Test func aJudgementMovesTheAliasOnlyWhenTheGateHolds() throws {
        var book = try Book(versions: 2)
        let claim = Self.judgement(2)
        for end in [ModelRegistry.ClaimEnd.gateFailure, .success(gateHolds: false)] {
            let changes = book.registry.conclude(claim, end, at: Self.start, by: "s")
            #expect(changes == [.versionMeasured(Self.key(2), ["auc": 0.9], origin: Self.origin)])
        }
        #expect(book.registry.conclude(claim, .success(gateHolds: true), at: Self.start, by: "s").count == 2)
        #expect(book.registry.version(of: Self.churn, .champion)?.value == 2)
    }

    /// A deployment that goes back is a rollback: the next one goes further. To anywhere else it is a move like others.
    @Test func aJudgementCanRollBack() throws {
        var book = try Book(versions: 3)
        for version in 1...3 { try book.set(version) }
        func back(to version: Int) -> [ModelChange] {
            var judgement = ModelJudgement(key: Self.key(version), alias: .champion, origin: Self.origin)
            judgement.isRollback = true
            return book.registry.conclude(
                .judged(judgement), .success(gateHolds: true), at: Self.start, by: "s")
        }
        guard case .aliasMoved(let change)? = back(to: 2).first else { return #expect(Bool(false)) }
        #expect(change.kind == .rollback && change.origin == Self.origin)
        #expect(try book.registry.versionBefore(.champion, of: Self.churn).value == 1)
        guard case .aliasMoved(let other)? = back(to: 3).first else { return #expect(Bool(false)) }
        #expect(other.kind == .set)
        #expect(try book.registry.versionBefore(.champion, of: Self.churn).value == 2)
        _ = back(to: 2)
        _ = back(to: 1)
        #expect(throws: ModelRefusal.nothingBefore(Self.churn, .champion, ModelVersionNumber(1))) {
            try book.registry.versionBefore(.champion, of: Self.churn)
        }
    }

    @Test func anAliasThatMovedMeanwhileIsAnObjection() throws {
        var book = try Book(versions: 3)
        try book.set(1)
        let one = ModelVersionNumber(1)
        #expect(book.registry.objection(to: Self.judgement(3, expected: [.champion: one])) == nil)
        try book.set(2)
        let text = book.registry.objection(to: Self.judgement(3, expected: [.champion: one]))
        #expect(text?.contains("moved from version 1 to version 2") == true)
        let nowhere = book.registry.objection(to: Self.judgement(3, expected: [.challenger: nil]))
        #expect(nowhere == nil)
        #expect(book.registry.objection(to: Self.judgement(9)) == "model `churn` has no version 9")
    }

    // MARK: Names

    @Test(arguments: [
        ("churn", true), ("a b", true), ("ün@x", true), ("", false), ("a/b", false), ("a:b", false),
        (" a", false), ("a\nb", false), ("a\u{0}", false), ("..", false), ("a\u{2028}b", false),
        (String(repeating: "x", count: 257), false),
    ]) func modelNames(_ name: String, _ isValid: Bool) {
        #expect(ModelName(name).isValid == isValid)
    }

    @Test(arguments: [
        ("champion", true), ("A-b_9", true), ("7", true), ("", false), ("latest", false), ("Latest", false),
        ("v1", false), ("V12", false), ("v1a", true), ("v", true), ("a.b", false), ("a b", false),
        ("é", false),
    ]) func aliasNames(_ name: String, _ isValid: Bool) {
        #expect(AliasName(name).isValid == isValid)
    }

    @Test func theAssetOfAnAliasIsPrintableWhateverTheName() {
        #expect(ModelName("churn").asset(of: .champion) == AssetURI("model://churn@champion"))
        let odd = ModelName("a b@\u{1F600}\"").asset(of: .champion)
        #expect(odd.text == "model://a%20b%40%F0%9F%98%80%22@champion" && odd.isValid)
    }
}
