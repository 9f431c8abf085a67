import DAGDomain
import JSONText
import Testing

@testable import DAGLoading

@Suite struct ConditionParserTests {
    private struct Names: ConditionNames {
        func problem(parameter name: String) -> String? {
            ["x", "y", "config"].contains(name) ? nil : "no such param"
        }

        func task(named text: String) -> NamedTask? {
            ["a", "a-b", "g.a", "g.a.rows"].firstIndex(of: text).map {
                NamedTask(index: $0, id: TaskID(text))
            }
        }

        func problem(output name: String, of task: NamedTask) -> String? {
            name == "typo" ? "no such output" : nil
        }

        func problem(unknownTask candidates: [String]) -> String { "no task \(candidates)" }
    }

    private func parse(_ text: String) throws(ConditionFailure) -> ConditionExpression {
        try ConditionParser.parse(text, names: Names()).expression
    }

    private static let x = ConditionExpression.parameter("x")
    private static let y = ConditionExpression.parameter("y")
    private static let one = ConditionExpression.literal(1)

    @Test(
        arguments: [
            ("params.x", x), ("{{ params.x }}", x), (" ${{params.x}} ", x), ("(params.x)", x),
            ("params['x']", x), ("true", .literal(true)), ("None", .literal(nil)),
            ("-15", .literal(-15)),
            (#"'a\'b"'"#, .literal("a'b\"")), (#""a'b\n""#, .literal("a'b\n")),
            ("params.config.mode", .member(.parameter("config"), "mode")),
            (
                "params.config['a b'][0].c-d",
                .member(.member(.member(.parameter("config"), "a b"), "0"), "c-d")
            ),
            ("run_type == 'manual'", .comparison(.equal, .run(.runType), .literal("manual"))),
            ("logical_date<'2026'", .comparison(.less, .run(.logicalDate), .literal("2026"))),
            ("params.x in [1, 'a', params.y,]", .comparison(.isIn, x, .list([one, .literal("a"), y]))),
            ("params.x not in []", .comparison(.isNotIn, x, .list([]))),
            ("not params.x in [1]", .not(.comparison(.isIn, x, .list([one])))),
            ("!params.x && params.y", .and(.not(x), y)),
            ("params.x or params.y and 1 != 1", .or(x, .and(y, .comparison(.notEqual, one, one)))),
            ("(params.x||params.y) and true", .and(.or(x, y), .literal(true))),
            ("params.x >= 1 == true", nil),
            ("outputs.a.rows", .output(task: TaskID("a"), name: "rows")),
            ("outputs.a-b.rows.0", .member(.output(task: TaskID("a-b"), name: "rows"), "0")),
            ("outputs['a-b'].key", .output(task: TaskID("a-b"), name: "key")),
            ("outputs.g.a.rows", .output(task: TaskID("g.a"), name: "rows")),
            ("outputs.g.a.rows.n", .output(task: TaskID("g.a.rows"), name: "n")),
            ("outputs['g.a'].rows.n", .member(.output(task: TaskID("g.a"), name: "rows"), "n")),
        ] as [(String, ConditionExpression?)])
    func reads(_ text: String, _ wanted: ConditionExpression?) throws {
        #expect((try? parse(text)) == wanted)
    }

    @Test(arguments: [
        ("params.z", 7, "no such param"), ("params", 0, "write params.NAME"),
        ("outputs.a", 0, "write outputs.TASK.NAME"),
        ("outputs.b.c.d", 8, "no task [\"b.c\", \"b\"]"), ("1 == outputs.a.typo", 15, "no such output"),
        ("params.x ==", 11, "expected a value, found the end of the condition"),
        ("params.x = 1", 9, "\"=\" compares nothing; write \"==\""),
        ("params.x + 1", 9, "there is no arithmetic in conditions"),
        ("params.x - 1", 9, "there is no arithmetic in conditions"),
        ("1 < params.x < 3", 13, "comparisons cannot be chained; join two of them with \"and\""),
        ("len(params.x)", 0, "there are no functions in conditions"),
        ("params.x.upper()", 14, "there are no functions in conditions"),
        ("params.x | upper", 9, "write \"or\" or \"||\"; there are no filters in conditions"),
        ("(params.x", 9, "expected ')', found the end of the condition"),
        ("params.x)", 8, "expected \"and\", \"or\" or the end of the condition, found ')'"),
        ("params.x params.y", 9, "expected \"and\", \"or\" or the end of the condition, found \"params\""),
        ("[1 2]", 3, "expected ',' or ']', found 2"), ("'abc", 0, "the text that starts here is not closed"),
        (#"'\x'"#, 1, "after a backslash only \\, ', \", n and t are known"),
        ("01", 0, "\"01\" is not a number"),
        ("{{ }}", 3, "the condition is empty"),
        ("{{ params.x }} and {{ params.y }}", 12, "braces may stand around the whole condition only"),
        ("params.x not 1", 13, "expected \"in\" after \"not\", found 1"),
        ("params.", 7, "expected a name after '.', found the end of the condition"),
        ("and", 0, "expected a value, found \"and\""),
        ("params[params.x]", 7, "expected a text or an index in brackets, found \"params\""),
        ("é", 0, "unexpected character \"é\""),
        ("prams.x", 0, "unknown name \"prams\"; did you mean \"params\"?"),
    ])
    func refuses(_ text: String, _ offset: Int, _ message: String) {
        #expect(throws: ConditionFailure(message, at: offset)) { try parse(text) }
    }

    @Test func keepsNumbersAsTheyAreWritten() throws {
        #expect(try parse("-1.50e3") == .literal(JSONValue.parse("-1.50e3")))
        #expect(try parse("9007199254740993") == .literal(9_007_199_254_740_993))
    }

    @Test func limitsDepthAndLength() throws {
        let deep = { (count: Int) in
            String(repeating: "(", count: count) + "true" + String(repeating: ")", count: count)
        }
        #expect(try parse(deep(32)) == .literal(true))
        #expect(throws: ConditionFailure("nested deeper than 32 levels", at: 33)) { try parse(deep(33)) }
        #expect(throws: ConditionFailure("nested deeper than 32 levels", at: 132)) {
            try parse(String(repeating: "not ", count: 33) + "true")
        }
        let members = "params.config" + String(repeating: ".a", count: 33)
        #expect(throws: ConditionFailure("nested deeper than 32 levels", at: 14)) { try parse(members) }
        let long = String(repeating: " ", count: 4_097)
        #expect(
            throws: ConditionFailure("the condition has 4097 characters, at most 4096 are allowed", at: 0)
        ) { try parse(long) }
    }

