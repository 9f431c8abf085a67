import StateStore
import Testing

@testable import HTTPAPI

/// MLflow's filter language.
@Suite struct TrackingFilterTests {
    private func only(_ text: String, _ grammar: FilterGrammar = .runs) throws -> TrackingCondition {
        let conditions = try FilterParser.conditions(text, grammar)
        #expect(conditions.count == 1)
        return try #require(conditions.first)
    }

    @Test(arguments: [nil, "", "   "]) func nothingIsNoCondition(_ text: String?) throws {
        #expect(try FilterParser.conditions(text, .runs).isEmpty)
    }

    @Test func namesMayBeWrittenInManyWays() throws {
        let tests: [(String, TrackingCondition.Field)] = [
            ("metrics.auc > 1", .metric("auc")), ("metric.`my auc` > 1", .metric("my auc")),
            ("metrics.\"a b\" > 1", .metric("a b")), ("`metrics`.auc > 1", .metric("auc")),
            ("metrics.a.b > 1", .metric("a.b")), ("params.p = 'x'", .param("p")),
            ("parameters.p = 'x'", .param("p")), ("tag.mlflow.source.name = 'x'", .tag("mlflow.source.name")),
            ("status = 'x'", .attribute("status")), ("attr.status = 'x'", .attribute("status")),
            ("attributes.`run name` = 'x'", .attribute("run_name")),
            ("Created > 1", .attribute("start_time")),
            ("datasets.digest = 'x'", .dataset(.digest)), ("params.größe = 'x'", .param("größe")),
        ]
        for (text, field) in tests { #expect(try only(text).field == field, "\(text)") }
    }

    @Test func comparisonsAreTyped() throws {
        let tests: [(String, TrackingCondition.Test)] = [
            ("metrics.a >= -1.5e-3", .number(.greaterOrEqual, -0.0015)),
            ("metrics.a!=3", .number(.notEqual, 3)),
            ("start_time<=1001.5", .number(.lessOrEqual, 1001.5)),
            ("params.a = \"x y\"", .text(.equal, "x y")),
            ("params.a != ''", .text(.notEqual, "")), ("params.a like 'a%'", .text(.like, "a%")),
            ("tags.a ILIKE 'A_'", .text(.caselessLike, "A_")), ("tags.a IS NULL", .isAbsent),
            ("params.a is not null", .isPresent),
            ("run_id IN ('a', \"b\",)", .list(["a", "b"], isNegated: false)),
            ("run_id NOT IN ('a')", .list(["a"], isNegated: true)),
            ("params.a = ''' OR 1=1 --'", .text(.equal, "'' OR 1=1 --")),
        ]
        for (text, test) in tests { #expect(try only(text).test == test, "\(text)") }
    }

    @Test func comparisonsAreJoinedByAnd() throws {
        let conditions = try FilterParser.conditions(
            "metrics.a > 1 AND params.b = 'x and y' and tags.c IS NULL", .runs)
        #expect(conditions.map(\.field) == [.metric("a"), .param("b"), .tag("c")])
    }

    @Test(arguments: [
        "metrics.a", "metrics.a >", "metrics.a > 'x'", "metrics.a LIKE 'x'", "metrics.a IS NULL",
        "metrics.a > 1e999",
        "metrics.a == 1", "metrics.a <> 1", "metrics.a > 1 OR metrics.b > 1", "metrics.a > 1; DROP TABLE x",
        "metrics.a > 1 metrics.b > 2", "params.a = 5", "params.a > 'x'", "params.a = x", "params.a = 'x",
        "params.a IN ('x')", "run_id IN ()", "run_id IN (5)", "run_id IN ('a' 'b')", "run_id NOT ('a')",
        "nothing.a = 'x'", "attributes.nothing = 'x'", "status > 'x'", "start_time = 'x'", "dataset.x = 'y'",
        "tags.a IS 5", "tags.a IS NOT", "AND", "()", "= 1", "status = 'a' AND", "params.`a = 'x'", "1 = 1",
        "💥",
        "metrics.a > --1",
    ])
    func nonsenseIsRefused(_ text: String) throws {
        let error = #expect(throws: TrackingError.self) { try FilterParser.conditions(text, .runs) }
        #expect(error?.code == .invalidParameter)
    }

    @Test func theNumberOfComparisonsIsLimited() {
        let text = Array(repeating: "metrics.a > 1", count: 101).joined(separator: " AND ")
        #expect(throws: TrackingError.self) { try FilterParser.conditions(text, .runs) }
    }

    @Test func eachKindOfThingHasItsOwnNames() throws {
        #expect(try only("creation_time > 5", .experiments).test == .number(.greater, 5))
        #expect(throws: TrackingError.self) {
            try FilterParser.conditions("creation_time > 5.5", .experiments)
        }
        #expect(throws: TrackingError.self) { try FilterParser.conditions("params.a = 'x'", .experiments) }
        #expect(throws: TrackingError.self) { try FilterParser.conditions("status = 'x'", .modelVersions) }
        #expect(try only("name IN ('a')", .registeredModels).test == .list(["a"], isNegated: false))
    }

    @Test func ordersAreRead() throws {
        let keys = try OrderParser.keys(
            ["metrics.`my auc` desc", "attributes.start_time", "params.p ASC"], .runs)
        #expect(
            keys == [
                TrackingOrder(field: .metric("my auc"), isAscending: false),
                TrackingOrder(field: .attribute("start_time"), isAscending: true),
                TrackingOrder(field: .param("p"), isAscending: true),
            ])
        for text in ["", "metrics.a up", "metrics.a ASC, b", "dataset.name", "'x'", "nothing.a"] {
            #expect(throws: TrackingError.self, "\(text)") { try OrderParser.keys([text], .runs) }
        }
        #expect(throws: TrackingError.self) { try OrderParser.keys(["start_time", "created DESC"], .runs) }
    }

    @Test func pageTokensAreMLflows() throws {
        #expect(PageToken.text(3) == "eyJvZmZzZXQiOiAzfQ==")
        #expect(try PageToken.offset(of: "eyJvZmZzZXQiOiAzfQ==") == 3)
        for token in ["!", "e30=", "eyJvZmZzZXQiOiAtM30=", "eyJvZmZzZXQiOiAxZTMwMH0="] {
            #expect(throws: TrackingError.self, "\(token)") { try PageToken.offset(of: token) }
        }
    }

    @Test(arguments: [
        "..", "a/../b", "/etc", "a/./b", "%2e%2e/x", "%252e%252e", "a%2F..%2Fb", "a\\b", "a\0b", "..%2f",
    ])
    func pathsThatLeaveAreRefused(_ text: String) {
        #expect(throws: TrackingError.self) { try TrackingPath(text) }
    }

    @Test(arguments: [
        "file:///etc", "/etc", "relative", "mlflow-artifacts:/a/../b", "s3://b/x?y=z", "s3://b/%2e%2e/c",
    ])
    func locationsOfThisMachineAreRefused(_ text: String) {
        #expect(throws: TrackingError.self) { try TrackingLocation.check(text) }
    }
}
