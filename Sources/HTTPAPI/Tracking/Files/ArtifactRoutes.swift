import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import StateStore

/// Files of runs and models: their list, and the proxy through which clients send and fetch them, in pieces.
struct ArtifactRoutes: Sendable {
    static let uploadPrefix = "/api/2.0/mlflow-artifacts/artifacts/"
    /// How long the next piece of an upload may take.
    private static let pieceTimeout = TimeAmount.seconds(60)
    private static let pieceBytes = 256 * 1024

    let files: TrackingFiles
    let backend: Backend

    func add(toTracking router: TrackingRouter) {
        router.on(.get, "artifacts/list") { call in
            let id = try call.fields.runID()
            guard let run = try call.store.trackingRun(id) else { throw TrackingRefusal.unknownRun(id) }
            return try ArtifactListing.answer(
                run.artifactLocation, path: try call.fields.text("path"), files)
        }
    }

    func add(toProxy router: TrackingRouter) {
        router.on(.get, "artifacts") { call in
            let entries = try files.list(try TrackingPath(try call.fields.text("path") ?? ""))
            return TrackingJSON.page(
                "files", entries.map { ArtifactListing.entry($0.name, $0) }, next: nil)
        }
        router.raw(.get, "artifacts/**") { request, context, _ in
            try await download(request, context)
        }
        router.raw(.put, "artifacts/**") { request, context, _ in
            try await upload(request, context)
        }
        router.raw(.delete, "artifacts/**") { request, _, _ in
            let path = try Self.path(request)
            try await backend.reading { _ in try files.remove(path) }
            return TrackingRouter.response([:])
        }
    }

    /// Whether a request brings a file, which is written as it comes.
    static func isUpload(_ request: Request) -> Bool {
        request.method == .put && request.uri.path.hasPrefix(uploadPrefix)
    }

    private static func path(_ request: Request) throws(TrackingError) -> TrackingPath {
        guard let text = String(request.uri.path.dropFirst(uploadPrefix.count)).removingPercentEncoding else {
            throw .invalid("Invalid path")
        }
        return try TrackingPath(text)
    }

    // MARK: Download

    private func download(_ request: Request, _ context: APIContext) async throws -> Response {
        let path = try Self.path(request)
        guard let (file, size) = try await backend.reading({ _ in try files.open(path) }) else {
            throw TrackingError(.doesNotExist, "No such artifact: '\(path.parts.joined(separator: "/"))'")
        }
        return Response(
            status: .ok,
            headers: [.contentType: "application/octet-stream", .contentDisposition: "attachment"],
            body: ResponseBody(contentLength: Int(size)) { [backend] writer in
                var output = PacedWriter(writer, context.loop)
                var offset: Int64 = 0
                while offset < size {
                    let start = offset
                    let count = Int(min(size - start, Int64(Self.pieceBytes)))
                    let piece = try await backend.reading { _ in
                        try Self.piece(file, at: start, count: count)
                    }
                    offset += Int64(piece.readableBytes)
                    try await output.write(piece)
                }
                try await output.finish()
            })
    }

    private static func piece(
        _ file: TrackingFiles.Descriptor, at offset: Int64, count: Int
    ) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            max(0, pread(file.number, space.baseAddress, count, off_t(offset)))
        }
        // A file that was cut off since cannot keep the promised length.
        guard buffer.readableBytes > 0 else { throw TrackingError(.internalError, "the file became shorter") }
        return buffer
    }

    // MARK: Upload

    private func upload(_ request: Request, _ context: APIContext) async throws -> Response {
        let path = try Self.path(request)
        guard !path.parts.isEmpty else { throw TrackingError.invalid("Invalid path") }
        let draft = try await backend.reading { _ in try files.draft() }
        do {
            try await receive(request, context, into: draft)
            try await backend.reading { _ in try files.place(draft, at: path) }
        } catch {
            draft.discard()
            throw error
        }
        return TrackingRouter.response([:])
    }

    private func receive(
        _ request: Request, _ context: APIContext, into draft: TrackingFiles.Draft
    ) async throws {
        var pieces = request.body.makeAsyncIterator()
        while true {
            let timer = context.channel.map { channel in
                channel.eventLoop.scheduleTask(in: Self.pieceTimeout) { channel.close(promise: nil) }
            }
            defer { timer?.cancel() }
            guard let piece = try await pieces.next() else { return }
            try await backend.reading { _ in
                try piece.withUnsafeReadableBytes { try draft.write($0) }
            }
        }
    }
}
