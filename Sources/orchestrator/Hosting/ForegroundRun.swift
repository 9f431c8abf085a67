import DAGDomain
import Glibc
import JSONText
import SchedulerService

/// A run in the foreground: by the daemon of the home when there is one, else by a scheduler inside this
/// process. If the process that had the run goes away, this one takes the home and the run over.
struct ForegroundRun {
    let invocation: Invocation
    let order: RunOrder

    /// Times that the run may change hands before something is wrong.
    private static let changesAllowed = 5

    /// - Returns: the run as it ended.
    func perform() async throws -> FollowedRun {
        let home = invocation.configuration.home
        var address: RunAddress?
        for _ in 0..<Self.changesAllowed {
            if let client = try invocation.remoteClient() {
                do {
                    return try await hand(to: client, &address)
                } catch let lost as ConnectionLost {
                    guard invocation.configuration.text(.url) == nil else { throw lost }
                    invocation.output.say("the process that ran it has ended; taking the run over")
                }
            } else if let host = try await HomeAccess.taking(
                home, { try SchedulerHost(invocation, for: .foreground) })
            {
                do {
                    let run = try await perform(on: host, &address)
                    await host.stop()
                    return run
                } catch {
                    await host.stop()
                    throw error
                }
            }
        }
        throw CommandFailure(.unavailable, "the daemon of \(home) does not keep its connection")
    }

    private func hand(to client: APIClient, _ address: inout RunAddress?) async throws -> FollowedRun {
        let place = try await submitted(to: client, &address)
        invocation.output.say("the daemon at \(client.transport.place) runs it")
        return try await follow(client, place)
    }

    private func perform(on host: SchedulerHost, _ address: inout RunAddress?) async throws -> FollowedRun {
        let began = WallClock.now()
        try await host.startForeground()
        let place = try await submitted(to: host.client, &address)
        let run = try await follow(host.client, place)
        try await waitForOthers(host.client, since: began.rfc3339)
        await host.settleNotices()
        try await tellOfNotices(host.client)
        return run
    }

    /// Nobody here sends again what could not be sent.
    private func tellOfNotices(_ client: APIClient) async throws {
        let open = try await client.rows(
            ["api", "v1", "notices"], query: [("state", "pending"), ("state", "sending"), ("limit", "1000")])
        guard let problem = open.first?["problem"]?.stringValue else { return }
        let count = open.count == 1 ? "1 notice" : "\(open.count) notices"
        invocation.output.warn(
            "\(count) could not be sent; the next start or run on this home tries again (\(problem))")
    }

    private func submitted(to client: APIClient, _ address: inout RunAddress?) async throws -> RunAddress {
        if let address { return address }
        let place = try await order.submit(to: client, dagFolder: invocation.configuration.dagFolder)
        address = place
        return place
    }

    private func follow(_ client: APIClient, _ place: RunAddress) async throws -> FollowedRun {
        let notice = Notice()
        let terminal = invocation.output.messages
        let watcher = SignalWatcher([SIGINT, SIGTERM]) { signal, count in
            guard count == 1 else {
                try? terminal.write(
                    "\nleft; tasks that run go on, and the next run or start on this home looks after them\n")
                SignalWatcher.end(by: signal)
            }
            let text = "cancelling the run; a second Ctrl-C leaves at once"
            notice.set(text)
            if !terminal.isInteractive { try? terminal.write(text + "\n") }
            Task { _ = try? await client.post(place.parts + ["cancel"], body: [:]) }
        }
        defer { withExtendedLifetime(watcher) {} }
        return try await RunFollower(client: client, address: place, notice: notice).follow(
            showingIn: terminal)
    }

    /// Other commands may have handed runs to this process, and tasks may have triggered runs of other DAGs:
    /// they end before this process does.
    private func waitForOthers(_ client: APIClient, since: String) async throws {
        var isTold = false
        while true {
            var others: [JSONObject] = []
            for state in ["running", "queued"] {
                others += try await client.rows(
                    ["api", "v1", "runs"], query: [("state", state), ("limit", "100")])
            }
            others = others.filter { ($0["queued_at"]?.stringValue ?? "") >= since }
            guard let next = others.first, let dag = next["dag_id"]?.stringValue,
                let run = next["run_id"]?.stringValue
            else { return }
            if !isTold {
                invocation.output.say("waiting for \(others.count) more runs that were asked of this process")
            }
            isTold = true
            _ = try await RunFollower(client: client, address: RunAddress(dag: dag, run: run)).follow(
                showingIn: nil)
        }
    }
}
