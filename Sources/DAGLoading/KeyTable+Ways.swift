/// The objects of the ways to run that the program does itself.
extension KeyTable {
    static let wayKeys = [
        KeyRule(
            "http", .object(.httpRequest),
            "An HTTP request; of a sensor, one that is made again until its answer has the expected status."),
        KeyRule(
            "sql", .object(.sqlQuery),
            "A query to an SQLite file or to PostgreSQL; of a sensor, one that is sent again until its first value is "
                + "neither 0 nor empty."),
        KeyRule("container", .object(.container), "A program in a container, by podman or docker."),
    ]

    static let sqlQuery = KeyTable(
        "sql",
        [
            KeyRule(
                "database", .string(.nonEmpty), conflicts: ["connection"],
                "The path of an SQLite file, relative to the task's working directory. May contain templates."
            ),
            KeyRule(
                "connection", .string(.nonEmpty), aliases: ["conn_id"],
                "The id of a connection of type postgres or sqlite, or its URL. May contain templates."),
            KeyRule(
                "query", .string(.nonEmpty), aliases: ["sql"], isRequired: true,
                "The text, in which nothing is filled in: values stand as :name or $1 and come from parameters."
            ),
            KeyRule(
                "parameters", .either([.map(.anything, names: .variable), .array(.anything)]),
                aliases: ["params"],
                "Values that are bound to :name, or to $1, $2 and so on. May contain templates."),
            KeyRule(
                "output", .string(.output),
                "The name of the output for the first row: its value when it has one column, else an object; "
                    + "\"result\" if absent."),
            KeyRule(
                "rows", .string(.rowsFile),
                "A file for all rows, .jsonl or .csv, in the folder of artifacts; it becomes an artifact of that name."
            ),
        ],
        needsOneOf: ["database", "connection"],
        foreignWords: [
            "statement": "query", "file": "database", "path": "database", "url": "connection",
            "args": "parameters",
            "postgres_conn_id": "connection",
        ])

    static let container = KeyTable(
        "container",
        [
            KeyRule("image", .string(.nonEmpty), isRequired: true, "The image. May contain templates."),
            KeyRule(
                "command", .either([.string(.nonEmpty), .array(.string(.any), minimum: 1)]),
                aliases: ["entrypoint"],
                "What runs instead of the image's own program: a text in its /bin/sh, or a program and its arguments, "
                    + "which may contain templates."),
            KeyRule(
                "args", .array(.string(.any)), aliases: ["arguments"],
                "Arguments for the command or for the image's own program. May contain templates."),
            KeyRule(
                "env", .environment, "Environment variables beside the task's own. May contain templates."),
            KeyRule(
                "volumes", .array(.string(.volume)), aliases: ["mounts"],
                "Folders and files of the machine, as /there:/inside or /there:/inside:ro. May contain templates."
            ),
            KeyRule(
                "engine", .choice(["auto", "podman", "docker"]),
                "The program that runs it; \"auto\" (the default) takes podman, else docker."),
        ],
        foreignWords: ["cmd": "command", "environment": "env", "volume": "volumes", "name": "image"])

    private static let statusShape = Shape.either([.integer(100...599), .string(.statusRange)])

    static let httpRequest = KeyTable(
        "http",
        [
            KeyRule(
                "url", .string(.nonEmpty), aliases: ["endpoint"], isRequired: true,
                "Where to; http:// or https://. May contain templates."),
            KeyRule(
                "method", .choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
                "GET if absent, and POST with a body."),
            KeyRule(
                "headers", .map(.either([.string(.any), .number, .boolean]), names: .header),
                "Headers by name. Values may contain templates; those that can be secrets are never shown."),
            KeyRule(
                "body", .anything, aliases: ["data"],
                "A text as it is, or any other value as JSON. Texts in it may contain templates."),
            KeyRule(
                "expected_status",
                .either([
                    .integer(100...599), .string(.statusRange), .array(statusShape, minimum: 1),
                ]),
                "The status that is a success: 200, \"200-299\" or a list of such; \"200-299\" if absent."),
            KeyRule(
                "timeout", .duration(allowsZero: false),
                "How long the request may take from its beginning to the last byte; 60 seconds if absent."),
            KeyRule(
                "output", .string(.output),
                "The name of the output that holds the answer's body; \"body\" if absent."),
        ],
        foreignWords: [
            "uri": "url", "json": "body", "payload": "body", "content": "body", "verb": "method",
            "status": "expected_status", "status_code": "expected_status",
            "response_check": "expected_status",
            "header": "headers",
        ])
}

extension TextRule {
    /// Names of HTTP headers: a token of RFC 9110, section 5.6.2.
    static let header = TextRule(
        pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", expectation: "the name of a header"
    ) { text in
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+.^_`|~-".utf8.contains(byte)
                }
            }
    }

    /// A file below a folder, of a format for rows.
    static let rowsFile = TextRule(
        pattern: "^(?!/)(?!(.*/)?\\.{0,2}(/|$))[^\\x00]+\\.(jsonl|csv)$",
        expectation: "a relative path that ends with .jsonl or .csv"
    ) { text in
        (text.hasSuffix(".jsonl") || text.hasSuffix(".csv"))
            && text.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    static let volume = TextRule(
        pattern: "^[^:]+:[^:]+(:(ro|rw|z|Z|ro,z|ro,Z))?$", expectation: "a volume such as /there:/inside:ro"
    ) { text in
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return (2...3).contains(parts.count) && parts.allSatisfy { !$0.isEmpty }
            && (parts.count == 2 || ["ro", "rw", "z", "Z", "ro,z", "ro,Z"].contains(parts[2]))
    }

    static let statusRange = TextRule(
        pattern: "^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$",
        expectation: "a status such as \"200\" or a range such as \"200-299\""
    ) { text in
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                part.utf8.count == 3 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                    && (0x31...0x35).contains(part.utf8.first ?? 0)
            }
    }
}
