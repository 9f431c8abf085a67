import DAGDomain

/// The keys of `deploy`.
extension KeyTable {
    static let deployRule = KeyRule(
        "deploy", .object(.deploy),
        "For type deploy: how the version comes into service, how its health is told, and what undoes it.")

    private static let program = Shape.either([
        .string(.nonEmpty), .array(.string(.any), minimum: 1),
    ])

    static let deploy = KeyTable(
        "deploy",
        [
            KeyRule(
                "strategy", .choice(DeployPlan.Strategy.allCases.map(\.rawValue)),
                "\"replace\" (the default), \"blue_green\", \"canary\" or \"shadow\"."),
            KeyRule(
                "steps",
                .array(.either([.integer(0...100), .object(.deployStep)]), minimum: 1, maximum: 100),
                "For canary: the percentages of requests, rising to 100; 10, 50, 100 if absent."),
            KeyRule("health", .object(.deployHealth), "How it is told that the new version works."),
            KeyRule(
                "rollback", .either([.boolean, .string(.nonEmpty), .array(.string(.any), minimum: 1)]),
                "A command that puts the version before into service again; true (the default) is the task's own "
                    + "command, with that version; false does nothing."),
        ], foreignWords: ["health_check": "health", "healthcheck": "health", "on_failure": "rollback"])

    static let deployStep = KeyTable(
        "a step",
        [
            KeyRule(
                "percent", .integer(0...100), isRequired: true, "The part of the requests after this step."),
            KeyRule("wait", .duration(allowsZero: true), "How long before its health is looked at."),
        ], foreignWords: ["weight": "percent", "pause": "wait"])

    static let deployAddress = KeyTable(
        "http",
        [KeyRule("output", .string(.output), isRequired: true, "The output that the command writes.")])

    static let deployHealth = KeyTable(
        "health",
        [
            KeyRule(
                "http", .either([.string(.nonEmpty), .object(.deployAddress)]),
                "A URL that answers a GET with the status, or {\"output\": NAME}: the output by which the command "
                    + "says it, at each call."),
            KeyRule("command", program, "A command that ends with 0."),
            KeyRule(
                "status", .integer(100...599), "For http: the one status that is good; 200 to 299 if absent."),
            KeyRule("retries", .integer(0...100_000), "Looks after the first that fails; 10 if absent."),
            KeyRule("interval", .duration(allowsZero: true), "Between two looks; 1 second if absent."),
            KeyRule("timeout", .duration(allowsZero: false), "Of one look; 5 seconds if absent."),
            KeyRule("deadline", .duration(allowsZero: false), "Of all looks of a step together."),
        ], needsOneOf: ["http", "command"],
        foreignWords: ["url": "http", "delay": "interval", "period": "interval"])
}
