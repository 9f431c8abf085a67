import Testing

/// Who may import whom, beyond what Package.swift already enforces: system modules and libraries by room.
@Suite struct RoomImportsTests {
    private static let rooms: [String: Set<String>] = [
        "JSONText": [],
        "DAGDomain": ["JSONText"],
        "APITypes": ["JSONText"],
        "SchedulerCore": ["DAGDomain", "JSONText", "Synchronization"],
        "LifecycleCore": ["DAGDomain", "JSONText", "Crypto"],
        "DataProfiling": ["DAGDomain", "JSONText", "Glibc"],
        "DAGLoading": ["DAGDomain", "JSONText", "Crypto", "Foundation", "Glibc"],
        "DAGImport": ["DAGDomain", "JSONText", "Yams"],
        "StateStore": ["DAGDomain", "JSONText", "GRDB", "Glibc", "Synchronization", "Foundation"],
        "ArtifactStore": ["DAGDomain", "Crypto", "Glibc", "Synchronization"],
        "TaskExecution": ["DAGDomain", "CProcess", "Dispatch", "Glibc", "Synchronization"],
        "SchedulerService": [
            "DAGDomain", "JSONText", "SchedulerCore", "LifecycleCore", "DAGLoading", "StateStore",
            "ArtifactStore",
            "TaskExecution", "CProcess", "Crypto", "Logging", "Dispatch", "Glibc", "Synchronization",
            "Foundation",
        ],
        "SchedulerTestKit": ["DAGDomain", "JSONText", "SchedulerCore"],
    ]

    /// The one exception in the pure rooms: time-zone rules come from Foundation.
    private static let exceptions: [String: Set<String>] = [
        "SchedulerCore/Timetables": ["Foundation"],
        // The functions of C's mathematics.
        "LifecycleCore/Bootstrap": ["Glibc"], "LifecycleCore/Drift": ["Glibc"],
    ]

    @Test func everyRoomImportsOnlyWhatItMay() throws {
        var findings: [String] = []
        for file in try SourceTree.files(below: "Sources") {
            guard var allowed = Self.rooms[file.room] else { continue }
            for (folder, extra) in Self.exceptions where file.path.hasPrefix("Sources/\(folder)/") {
                allowed.formUnion(extra)
            }
            for module in file.imports where !allowed.contains(module) {
                findings.append("\(file.path) imports \(module)")
            }
        }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func onlyTheirRoomsTouchTheDatabaseAndTheServer() throws {
        let owners: [String: Set<String>] = [
            "GRDB": ["StateStore"], "Hummingbird": ["HTTPAPI"],
            "CProcess": ["TaskExecution", "SchedulerService"], "Yams": ["DAGImport"],
            "AsyncHTTPClient": ["orchestrator"], "ArgumentParser": ["orchestrator", "simulate"],
        ]
        let findings = try SourceTree.files(below: "Sources").flatMap { file in
            file.imports.filter { owners[$0]?.contains(file.room) == false }.map {
                "\(file.path) imports \($0)"
            }
        }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }
}
