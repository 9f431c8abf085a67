// swift-tools-version: 6.1
import PackageDescription

// The dependency direction is law here: a target names only targets of a lower level.
// docs/architecture.md draws the levels; Tests/HouseStyleTests hold the imports to them.

// The supervisor is pure C. Linked the usual way it would load the Swift runtime at every start of a task
// (measured: 0.86 ms a start instead of 0.22 ms). Sanitizers cannot be linked statically.
let sanitizes = Context.environment["ORCHESTRATOR_SANITIZE"] != nil

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "orchestrator",
    products: [
        .executable(name: "orchestrator", targets: ["orchestrator"]),
        .executable(name: "orchestrator-shim", targets: ["orchestrator-shim"]),
        .executable(name: "simulate", targets: ["simulate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Level 0
        room("JSONText"),
        room("DAGDomain", ["JSONText"]),
        room("APITypes", ["JSONText"]),
        .target(name: "CProcess"),
        .executableTarget(
            name: "orchestrator-shim", dependencies: ["CProcess"], path: "Sources/TaskShim",
            linkerSettings: sanitizes ? [] : [.unsafeFlags(["-nostartfiles", "-static-executable"])]),
        // Level 1
        room("SchedulerCore", ["DAGDomain", "JSONText"]),
        room("LifecycleCore", ["DAGDomain", "JSONText", crypto]),
        room("DataProfiling", ["DAGDomain", "JSONText"]),
        room("DAGLoading", ["DAGDomain", "JSONText", crypto]),
        room("DAGImport", ["DAGDomain", "JSONText", yams]),
        room("StateStore", ["DAGDomain", "JSONText", grdb]),
        room("ArtifactStore", ["DAGDomain", crypto]),
        room("TaskExecution", ["DAGDomain", "CProcess"]),
        // Level 2
        room(
            "SchedulerService",
            [
                "DAGDomain", "JSONText", "SchedulerCore", "LifecycleCore", "DAGLoading", "StateStore",
                "ArtifactStore",
                "TaskExecution", "CProcess", crypto, logging,
            ]),
        room("SchedulerTestKit", ["DAGDomain", "JSONText", "SchedulerCore"]),
        // Level 3
        room(
            "HTTPAPI",
            [
                "APITypes", "DAGDomain", "JSONText", "SchedulerCore", "StateStore", "DAGLoading",
                "SchedulerService", crypto,
                logging, hummingbird, lifecycle, nio, httpTypes,
            ]),
        .executableTarget(
            name: "simulate", dependencies: ["SchedulerTestKit", "SchedulerCore", "DAGDomain", arguments],
            swiftSettings: settings),
        // Level 4
        .executableTarget(
            name: "orchestrator",
            dependencies: [
                "APITypes", "DAGDomain", "JSONText", "SchedulerCore", "LifecycleCore", "DataProfiling",
                "DAGLoading", "DAGImport", "StateStore", "SchedulerService",
                "HTTPAPI", arguments, crypto, httpClient, hummingbird, lifecycle, logging, nio, nioHTTP,
                nioPosix,
                nioSSL, sqlite,
                "orchestrator-shim",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "scheduler-benchmark",
            dependencies: [
                "SchedulerCore", "StateStore", "DAGDomain", "JSONText",
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Benchmarks/SchedulerBenchmark", swiftSettings: settings),
        // Tests
        tests("JSONTextTests", ["JSONText"]),
        tests("DAGDomainTests", ["DAGDomain", "JSONText"]),
        tests("SchedulerCoreTests", ["SchedulerCore", "SchedulerTestKit", "DAGDomain", "JSONText"]),
        tests("LifecycleCoreTests", ["LifecycleCore", "DAGDomain", "JSONText"], exclude: ["Fixtures"]),
        tests(
            "DataProfilingTests", ["DataProfiling", "DAGDomain", "JSONText"], exclude: ["Fixtures"]),
        tests("SimulationTests", ["SchedulerTestKit", "SchedulerCore", "DAGDomain"]),
        tests("DAGLoadingTests", ["DAGLoading", "DAGDomain", "JSONText"]),
        tests(
            "DAGImportTests", ["DAGImport", "DAGLoading", "DAGDomain", "JSONText"], exclude: ["Fixtures"]),
        tests("StateStoreTests", ["StateStore", "SchedulerCore", "DAGDomain", "JSONText", grdb]),
        tests("ArtifactStoreTests", ["ArtifactStore", "DAGDomain"]),
        tests("TaskExecutionTests", ["TaskExecution", "DAGDomain", "CProcess", "orchestrator-shim"]),
        tests(
            "SchedulerServiceTests",
            [
                "SchedulerService", "DAGDomain", "DAGLoading", "JSONText", "StateStore", "SchedulerCore",
                logging, "orchestrator-shim",
            ]),
        tests(
            "HTTPAPITests",
            [
                "HTTPAPI", "APITypes", "SchedulerService", "StateStore", "DAGDomain", "JSONText", logging,
                hummingbird, nio, nioPosix, nioConcurrency, httpTypes, crypto, "orchestrator-shim",
            ]),
        tests(
            "CommandLineTests",
            [
                "orchestrator", "APITypes", "DAGDomain", "JSONText", "SchedulerService", "StateStore",
                arguments,
            ]),
        tests(
            "EndToEndTests",
            [
                "JSONText", "CProcess", "SchedulerService", "orchestrator", "orchestrator-shim", crypto,
                sqlite,
            ],
            exclude: ["Faults/fault.c", "Servers"]),
        tests("HouseStyleTests", []),
    ]
)
