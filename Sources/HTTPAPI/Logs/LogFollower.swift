import DAGDomain
import Hummingbird
import NIOCore
import SchedulerService
import ServiceLifecycle
import StateStore
import Synchronization

/// The log of one attempt, read from its beginning until the attempt has ended.
///
/// It waits for two things without polling: the file grew (inotify), or the run changed (the update stream).
struct LogFollower: Sendable {
    let backend: Backend
    let place: TaskPlace
    /// Nil: the newest try at the time when the first one exists.
    let tryNumber: Int?

    /// Gives each piece of the log to `send`; returns after the end of the attempt, of the run, or of the daemon.
    func run(send: ResponseBody.Sender) async throws {
        // Before looking: what changes between the look and the wait must not be missed.
        let updates = backend.controlPlane.updates.subscribe(dagID: place.dagID, runID: place.runID)
        let (bells, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let state = Staleness()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await update in updates.cancelOnGracefulShutdown() where concerns(update) {
                    state.set()
                    bell.yield()
                }
                bell.finish()
            }
            try await follow(bells, bell, state, send)
            group.cancelAll()
        }
    }

    private func follow(
        _ bells: AsyncStream<Void>, _ bell: AsyncStream<Void>.Continuation, _ state: Staleness,
        _ send: ResponseBody.Sender
    ) async throws {
        var log: TaskLog?
        var source: LogSource?
        var offset: Int64 = 0
        var stream: SecretMaskingStream?
        var bells = bells.makeAsyncIterator()
        var isLast = false
        while true {
            if state.take() || isLast { log = try await look(tryNumber: log?.attempt.tryNumber ?? tryNumber) }
            if source?.file == nil, let log {
                source = LogSource(log.path, source, backend) { bell.yield() }
            }
            if let file = source?.file, let log {
                // What a task is given is known before it prints anything.
                var masking: SecretMaskingStream
                if let stream { masking = stream } else { masking = try await self.masking(of: log) }
                offset = try await copy(file, from: offset, &masking, send)
                stream = masking
            }
            if isLast || log?.isFinished == true { break }
            isLast = await bells.next() == nil
        }
        let rest = stream?.finish() ?? []
        if log?.isFinished == true, !rest.isEmpty { try await send(ByteBuffer(bytes: rest)) }
        withExtendedLifetime(source) {}
    }

    private func masking(of log: TaskLog) async throws -> SecretMaskingStream {
        let run = log.attempt.instance.run
        return SecretMaskingStream(try await backend.reading { try $0.controlPlane.masker(for: run) })
    }

    private func copy(
        _ file: LogFile, from start: Int64, _ stream: inout SecretMaskingStream,
        _ send: ResponseBody.Sender
    ) async throws -> Int64 {
        var offset = start
        while true {
            let piece = try await file.read(at: offset)
            if piece.readableBytes == 0 { return offset }
            offset += Int64(piece.readableBytes)
            let bytes = stream.take(piece.readableBytesView)
            if !bytes.isEmpty { try await send(ByteBuffer(bytes: bytes)) }
        }
    }

    /// Where the log is; nil while there is no attempt yet but may still come one.
    private func look(tryNumber: Int?) async throws -> TaskLog? {
        try await backend.reading { backend in
            do {
                return try backend.controlPlane.log(
                    dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex,
                    tryNumber: tryNumber)
            } catch ControlPlaneError.unknownAttempt(let dag, let run, let task, let number) {
                if try isLive(backend) { return nil }
                throw ControlPlaneError.unknownAttempt(dag, run, task, tryNumber: number)
            }
        }
    }

    private func isLive(_ backend: Backend) throws -> Bool {
        guard backend.controlPlane.settings.executesTasks else { return false }
        return try !backend.run(place.dagID, place.runID).run.state.isFinished
    }

    private func concerns(_ update: Update) -> Bool {
        switch update {
        case .run(let run): run.state.isFinished
        case .instance(_, _, let task, let instance):
            task == place.taskID && instance.key.mapIndex == place.mapIndex
        case .dag: false
        }
    }
}

/// Whether something was told since the last look.
private final class Staleness: Sendable {
    private let isSet = Atomic(true)

    func set() {
        isSet.store(true, ordering: .releasing)
    }

    func take() -> Bool {
        isSet.exchange(false, ordering: .acquiringAndReleasing)
    }
}

/// A log that is watched: itself once it is there, its folder until then.
private struct LogSource {
    var file: LogFile?
    private var watch: FileWatcher.Token?

    /// - Parameter earlier: what was found at the last look, whose watch need not be made again.
    init(_ path: String, _ earlier: LogSource?, _ backend: Backend, onChange: @escaping @Sendable () -> Void)
    {
        let root = backend.controlPlane.settings.home.path
        file = LogFile.open(path, below: root)
        if file == nil {
            watch =
                earlier?.watch
                ?? LogFolder(of: path, below: root).flatMap {
                    backend.watcher?.watch($0, handler: onChange)
                }
            // It may have come while the watch was made.
            file = LogFile.open(path, below: root)
        }
        if let file { watch = backend.watcher?.watch(file, handler: onChange) }
    }
}
