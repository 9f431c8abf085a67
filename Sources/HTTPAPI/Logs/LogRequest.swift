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

    init(_ place: TaskPlace, tryNumber: Int?, _ backend: Backend) async throws {
        self.backend = backend
        log = try await backend.reading { backend in
            try backend.controlPlane.log(
                dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex,
                tryNumber: tryNumber)
        }
        file = LogFile.open(log.path, below: backend.controlPlane.settings.home.path)
    }

    // MARK: As it is

    /// The whole file or, with a `Range` header, a part of it, in pieces. Never shown as anything but text.
    func plain(_ request: Request) throws -> Response {
        let size = file?.size ?? 0
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
                var offset: Int64 = 0
                while let file, offset < size {
                    let piece = try await file.read(at: offset, upTo: Int(size - offset))
                    guard piece.readableBytes > 0 else { break }
                    offset += Int64(piece.readableBytes)
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
        let limit = min(size, start.addingClamped(isFull ? Self.fullPageBytes : Self.pageBytes))
        var splitter = LineSplitter()
        var lines: [String] = []
        var offset = start
        var lastLineEnd = start
        while let file, offset < limit {
            let piece = try await file.read(at: offset, upTo: Int(limit - offset))
            guard piece.readableBytes > 0 else { break }
            if let index = piece.readableBytesView.lastIndex(of: UInt8(ascii: "\n")) {
                lastLineEnd = offset + Int64(index - piece.readableBytesView.startIndex) + 1
            }
            offset += Int64(piece.readableBytes)
            lines += splitter.lines(adding: piece)
        }
        // An unfinished last line belongs to the next page, unless there is no other or nothing will follow.
        let isEnd = offset >= size && log.isFinished
        if isEnd || lastLineEnd == start {
            if let line = splitter.remainder() { lines.append(line) }
        } else {
            offset = lastLineEnd
        }
        return AirflowV2.TaskInstancesLogResponse(
            content: messages(lines),
            continuationToken: isEnd ? nil : "\(offset)")
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
