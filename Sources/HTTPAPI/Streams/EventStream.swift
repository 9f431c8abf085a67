import APITypes
import DAGDomain
import Dispatch
import Hummingbird
import NIOCore
import SchedulerCore
import SchedulerService
import ServiceLifecycle

/// Updates as server-sent events, each a JSON `V1.Event`.
///
/// A client that cannot keep up gets `event: reset` and the end of the stream: it must ask for the state again and
/// connect anew. A comment every 15 seconds keeps proxies from closing a quiet stream.
///
/// What changes on a quiet stream is sent at once. After that it rests for a moment too short to be seen, and then
/// sends the last state of whatever changed meanwhile. The end of a run is not kept back: somebody waits for it.
struct EventStream: Sendable {
    private static let rest = DispatchTimeInterval.milliseconds(50)
    private static let heartbeat = DispatchTimeInterval.seconds(15)

    let backend: Backend
    let dagID: DAGID?
    let runID: RunID?

    private enum Signal: Sendable {
        case update(Update)
        case rested
        case heartbeat
        case lost
    }

    func run(send: ResponseBody.Sender) async throws {
        let updates = backend.controlPlane.updates.subscribe(dagID: dagID, runID: runID)
        // The order of subscribing and saying so lets a client know from when on it misses nothing.
        try await send(ByteBuffer(string: ": connected\nretry: 1000\n\n"))
        let (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        let timer = DispatchSource.makeTimerSource()
        timer.setEventHandler { signal.yield(.heartbeat) }
        timer.schedule(deadline: .now() + Self.heartbeat, repeating: Self.heartbeat, leeway: .seconds(1))
        timer.activate()
        defer { timer.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await update in updates.cancelOnGracefulShutdown() { signal.yield(.update(update)) }
                signal.yield(.lost)
                signal.finish()
            }
            var window = UpdateWindow()
            var isResting = false
            for await item in signals {
                switch item {
                case .heartbeat: try await send(ByteBuffer(string: ":\n\n"))
                case .update(let update): window.add(update)
                case .rested: isResting = false
                case .lost:
                    if !window.isEmpty { try await send(try text(window.takeAll())) }
                    try await send(ByteBuffer(string: "event: reset\ndata: {}\n\n"))
                }
                guard !isResting || window.hasEndOfRun, !window.isEmpty else { continue }
                try await send(try text(window.takeAll()))
                guard !isResting else { continue }
                isResting = true
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.rest) { signal.yield(.rested) }
            }
            group.cancelAll()
        }
    }

    private func text(_ updates: [Update]) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        for update in updates {
            let event = event(for: update)
            buffer.writeString("event: \(event.type)\ndata: ")
            var data = try WireJSON.encode(event)
            buffer.writeBuffer(&data)
            buffer.writeString("\n\n")
        }
        return buffer
    }

    private func event(for update: Update) -> V1.Event {
        switch update {
        case .run(let run):
            return V1.Event(type: "run", dagID: run.dagID.text, runID: run.runID.text, run: V1.Run(run))
        case .dag(let dagID):
            return V1.Event(type: "dag", dagID: dagID.text)
        case .instance(let dagID, let runID, let taskID, let instance):
            // The definition tells role and pool; a run of an older version may know a task that is gone by now.
            let dag = backend.controlPlane.catalog.entry(dagID)?.dag
            let task = dag?.index(of: taskID).map { dag?.tasks[$0] } ?? nil
            return V1.Event(
                type: "task_instance", dagID: dagID.text, runID: runID.text,
                taskInstance: V1.TaskInstance(
                    instance, taskID: taskID, role: task?.role ?? .task, pool: task?.pool, verdict: nil,
                    metrics: [], sentence: nil))
        }
    }
}
