import Testing

/// Calls that the house does without, and what to do instead.
@Suite struct BannedCallsTests {
    private struct Ban {
        let text: String
        let instead: String
        /// Rooms in which it is banned; nil for all.
        var rooms: Set<String>?
    }

    private static let pureRooms: Set<String> = ["JSONText", "DAGDomain", "SchedulerCore", "LifecycleCore"]

    private static let bans: [Ban] = [
        Ban(text: "try!", instead: "throw or handle"),
        Ban(text: " as! ", instead: "as? and an error"),
        Ban(text: "fatalError(", instead: "precondition for invariants, errors for input"),
        Ban(text: "@unchecked Sendable", instead: "Mutex, an actor or a value"),
        Ban(text: "Task.sleep", instead: "an event"),
        Ban(text: "Thread.sleep", instead: "an event"),
        Ban(text: "usleep(", instead: "an event"),
        Ban(text: "Task.detached", instead: "structured concurrency"),
        Ban(text: "FIXME", instead: "an issue"),
        Ban(text: "TODO", instead: "an issue"),
        Ban(text: "await ", instead: "an event and a decision", rooms: pureRooms),
        Ban(text: " Date()", instead: "the time as an argument", rooms: pureRooms),
        Ban(text: "Clock.now", instead: "the time as an argument", rooms: pureRooms),
        Ban(text: ".random(", instead: "the seeded generator", rooms: pureRooms),
        Ban(text: "Logger", instead: "a returned value", rooms: pureRooms),
    ]

    @Test func bannedCallsAreAbsent() throws {
        var findings: [String] = []
        for file in try SourceTree.files(below: "Sources") {
            for line in file.code {
                for ban in Self.bans where ban.rooms?.contains(file.room) ?? true {
                    if line.text.contains(ban.text) {
                        findings.append("\(file.path):\(line.number): \(ban.text) - use \(ban.instead)")
                    }
                }
            }
        }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func testsNeitherSleepNorSkip() throws {
        // Put together, so that this file does not find itself.
        let banned = [
            "Task." + "sleep", "Thread." + "sleep", "usleep" + "(", ".disabled" + "(", "withKnown" + "Issue",
        ]
        let findings = try SourceTree.files(below: "Tests").filter { $0.room != "HouseStyleTests" }.flatMap {
            file in
            file.code.flatMap { line in
                banned.filter { line.text.contains($0) }.map { "\(file.path):\(line.number): \($0)" }
            }
        }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func noFileIsLongerThan400Lines() throws {
        let findings = try (SourceTree.files(below: "Sources")).filter { $0.lines.count > 401 }
            .map { "\($0.path) has \($0.lines.count) lines" }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func sqlIsNeverBuiltFromValues() throws {
        // Column lists may be put together from constants; values go through bindings. Quotes around an
        // interpolation inside a statement are the sign of a value.
        let findings = try SourceTree.files(below: "Sources").filter { $0.room == "StateStore" }.flatMap {
            file in
            file.code.filter { $0.text.contains("'\\(") && !$0.text.contains("// constant") }
                .map { "\(file.path):\($0.number): \($0.text)" }
        }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }
}
