import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct AssetStoreTests {
    private static let orders = AssetURI("s3://orders")
    private static let prices = AssetURI("s3://prices")

    private static func event(
        _ id: Int64, _ asset: AssetURI = orders, at: Int64 = 10, extra: JSONObject = JSONObject(),
        source: AssetEventSource = .outside("cli")
    ) -> AssetEvent {
        AssetEvent(id: AssetEventID(id), asset: asset, timestamp: .at(at), extra: extra, source: source)
    }

    @Test func everyFieldOfAnEventComesBack() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.store(home)
        let byTask = Self.event(
            4, at: 11, extra: ["rows": 9_007_199_254_740_993],
            source: .task(fixture.dag.id, RunID("r"), TaskID("t"), mapIndex: 3))
        let outside = Self.event(7, Self.prices, at: 5)
        try store.commit(
            [.assetEventRecorded(byTask, queuedFor: []), .assetEventRecorded(outside, queuedFor: [])],
            at: .at(1))
        let page = try store.assetEvents()
        #expect(page.rows.map(\.event) == [byTask, outside] && page.total == 2)
        #expect(page.rows.map(\.assetID) == [1, 2] && page.rows[0].name == Self.orders.text)
        #expect(try store.loadUnfinished().state.nextAssetEventID == AssetEventID(8))
        var filter = AssetEventFilter()
        filter.taskID = TaskID("t")
        #expect(try store.assetEvents(filter).rows.map(\.event.id.value) == [4])
        filter = AssetEventFilter()
        filter.timestamp.through = .at(10)
        filter.descending = true
        #expect(try store.assetEvents(filter).rows.map(\.event.id.value) == [7])
    }

    @Test func aliasesComeBackAndGoWithTheirAssets() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        var store = try fixture.storeWithRun(home)
        let alias = AssetAliasName("daily")
        let event = AssetEvent(
            id: AssetEventID(1), asset: Self.orders, timestamp: .at(1), extra: [:], source: .outside("x"),
            aliases: [alias])
        try store.commit(
            [
                .assetEventRecorded(event, queuedFor: [fixture.dag.id]),
                .assetJoinedAlias(Self.orders, alias, at: .at(1)),
                .assetDescribed(Asset(Self.prices, name: "prices", group: "g", extra: ["a": 1]), at: .at(2)),
            ], at: .at(2))
        try store.close()
        store = try home.open()
        #expect(try store.loadUnfinished().state.aliasMembers == AliasMembers([alias: [Self.orders]]))
        #expect(try store.assetAliases().map(\.assets) == [[Self.orders]])
        #expect(try store.assetEvent(AssetEventID(1))?.aliases == [alias])
        let rows = try store.assets()
        #expect(rows.map(\.asset.name) == [Self.orders.text, "prices"] && rows.allSatisfy(\.isKept))
        #expect(throws: StateStoreError.self) {
            try store.commit([.assetJoinedAlias(AssetURI("s3://none"), alias, at: .at(3))], at: .at(3))
        }
    }

    @Test func aRemovedAssetLeavesNothingBehind() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        let alias = AssetAliasName("daily")
        let used = AssetEvent(
            id: AssetEventID(1), asset: Self.orders, timestamp: .at(1), extra: [:], source: .outside("x"),
            aliases: [alias])
        try store.commit(
            [
                .assetEventRecorded(used, queuedFor: [fixture.dag.id]),
                .assetJoinedAlias(Self.orders, alias, at: .at(1)),
                .assetEventsConsumed(RunNumber(1), fixture.dag.id, count: 1, through: AssetEventID(1)),
                .assetEventRecorded(Self.event(2), queuedFor: [fixture.dag.id]),
                .outsideRecorded(
                    .watchBegan(
                        Self.orders, pattern: "*", [.init(path: "f", sizeBytes: 1, modified: 1, inode: 1)]),
                    at: .at(1)),
            ], at: .at(2))
        try store.commit([.assetRemoved(Self.orders)], at: .at(3))
        #expect(try store.assets().isEmpty && store.assetEvents().total == 0)
        #expect(try store.queuedAssets().isEmpty && store.assetAliases().map(\.assets) == [[]])
        #expect(try !store.hasWatch(Self.orders, pattern: "*") && store.watchedFiles(of: Self.orders).isEmpty)
        #expect(try store.assetEvents(of: RunNumber(1)).isEmpty)
    }

    /// What waits, what a run used that is there, the newest of each asset, and what is young enough stay.
    @Test func pruningKeepsWhatIsNeeded() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        try store.commit(
            [
                .assetEventRecorded(Self.event(1, at: 1), queuedFor: [fixture.dag.id]),
                .assetEventsConsumed(RunNumber(1), fixture.dag.id, count: 1, through: AssetEventID(1)),
                .assetEventRecorded(Self.event(2, at: 2), queuedFor: [fixture.dag.id]),
                .assetEventRecorded(Self.event(3, at: 3), queuedFor: []),
                .assetEventRecorded(Self.event(4, Self.prices, at: 4), queuedFor: []),
                .assetEventRecorded(Self.event(5, at: 100), queuedFor: []),
                .assetEventRecorded(Self.event(6, at: 101), queuedFor: []),
            ], at: .at(2))
        let pruned = try store.pruneAssets(before: .at(50), at: .at(200))
        #expect(pruned.result.assetEvents == 1 && pruned.isComplete)
        #expect(try store.assetEvents().rows.map(\.event.id.value) == [1, 2, 4, 5, 6])
    }

    /// What a person said of an asset outlives a file that only names it; what a file says wins over that.
    @Test func aFileThatOnlyNamesAnAssetLeavesItsDescription() throws {
        let home = try TemporaryHome()
        let store = try home.open()
        try store.commit([.assetDescribed(Asset(Self.orders, name: "orders"), at: .at(1))], at: .at(1))
        for (version, name) in [("1", nil), ("2", "of the file")] {
            var task = TaskDefinition(id: TaskID("t"), action: .shell("true"))
            task.outlets = [Asset(Self.orders, name: name)]
            let dag = try DAG(
                id: DAGID("d"), version: DAGVersionHash(version), path: "/d.json", folder: "/",
                settings: DAGSettings(),
                tasks: [task])
            try store.recordVersion(of: dag, source: [], at: .at(2))
            #expect(try store.asset(Self.orders)?.asset.name == name ?? "orders")
        }
    }

    @Test func whatWaitsComesBackAfterReopeningAndIsUsedOnce() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        var store = try fixture.storeWithRun(home)
        let dagID = fixture.dag.id
        try store.commit(
            [
                .assetEventRecorded(Self.event(1), queuedFor: [dagID]),
                .assetEventRecorded(Self.event(2, at: 8), queuedFor: [dagID, DAGID("other")]),
                .assetEventRecorded(Self.event(3, Self.prices), queuedFor: [dagID]),
            ], at: .at(1))
        try store.close()
        store = try home.open()
        let queues = try store.loadUnfinished().state.assetQueues
        #expect(queues.map(\.dagID) == [dagID, DAGID("other")])
        let entry = AssetQueue.Entry(count: 2, since: .at(10), latest: .at(8), last: AssetEventID(2))
        #expect(queues[0].entries[Self.orders] == entry)
        #expect(try store.queuedAssets(of: dagID).map(\.asset) == [Self.orders, Self.prices])
        try store.commit(
            [.assetEventsConsumed(RunNumber(1), dagID, count: 3, through: AssetEventID(3))], at: .at(2))
        #expect(try store.assetEvents(of: RunNumber(1)).map(\.event.id.value) == [1, 2, 3])
        #expect(try store.assetEvents().rows.map(\.runs) == [[RunNumber(1)], [RunNumber(1)], [RunNumber(1)]])
        #expect(try store.loadUnfinished().state.assetQueues.map(\.dagID) == [DAGID("other")])
        // A run that is deleted takes its links along, not the events.
        try store.commit([.runChanged(from: .running, to: fixture.run(1, state: .success))], at: .at(3))
        try store.deleteRun(RunNumber(1), at: .at(4))
        #expect(try store.assetEvents().rows.map(\.runs) == [[], [], []])
    }

    /// The scheduler and the database must agree on how many events a run uses; else nothing is recorded.
    @Test(arguments: [(2, 3), (4, 3), (3, 2)] as [(Int, Int64)])
    func aWrongCountIsRefused(_ count: Int, _ last: Int64) throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        try store.commit(
            (1...3).map { .assetEventRecorded(Self.event($0), queuedFor: [fixture.dag.id]) }, at: .at(1))
        #expect(throws: StateStoreError.self) {
            try store.commit(
                [
                    .assetEventsConsumed(
                        RunNumber(1), fixture.dag.id, count: count, through: AssetEventID(last))
                ], at: .at(2))
        }
    }

    @Test func oneEventStartsOneRunOfADAG() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        let dagID = fixture.dag.id
        try store.commit(
            [
                .runCreated(fixture.run(2), fixture.instances(2)),
                .assetEventRecorded(Self.event(1), queuedFor: [dagID]),
                .assetEventsConsumed(RunNumber(1), dagID, count: 1, through: AssetEventID(1)),
            ], at: .at(1))
        #expect(throws: StateStoreError.self) {
            try store.commit(
                [.assetEventsConsumed(RunNumber(2), dagID, count: 1, through: AssetEventID(1))], at: .at(2))
        }
    }

    @Test func droppedEventsStayOnRecord() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        try store.commit(
            [
                .assetEventRecorded(Self.event(1), queuedFor: [fixture.dag.id]),
                .assetEventRecorded(Self.event(2, Self.prices), queuedFor: [fixture.dag.id]),
                .assetQueueDropped(fixture.dag.id, [Self.orders]),
            ], at: .at(1))
        #expect(try store.queuedAssets().map(\.asset) == [Self.prices])
        #expect(try store.assetEvents().total == 2)
        try store.commit([.runChanged(from: .running, to: fixture.run(1, state: .success))], at: .at(2))
        try store.deleteHistory(of: fixture.dag.id, at: .at(3))
        #expect(try store.queuedAssets().isEmpty)
    }

    @Test func aFileSaysWhatAnAssetIs() throws {
        let home = try TemporaryHome()
        var task = TaskDefinition(id: TaskID("t"))
        task.outlets = [Asset(Self.orders, name: "orders", group: "raw", extra: ["team": "x"])]
        let dag = try DAG(
            id: DAGID("d"), version: DAGVersionHash("1"), path: "/dags/d.json", folder: "/dags",
            settings: DAGSettings(), tasks: [task])
        let store = try home.open()
        try store.commit([.assetEventRecorded(Self.event(1), queuedFor: [])], at: .at(1))
        try store.recordVersion(of: dag, source: [], at: .at(2))
        let row = try #require(try store.asset(Self.orders))
        #expect(row.asset == task.outlets[0] && row.id == 1 && row.updatedAt == .at(2))
        #expect(row.lastEvent == AssetEventID(1) && row.lastEventAt == .at(10))
        #expect(try store.asset(AssetURI("s3://other")) == nil)
    }

    @Test func filesAndMessagesAreRemembered() throws {
        let home = try TemporaryHome()
        var store = try home.open()
        let file = WatchedFile(path: "/in/a", sizeBytes: 3, modified: 5, inode: .max)
        var later = file
        later = WatchedFile(path: "/in/a", sizeBytes: 4, modified: 6, inode: 7)
        let hook = WebhookName("h")
        try store.commit(
            [
                .outsideRecorded(.watchBegan(Self.orders, pattern: "/in/*", [file]), at: .at(1)),
                .outsideRecorded(.fileSeen(Self.orders, later), at: .at(2)),
                .outsideRecorded(
                    .delivery(
                        WebhookDelivery(webhook: hook, keys: ["k", "s"], outcome: .event(AssetEventID(9)))),
                    at: .at(3)),
            ], at: .at(3))
        try store.close()
        store = try home.open()
        #expect(try store.hasWatch(Self.orders, pattern: "/in/*"))
        #expect(try !store.hasWatch(Self.orders, pattern: "/out/*"))
        #expect(try store.watchedFiles(of: Self.orders) == ["/in/a": later])
        #expect(try store.delivery(to: hook, keys: ["x", "s"]) == .event(AssetEventID(9)))
        #expect(try store.delivery(to: WebhookName("other"), keys: ["s"]) == nil)
        let week = Timestamp.at(3) + .seconds(8 * 86_400)
        try store.commit(
            [
                .outsideRecorded(.filesGone(Self.orders, paths: ["/in/a"]), at: week),
                .outsideRecorded(
                    .delivery(WebhookDelivery(webhook: hook, keys: ["n"], outcome: .run(RunNumber(1)))),
                    at: week),
            ], at: week)
        #expect(try store.watchedFiles(of: Self.orders).isEmpty)
        #expect(try store.delivery(to: hook, keys: ["s"]) == nil)
        #expect(try store.delivery(to: hook, keys: ["n"]) == .run(RunNumber(1)))
    }
}
