import ArgumentParser
import Glibc
import SchedulerService
import StateStore

/// `start`
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "The daemon: schedules, worker pool and API.",
        discussion: """
            Prints `ready http://HOST:PORT` on standard output once it serves. SIGTERM and Ctrl-C: takes no more \
            work, leaves running tasks running (the next start finds them again), and ends with 0. A second \
            signal ends it at once.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("The address to listen on. Default: 127.0.0.1", valueName: "address"))
    var bind: String?

    @Option(help: "The TCP port; 0 picks a free one. Default: 8080")
    var port: Int?

    @Option(help: "Tasks that run at once in all. Default: 32")
    var parallelism: Int?

    @Flag(help: "New DAGs begin paused.")
    var dagsArePausedAtCreation = false

    func run() async throws {
        let invocation = try Invocation(global, options: settings)
        let home = invocation.configuration.home
        let (stops, stopper) = AsyncStream.makeStream(of: Int32.self)
        signal(SIGPIPE, SIG_IGN)
        let watcher = SignalWatcher([SIGTERM, SIGINT, SIGHUP]) { signal, count in
            if count > 1 { SignalWatcher.end(by: signal) }
            stopper.yield(signal)
        }
        defer { withExtendedLifetime(watcher) {} }
        let host = try await HomeAccess.taking(home) { try SchedulerHost(invocation, for: .daemon) }
        guard let host else { throw CommandFailure.held(home: home, by: HomeLock.holder(home: home)) }
        do {
            let url = try await host.start(
                bind: invocation.configuration.text(.bind) ?? "127.0.0.1",
                port: try invocation.configuration.integer(.port, default: 8_080))
            // A closed standard output must not keep the daemon from running.
            try? invocation.output.line("ready \(url)")
            for await _ in stops { break }
            invocation.output.say("stopping; running tasks go on")
            await host.stop()
        } catch {
            await host.stop()
            throw error
        }
    }

    private var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.bind] = bind
        settings[.port] = port.map { "\($0)" }
        settings[.parallelism] = parallelism.map { "\($0)" }
        if dagsArePausedAtCreation { settings[.dagsArePausedAtCreation] = "true" }
        return settings
    }
}
