import ArgumentParser
import Glibc
import JSONText

/// `perform`: what an attempt of an `http`, `sql` or `container` task starts instead of a program. Nobody calls it by hand.
///
/// It is a process like any command's, so that timeouts, kills, logs, outputs and a restart of the daemon are the same.
struct PerformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perform", abstract: "Does the work of one attempt.", shouldDisplay: false,
        subcommands: [
            PerformHTTPCommand.self, PerformSQLCommand.self, PerformContainerCommand.self,
            PerformNoticeCommand.self, PerformCheckedCommand.self, PerformDeployCommand.self,
            PerformFactsCommand.self, PerformOpenLineageCommand.self,
        ])

    /// The specification that the scheduler wrote; its texts are filled in.
    static func specification(_ path: String) throws -> JSONValue {
        let bytes = try FileAccess.read(path)
        do throws(JSONSyntaxError) {
            return try JSONValue.parse(bytes: bytes)
        } catch {
            throw CommandFailure(.badData, "\(path) is not what the scheduler wrote: \(error)")
        }
    }
}

/// `perform http`
struct PerformHTTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "http", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
        let performance = HTTPPerformance(HTTPSpecification(try PerformCommand.specification(file)))
        try await performance.perform()
    }
}

/// `perform sql`
struct PerformSQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sql", shouldDisplay: false)

    @Argument var file: String

    func run() throws {
        let specification = try SQLSpecification(try PerformCommand.specification(file))
        try SQLPerformance(specification).perform()
    }
}

/// `perform checked`
struct PerformCheckedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "checked", shouldDisplay: false)

    @Argument var file: String

    func run() throws {
        let performance = try CheckedPerformance(try PerformCommand.specification(file), file: file)
        let code = try performance.perform()
        if code != 0 { Glibc.exit(code) }
    }
}

/// `perform deploy`
struct PerformDeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "deploy", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
        let specification = try PerformCommand.specification(file)
        let performance = try DeployPerformance(
            specification, file: file, environment: Configuration.Surroundings.system().environment)
        let code = try await performance.deploy()
        if code != 0 { Glibc.exit(code) }
    }
}

/// `perform container`
struct PerformContainerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "container", shouldDisplay: false)

    @Argument var file: String

    func run() throws {
        let environment = Configuration.Surroundings.system().environment
        let performance = try ContainerPerformance(
            try PerformCommand.specification(file), environment: environment)
        let code = try performance.perform()
        // The attempt ends as its program did, whatever the code means elsewhere in this program.
        if code != 0 { Glibc.exit(code) }
    }
}

/// `perform notice`
struct PerformNoticeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "notice", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
        try await NoticePerformance(try PerformCommand.specification(file)).perform()
    }
}
