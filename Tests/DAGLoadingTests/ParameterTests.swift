import DAGDomain
import DAGLoading
import JSONText
import Testing

@Suite struct ParameterTests {
    /// The params of a DAG whose `params` are a JSON text.
    private func resolution(_ parameters: String) throws -> ParameterResolution {
        ParameterResolution(try dag(settings("\"params\": \(parameters)")).settings.parameters)
    }

    /// The resolved params as JSON, or the problems.
    private func resolve(
        _ parameters: String, conf: JSONObject = JSONObject(), _ assignments: String...
    ) throws -> [String] {
        let resolution = try resolution(parameters)
        do throws(ParameterResolution.Failure) {
            return [try resolution.resolve(conf: conf, assignments: assignments).text()]
        } catch {
            return error.problems
        }
    }

    private let declared = """
        {"rate": {"type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.5}, "name": "world",
         "n": 3, "flag": false, "mode": {"enum": ["fast", "exact"], "default": "fast"},
         "list": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "default": [1]}}
        """

    @Test func takesDefaultsInFileOrder() throws {
        #expect(
            try resolve(declared)
                == ["{\"rate\":0.5,\"name\":\"world\",\"n\":3,\"flag\":false,\"mode\":\"fast\",\"list\":[1]}"]
        )
        #expect(try resolve("{}") == ["{}"])
    }

    @Test func assignmentsWinOverConf() throws {
        let resolved = try resolve(
            declared, conf: ["rate": try JSONValue.parse("0.25"), "n": 7], "rate=0.75", "name=5", "flag=true",
            "mode=exact", "list=[2,3]",
            "name=a=b")
        #expect(
            resolved == [
                "{\"rate\":0.75,\"name\":\"a=b\",\"n\":7,\"flag\":true,\"mode\":\"exact\",\"list\":[2,3]}"
            ])
    }

    @Test func keepsLargeIntegersExact() throws {
        #expect(try resolve("{\"n\": 1}", "n=12345678901234567890123") == ["{\"n\":12345678901234567890123}"])
    }

    @Test(arguments: [
        ("rate=1", "the param \"rate\" must be smaller than 1, found 1"),
        ("rate=-0.1", "the param \"rate\" must be at least 0, found -0.1"),
        ("rate=high", "the param \"rate\" must be a number, found \"high\""),
        ("n=x", "the param \"n\" must be a number, found \"x\""),
        ("mode=slow", "the param \"mode\" must be one of \"fast\", \"exact\", found \"slow\""),
        ("list=[]", "the param \"list\" must have at least 1 element, found 0"),
        ("list=[1,\"x\"]", "the param \"list\"[1] must be an integer, found \"x\""),
        ("nmae=x", "the param \"nmae\" is not declared; did you mean \"name\"?"),
        ("zzzzz=x", "the param \"zzzzz\" is not declared; declared are rate, name, n, flag, mode, list"),
        ("rate", "\"rate\" is not of the form name=value"),
        ("name=\u{0}", "the param \"name\" contains the character U+0000"),
    ])
    func refuses(_ assignment: String, _ problem: String) throws {
        #expect(try resolve(declared, assignment) == [problem])
    }

    @Test func reportsAllProblemsTogether() throws {
        #expect(
            try resolve("{\"a\": {\"type\": \"string\"}, \"b\": 1}", conf: ["c": 1, "b": 2], "b=x")
                == [
                    "the param \"b\" must be a number, found \"x\"",
                    "the param \"c\" is not declared",
                    "the param \"a\" has no default and no value was given",
                ].map { $0 == "the param \"c\" is not declared" ? $0 + "; declared are a, b" : $0 })
    }

    @Test(arguments: [
        ("{\"type\": [\"string\", \"null\"], \"default\": null}", "v=null", "{\"v\":null}"),
        ("{\"type\": [\"string\", \"null\"], \"default\": null}", "v=text", "{\"v\":\"text\"}"),
        ("{\"type\": [\"string\", \"integer\"], \"default\": 1}", "v=007", "{\"v\":\"007\"}"),
        ("{\"type\": [\"string\", \"integer\"], \"default\": 1}", "v=7", "{\"v\":7}"),
        ("null", "v=free text", "{\"v\":\"free text\"}"), ("null", "v=[1]", "{\"v\":[1]}"),
        ("{\"type\": \"integer\", \"default\": 1}", "v=2.0", "{\"v\":2.0}"),
        ("\"\"", "v=", "{\"v\":\"\"}"),
        ("{\"type\": \"object\", \"default\": {}}", "v={\"a\":1}", "{\"v\":{\"a\":1}}"),
    ])
    func readsByType(_ declaration: String, _ assignment: String, _ result: String) throws {
        #expect(try resolve("{\"v\": \(declaration)}", assignment) == [result])
    }

    @Test(arguments: [
        (
            "{\"type\":\"string\",\"minLength\":2,\"default\":\"aa\"}", "\"x\"",
            "must have at least 2 characters, found 1"
        ),
        (
            "{\"type\":\"string\",\"maxLength\":1,\"default\":\"a\"}", "\"éé\"",
            "must have at most 1 character, found 2"
        ),
        (
            "{\"type\":\"string\",\"pattern\":\"^a+$\",\"default\":\"a\"}", "\"ab\"",
            "must match the pattern ^a+$, found \"ab\""
        ),
        (
            "{\"type\":\"string\",\"format\":\"date\",\"default\":\"2026-01-31\"}", "\"2026-02-31\"",
            "must be a date such as 2026-01-31, found \"2026-02-31\""
        ),
        (
            "{\"type\":\"string\",\"format\":\"date-time\",\"default\":\"2026-01-31T00:00:00Z\"}",
            "\"2026-01-31\"",
            "must be a time such as 2026-01-31T09:30:00Z, found \"2026-01-31\""
        ),
        ("{\"type\":\"number\",\"maximum\":2,\"default\":1}", "3", "must be at most 2, found 3"),
        ("{\"type\":\"number\",\"exclusiveMinimum\":2,\"default\":3}", "2", "must be larger than 2, found 2"),
        (
            "{\"type\":\"array\",\"maxItems\":1,\"default\":[]}", "[1,2]",
            "must have at most 1 element, found 2"
        ),
        ("{\"type\":\"array\",\"uniqueItems\":true,\"default\":[]}", "[1,1]", "has an element twice"),
        ("{\"type\":\"object\",\"required\":[\"a\"],\"default\":{\"a\":1}}", "{}", "lacks \"a\""),
        ("{\"const\":1,\"default\":1}", "2", "must be 1, found 2"),
        ("{\"enum\":[1,2],\"default\":1}", "1.5", "must be one of 1, 2, found 1.5"),
        ("{\"type\":\"boolean\",\"default\":true}", "1", "must be a boolean, found 1"),
    ])
    func checksTheSchema(_ declaration: String, _ value: String, _ problem: String) throws {
        let conf: JSONObject = ["v": try JSONValue.parse(value)]
        #expect(try resolve("{\"v\": \(declaration)}", conf: conf) == ["the param \"v\" \(problem)"])
    }

    @Test func checksMembersOfObjects() throws {
        let declaration = """
            {"v": {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}},
             "default": {"a": 1},
             "additionalProperties": false}}
            """
        let conf: JSONObject = ["v": ["a": 0, "b": 1]]
        #expect(
            try resolve(declaration, conf: conf) == [
                "the param \"v\".a must be at least 1, found 0",
                "the param \"v\" has the undeclared member \"b\"",
            ])
    }

    @Test func comparesNumbersByValue() throws {
        #expect(try resolve("{\"v\": {\"enum\": [1], \"default\": 1}}", "v=1.0") == ["{\"v\":1.0}"])
    }

    @Test(arguments: [
        (
            "{\"p\":{\"type\":\"strin\"}}",
            "1:80: \"type\" has the unknown value \"strin\"; did you mean \"string\"?"
        ),
        ("{\"p\":{\"default\":1,\"minimun\":2}}", "1:85: unknown key \"minimun\"; did you mean \"minimum\"?"),
        (
            "{\"p\":{\"type\":\"integer\",\"default\":\"x\"}}",
            "1:100: the default of the param \"p\" must be an integer, "
                + "found \"x\""
        ),
        ("{\"p\":{\"default\":\"x\",\"pattern\":\"(\"}}", "1:97: \"(\" is not a regular expression"),
        (
            "{\"p-q\":1}",
            "1:68: the name \"p-q\" in \"params\" must be up to 128 letters, digits and '_', not starting "
                + "with a digit"
        ),
        ("{\"p\":1,\"P\":2}", "1:74: the params \"p\" and \"P\" would both be $ORCHESTRATOR_PARAM_P"),
    ])
    func refusesBadDeclarations(_ parameters: String, _ error: String) {
        #expect(errors(settings("\"params\":\(parameters)")) == [error])
    }

    @Test func refusesAScheduleThatCannotStart() {
        let text = settings("\"schedule\":\"@daily\",\"params\":{\"p\":{\"type\":\"string\"}}")
        #expect(
            errors(text) == ["1:88: the param \"p\" has no default, so the schedule could not start a run"])
    }
}
