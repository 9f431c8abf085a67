import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import NIOCore
import SchedulerService
import StateStore

/// Answers with the log of one attempt: as it is, as lines of JSON, or as a page of JSON.
struct LogRequest: Sendable {
    /// How much of a log one JSON page holds, and with `full_content` at most.
    private static let pageBytes: Int64 = 1 << 20
    private static let fullPageBytes: Int64 = 8 << 20

    let backend: Backend
    let log: TaskLog
    /// Nil when nothing was written yet, or what lies there is no log of ours.
    private let file: LogFile?
    /// Made after the file was opened: what a task is given is known before it prints anything.
    private let masker: SecretMasker

    init(_ place: TaskPlace, tryNumber: Int?, _ backend: Backend) async throws {
        self.backend = backend
        log = try await backend.reading { backend in
            try backend.controlPlane.log(
                dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex,
                tryNumber: tryNumber)
        }
        file = LogFile.open(log.path, below: backend.controlPlane.settings.home.path)
        let run = log.attempt.instance.run
        masker = try await backend.reading { try $0.controlPlane.masker(for: run) }
    }

    /// The bytes before `size` with their secrets masked. While the task runs, an end that may be the beginning of a
    /// secret is left for a later look.
    private func masked(
        upTo size: Int64, _ write: (ByteBuffer) async throws -> Void
    ) async throws {
        guard let file else { return }
        var stream = SecretMaskingStream(masker)
        var offset: Int64 = 0
        while offset < size {
            let piece = try await file.read(at: offset, upTo: Int(size - offset))
            guard piece.readableBytes > 0 else { break }
            offset += Int64(piece.readableBytes)
            if masker.isEmpty {
                try await write(piece)
            } else {
                let bytes = stream.take(piece.readableBytesView)
                if !bytes.isEmpty { try await write(ByteBuffer(bytes: bytes)) }
            }
        }
        let rest = stream.finish()
        if log.isFinished, !rest.isEmpty { try await write(ByteBuffer(bytes: rest)) }
    }

    // MARK: As it is

    /// The whole file or, with a `Range` header, a part of it, in pieces. Never shown as anything but text. With secrets
    /// to mask there are no ranges: places in the file are not places in the answer.
    func plain(_ request: Request) throws -> Response {
        let size = file?.size ?? 0
        if !masker.isEmpty { return maskedPlain(size) }
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8",
            .contentDisposition: "attachment; filename=\"log.txt\"",
            .acceptRanges: "bytes",
        ]
        guard let header = request.headers[.range] else {
            return Response(status: .ok, headers: headers, body: body(0..<size))
        }
        guard let range = ByteRange(header, size: size) else {
            headers[.contentRange] = "bytes */\(size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        headers[.contentRange] = "bytes \(range.bytes.lowerBound)-\(range.bytes.upperBound - 1)/\(size)"
        return Response(status: .partialContent, headers: headers, body: body(range.bytes))
    }

    private func maskedPlain(_ size: Int64) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; charset=utf-8",
                .contentDisposition: "attachment; filename=\"log.txt\"", .acceptRanges: "none",
            ],
            body: ResponseBody { writer in
                try await masked(upTo: size) { try await writer.write($0) }
                try await writer.finish(nil)
            })
    }

    private func body(_ range: Range<Int64>) -> ResponseBody {
        guard let file, !range.isEmpty else { return ResponseBody() }
        return ResponseBody(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let piece = try await file.read(at: offset, upTo: Int(range.upperBound - offset))
                // A log that was cut off since cannot keep the promised length.
                guard piece.readableBytes > 0 else { throw APIError.unavailable("the log became shorter") }
                offset += Int64(piece.readableBytes)
                try await writer.write(piece)
            }
            try await writer.finish(nil)
        }
    }

    // MARK: As lines of JSON

    func lines() -> Response {
        let size = file?.size ?? 0
        var headers: HTTPFields = [.contentType: "application/x-ndjson"]
        if let name = HTTPField.Name("Airflow-Continuation-Token"), !log.isFinished {
            headers[name] = "\(size)"
        }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                var splitter = LineSplitter()
                try await masked(upTo: size) { piece in
                    try await writer.write(try WireJSON.lines(messages(splitter.lines(adding: piece))))
                }
                let rest = splitter.remainder().map { [$0] } ?? []
                try await writer.write(try WireJSON.lines(messages(rest)))
                try await writer.finish(nil)
            })
    }

    private func messages(_ lines: [String]) -> [AirflowV2.StructuredLogMessage] {
        lines.map { AirflowV2.StructuredLogMessage(event: $0) }
    }

    // MARK: As a page of JSON

    /// - Parameter start: the byte where the page begins: the continuation token of the page before.
    func page(from start: Int64, isFull: Bool) async throws -> AirflowV2.TaskInstancesLogResponse {
        let size = file?.size ?? 0
        guard start < size else {
            return AirflowV2.TaskInstancesLogResponse(
                content: [], continuationToken: log.isFinished ? nil : "\(start)")
        }
        var limit = min(size, start.addingClamped(isFull ? Self.fullPageBytes : Self.pageBytes))
        // Secrets may reach over both edges of the page.
        let before = min(start, Int64(masker.reach))
        let after = limit < size ? Int64(masker.reach) : 0
        let bytes = try await bytes(from: start - before, to: min(size, limit + after))
        if limit == size, !log.isFinished { limit -= Int64(masker.secrets(in: bytes).openEnd) }
        let first = min(Int(before), bytes.count)
        let end = max(first, min(bytes.count, Int(limit - start + before)))
        let isEnd = start - before + Int64(end) >= size && log.isFinished
        // An unfinished last line belongs to the next page, unless there is no other or nothing will follow.
        let lineEnd = bytes[first..<end].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
        let pageEnd = isEnd ? end : lineEnd ?? end
        var splitter = LineSplitter()
        var lines = splitter.lines(
            adding: ByteBuffer(bytes: masker.masked(first..<pageEnd, of: bytes)))
        if let line = splitter.remainder() { lines.append(line) }
        return AirflowV2.TaskInstancesLogResponse(
            content: messages(lines),
            continuationToken: isEnd ? nil : "\(start - before + Int64(pageEnd))")
    }

    private func bytes(from start: Int64, to end: Int64) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let file, start + Int64(bytes.count) < end {
            let offset = start + Int64(bytes.count)
            let piece = try await file.read(at: offset, upTo: Int(end - offset))
            guard piece.readableBytes > 0 else { break }
            bytes += piece.readableBytesView
        }
        return bytes
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
