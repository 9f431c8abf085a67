import Testing

@testable import orchestrator

@Suite("Settings: option, environment, file, default")
struct ConfigurationTests {
    private func surroundings(
        _ environment: [String: String] = [:], file: String? = nil, folders: Set<String> = []
    ) -> Configuration.Surroundings {
        var environment = environment
        environment["HOME"] = environment["HOME"] ?? "/people/ada"
        return Configuration.Surroundings(
            environment: environment, workingDirectory: "/work",
            readFile: { path in path.hasSuffix("/config.json") ? file.map { Array($0.utf8) } : nil },
            folderExists: { folders.contains($0) })
    }

    private func failure(_ body: () throws -> Configuration) -> CommandFailure? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? CommandFailure
        }
    }

    @Test("The option wins over the environment, the environment over the file, the file over the default")
    func precedence() throws {
        let file = #"{"parallelism": 3, "port": 1000, "bind": "::1"}"#
        let world = surroundings(["ORCHESTRATOR_PARALLELISM": "2", "ORCHESTRATOR_PORT": "2000"], file: file)
        let configuration = try Configuration(options: [.parallelism: "1"], surroundings: world)
        #expect(try configuration.integer(.parallelism, default: 32) == 1)
        #expect(try configuration.integer(.port, default: 8_080) == 2_000)
        #expect(configuration.text(.bind) == "::1")
        #expect(try configuration.integer(.logLimitBytes, default: 7) == 7)
    }

    @Test("The home is the option, the variable, else the folder of the account")
    func home() throws {
        #expect(
            try Configuration(options: [:], surroundings: surroundings()).home == "/people/ada/.orchestrator")
        let variable = surroundings(["ORCHESTRATOR_HOME": "/srv/o"])
        #expect(try Configuration(options: [:], surroundings: variable).home == "/srv/o")
        #expect(try Configuration(options: [.home: "./here"], surroundings: variable).home == "/work/here")
        #expect(try Configuration(options: [.home: "."], surroundings: variable).home == "/work")
    }

    @Test(
        "The DAG folder is ./dags where it exists, else HOME/dags; the file's paths are relative to the home"
    )
    func dagFolder() throws {
        let none = try Configuration(options: [:], surroundings: surroundings())
        #expect(none.dagFolder == "/people/ada/.orchestrator/dags")
        #expect(!none.isDAGFolderChosen)
        let local = try Configuration(options: [:], surroundings: surroundings(folders: ["/work/dags"]))
        #expect(local.dagFolder == "/work/dags")
        let file = surroundings(file: #"{"dags": "mine"}"#, folders: ["/work/dags"])
        #expect(
            try Configuration(options: [:], surroundings: file).dagFolder == "/people/ada/.orchestrator/mine")
        #expect(try Configuration(options: [.dags: "mine"], surroundings: file).dagFolder == "/work/mine")
    }

    @Test(
        "Every unknown key of the file is named, with the nearest known one",
        arguments: ["paralelism", "Parallelism", "parallelism-"])
    func unknownKey(_ key: String) throws {
        let world = surroundings(file: "{\"\(key)\": 3, \"nonsense\": 1}")
        let failure = try #require(failure { try Configuration(options: [:], surroundings: world) })
        #expect(failure.status == .badConfiguration)
        #expect(failure.messages.count == 2)
        #expect(failure.messages[0].contains("did you mean \"parallelism\"?"))
        #expect(!failure.messages[1].contains("did you mean"))
    }

    @Test("The file cannot say where the home is; $schema and x- keys are left alone")
    func reservedKeys() throws {
        let home = surroundings(file: #"{"home": "/elsewhere"}"#)
        #expect(failure { try Configuration(options: [:], surroundings: home) }?.status == .badConfiguration)
        let notes = surroundings(file: #"{"$schema": "s.json", "x-note": 1}"#)
        #expect(failure { try Configuration(options: [:], surroundings: notes) } == nil)
    }

    @Test(
        "A wrong value is told with its place",
        arguments: [
            (#"{"port": "8080"}"#, "\"port\" must be a whole number, found a string"),
            (#"{"port": 99999}"#, "must be a whole number from 0 to 65535"),
            (#"{"port": 1.5}"#, "must be a whole number, found a number"),
            (#"{"no_color": "yes"}"#, "must be true or false"),
            (#"[1]"#, "expected an object, found an array"),
            ("{\n  \"port\": }", "config.json:2:11"),
        ])
    func wrongFileValue(_ file: String, _ expected: String) throws {
        let failure = try #require(
            failure { try Configuration(options: [:], surroundings: surroundings(file: file)) })
        #expect(failure.status == .badConfiguration)
        #expect(failure.messages[0].contains(expected), "\(failure.messages[0])")
    }

    @Test("A wrong option is wrong usage, a wrong variable is bad configuration")
    func wrongSource() throws {
        let option = failure { try Configuration(options: [.port: "x"], surroundings: surroundings()) }
        #expect(option?.status == .wrongUsage)
        #expect(option?.messages[0].contains("--port") == true)
        let world = surroundings(["ORCHESTRATOR_PORT": "x"])
        let variable = failure { try Configuration(options: [:], surroundings: world) }
        #expect(variable?.status == .badConfiguration)
        #expect(variable?.messages[0].contains("ORCHESTRATOR_PORT") == true)
    }

    @Test("Only variables that nobody reads are unknown")
    func unknownVariables() {
        let names = KnownEnvironment.unknownNames(in: [
            "ORCHESTRATOR_HOME": "", "ORCHESTRATOR_RUN_ID": "", "ORCHESTRATOR_PARAM_X": "", "PATH": "",
            "ORCHESTRATOR_PARALELISM": "1", "ORCHESTRATOR_": "1",
        ])
        #expect(names == ["ORCHESTRATOR_", "ORCHESTRATOR_PARALELISM"])
    }

    @Test("Inside a task ORCHESTRATOR_OUTPUT is the task's file, not a format")
    func outputInsideTask() throws {
        let task = surroundings(["ORCHESTRATOR_OUTPUT": "/runs/1/output", "ORCHESTRATOR_TASK_ID": "t"])
        #expect(try Configuration(options: [:], surroundings: task).text(.output) == nil)
        let person = surroundings(["ORCHESTRATOR_OUTPUT": "json"])
        #expect(try Configuration(options: [:], surroundings: person).text(.output) == "json")
        let wrong = surroundings(["ORCHESTRATOR_OUTPUT": "xml"])
        #expect(failure { try Configuration(options: [:], surroundings: wrong) }?.status == .badConfiguration)
    }
}
