import DAGDomain
import JSONText
import SchedulerCore
import Testing

@Suite struct ConditionEvaluationTests {
    private struct Values: ConditionValues {
        func parameter(_ name: String) -> JSONValue? {
            let values: JSONObject = [
                "on": true, "off": false, "one": 1, "text": "abc", "list": [1, "x", nil],
                "config": ["mode": "fast", "deep": ["level": 3]],
            ]
            return values[name]
        }

        func output(of task: TaskID, _ name: String) -> JSONValue? {
            task.text == "a" && name == "rows" ? 42 : nil
        }

        func field(_ field: ConditionExpression.RunField) -> JSONValue {
            switch field {
            case .runID: "manual__1"
            case .runType: "manual"
            case .logicalDate: .null
            }
        }
    }

    private func value(_ expression: ConditionExpression) throws(ConditionError) -> Bool {
        try ConditionEvaluation.value(expression, in: Values())
    }

    private func compare(
        _ left: JSONValue, _ comparison: ConditionExpression.Comparison, _ right: JSONValue
    ) throws -> Bool {
        try value(.comparison(comparison, .literal(left), .literal(right)))
    }

    @Test(
        arguments: [
            (1, .equal, JSONValue(1.0)), (1, .less, JSONValue(1.5)), (-1, .greater, JSONValue(-1.5)),
            ("1", .notEqual, 1), (nil, .equal, nil), ("b", .greater, "a"), ("Z", .less, "a"),
            ("2026-01-31", .less, "2026-02-01T00:00:00Z"), ([1, [2]], .equal, [1, [2]]),
            (["a": 1, "b": 2], .equal, ["b": 2, "a": 1]), (2, .isIn, [1, 2]), ("b", .isIn, "abc"),
            ("k", .isIn, ["k": nil]), ("x", .isNotIn, ["k": 1]), (1, .isNotIn, nil), (nil, .isIn, [nil]),
            (9_007_199_254_740_993, .greater, JSONValue(9_007_199_254_740_992.0)),
            (9_223_372_036_854_775_807, .less, JSONValue(1e300)), ("", .isIn, ""),
        ] as [(JSONValue, ConditionExpression.Comparison, JSONValue?)])
    func holds(_ left: JSONValue, _ comparison: ConditionExpression.Comparison, _ right: JSONValue?) throws {
        #expect(try compare(left, comparison, right ?? .null))
    }

    @Test(
        arguments: [
            (nil, .less, 1), (1, .greaterOrEqual, nil), (nil, .lessOrEqual, nil), (true, .equal, 1),
            ("a", .equal, "A"), ("x", .isIn, nil), ([1], .equal, [1, 2]), (["a": 1], .equal, ["b": 1]),
        ] as [(JSONValue, ConditionExpression.Comparison, JSONValue)])
    func doesNotHold(_ left: JSONValue, _ comparison: ConditionExpression.Comparison, _ right: JSONValue)
        throws
    {
        #expect(try !compare(left, comparison, right))
    }

    @Test func readsValuesOfTheRun() throws {
        #expect(try value(.parameter("on")))
        #expect(try !value(.parameter("nothing")))
        #expect(try value(.comparison(.equal, .output(task: TaskID("a"), name: "rows"), .literal(42))))
        #expect(try value(.comparison(.equal, .output(task: TaskID("b"), name: "rows"), .literal(nil))))
        #expect(try value(.comparison(.equal, .run(.runType), .literal("manual"))))
        #expect(try value(.comparison(.equal, .run(.logicalDate), .literal(nil))))
        let deep = ConditionExpression.member(.member(.parameter("config"), "deep"), "level")
        #expect(try value(.comparison(.equal, deep, .literal(3))))
        #expect(try value(.comparison(.equal, .member(.parameter("list"), "1"), .literal("x"))))
        #expect(try value(.comparison(.equal, .member(.parameter("list"), "9"), .literal(nil))))
        #expect(try value(.comparison(.equal, .member(.member(.parameter("no"), "a"), "b"), .literal(nil))))
        #expect(try value(.comparison(.isIn, .parameter("one"), .list([.literal(2), .parameter("one")]))))
    }

    @Test func looksNoFurtherThanNeeded() throws {
        let broken = ConditionExpression.comparison(.less, .literal(1), .literal("x"))
        #expect(try !value(.and(.literal(false), broken)))
        #expect(try value(.or(.literal(true), broken)))
        #expect(throws: ConditionError.self) { try value(.and(.literal(true), broken)) }
        #expect(throws: ConditionError.self) { try value(.or(.literal(false), broken)) }
        #expect(try value(.not(.parameter("off"))))
    }

    @Test(
        arguments: [
            (
                .comparison(.less, .parameter("text"), .literal(3)),
                "\"<\" cannot compare the text \"abc\" with the number 3"
            ),
            (
                .comparison(.greaterOrEqual, .parameter("on"), .parameter("off")),
                "\">=\" cannot compare true with false"
            ),
            (
                .comparison(.isIn, .literal(1), .literal("123")),
                "\"in\" cannot look for the number 1 in the text \"123\""
            ),
            (.not(.parameter("one")), "\"not\" needs true or false, found the number 1"),
            (.and(.literal(true), .parameter("list")), "\"and\" needs true or false, found a list"),
            (
                .parameter("text"),
                "the condition is the text \"abc\", neither true nor false; compare it with something"
            ),
            (.member(.parameter("one"), "x"), "the number 1 has no member \"x\""),
            (.member(.parameter("list"), "first"), "a list has elements by number, not \"first\""),
        ] as [(ConditionExpression, String)])
    func refuses(_ expression: ConditionExpression, _ message: String) {
        #expect(throws: ConditionError(message: message)) { try value(expression) }
    }
}