    /// A chain of many operands stays shallow, and keeps their order.
    @Test func keepsLongChainsShallow() throws {
        let count = 600
        let expression = try parse(Array(repeating: "true", count: count).joined(separator: "&&"))
        func depth(_ expression: ConditionExpression) -> (depth: Int, leaves: Int) {
            guard case .and(let left, let right) = expression else { return (0, 1) }
            let (first, second) = (depth(left), depth(right))
            return (max(first.depth, second.depth) + 1, first.leaves + second.leaves)
        }
        #expect(depth(expression) == (10, count))
        let operands = (0..<4).map { "params.x==\($0)" }.joined(separator: " or ")
        let equal = { (value: Int64) in
            ConditionExpression.comparison(.equal, Self.x, .literal(.integer(value)))
        }
        #expect(try parse(operands) == .or(.or(equal(0), equal(1)), .or(equal(2), equal(3))))
    }

    /// Whatever is written, there is an answer or a message at a place inside the text.
    @Test func survivesAnyText() {
        var generator = SplitMix64(state: 3)
        let parts = [
            "params", ".", "x", "outputs", "a", "(", ")", "[", "]", "'", "\"", " ", "and", "not", "in", "==",
            "<", "-", "1", ",",
            "\\", "{{", "}}", "é", "true", "||", "$",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0..<14, using: &generator)).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &generator)]
            }.joined()
            do throws(ConditionFailure) {
                _ = try parse(text)
            } catch {
                #expect((0...text.unicodeScalars.count).contains(error.offset), "\(text)")
            }
        }
    }
}
