import DAGDomain
import Dispatch
import JSONText
import SchedulerService

/// Follows a run from wherever it stands to its end: events for the states, the logs of running tasks for a
/// person at a terminal. Nothing is asked repeatedly; a timer runs only to keep the times on a screen moving.
struct RunFollower: Sendable {
    let client: APIClient
    let address: RunAddress
    /// A line to show below the progress, set from elsewhere.
    var notice: Notice?

    private enum Input: Sendable {
        case event(JSONObject)
        case eventsEnded
        case reason(InstanceName, String)
        case tick
    }

    /// Streams that ended without telling anything before the other side counts as gone.
    private static let patience = 3
    private static let redrawInterval = DispatchTimeInterval.milliseconds(100)

    /// - Parameter terminal: where the progress is shown; nil to show none.
    /// - Returns: the run as it ended.
    /// - Throws: `ConnectionLost` when the other side went away before the run ended.
    func follow(showingIn terminal: Terminal?) async throws -> FollowedRun {
        let (inbox, sender) = AsyncStream.makeStream(of: Input.self)
        var view = terminal.map {
            ProgressView(terminal: $0, tails: LogTails(client: client, address: address), notice: notice)
        }
        let timer = view?.needsTimer == true ? Self.timer { sender.yield(.tick) } : nil
        defer {
            timer?.cancel()
            sender.finish()
            view?.stop()
        }
        var inputs = inbox.makeAsyncIterator()
        var progress = RunProgress()
        var silentStreams = 0
        while silentStreams < Self.patience {
            let pumping = try await pump { sender.yield($0) }
            defer { pumping.cancel() }
            let snapshot = try await current()
            view?.show(progress.apply(snapshot: snapshot.object), progress)
            if snapshot.isFinished { return finish(snapshot, view) }
            silentStreams += 1
            listening: while let input = await inputs.next() {
                switch input {
                case .event(let event):
                    // `reset`, the farewell of a stream, has no type.
                    if event["type"] != nil { silentStreams = 0 }
                    let changes = progress.apply(event: event)
                    view?.show(changes, progress)
                    if view != nil { askWhy(changes) { sender.yield(.reason($0, $1)) } }
                    if progress.isFinished { break listening }
                case .reason(let name, let reason):
                    progress.set(reason: reason, of: name)
                    view?.show(reason: reason, of: name)
                case .eventsEnded: break listening
                case .tick: view?.redraw(progress)
                }
            }
        }
        throw ConnectionLost(place: client.transport.place, detail: "the stream of events ended")
    }

    private func current() async throws -> FollowedRun {
        let answer = try await client.transport.send(APIRequest(.get, address.parts))
        guard (200..<300).contains(answer.status) else { throw CommandFailure(answer: answer) }
        guard let object = try JSONValue.parse(bytes: answer.body).objectValue else {
            throw CommandFailure(.ownFault, "the answer of \(client.transport.place) is not an object")
        }
        return FollowedRun(object: object)
    }

    private func finish(_ run: FollowedRun, _ view: ProgressView?) -> FollowedRun {
        view?.end(run)
        return run
    }

    /// Subscribes before the snapshot is taken, so that nothing falls between the two.
    private func pump(_ send: @escaping @Sendable (Input) -> Void) async throws -> Task<Void, Never> {
        let events = try await client.events(dagID: address.dag, runID: address.run)
        return Task {
            do {
                for try await event in events { send(.event(event)) }
            } catch {
                // How it ended does not matter: the next subscription tells whether the other side is there.
            }
            if !Task.isCancelled { send(.eventsEnded) }
        }
    }

    /// Events tell states only; why a task failed is asked for, because a person wants to know it now.
    private func askWhy(
        _ changes: RunProgress.Changes, _ tell: @escaping @Sendable (InstanceName, String) -> Void
    ) {
        for instance in changes.instances where ["failed", "up_for_retry"].contains(instance.state) {
            Task {
                let parts = address.task(instance.name.task) + ["why"]
                let query = [("map_index", Optional("\(instance.name.mapIndex)"))]
                if let answer = try? await client.object(parts, query: query),
                    let reason = answer["reason"]?.stringValue
                {
                    tell(instance.name, reason)
                }
            }
        }
    }

    private static func timer(_ fire: @escaping @Sendable () -> Void) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(
            deadline: .now() + redrawInterval, repeating: redrawInterval, leeway: .milliseconds(20))
        timer.setEventHandler(handler: fire)
        timer.activate()
        return timer
    }
}
