import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1
import SchedulerService

/// Makes the request of an `http` task and reports the answer.
struct HTTPPerformance {
    private struct Answer {
        let status: HTTPResponseStatus
        let headers: HTTPHeaders
        /// The beginning of the body, at most `bodyLimit` bytes.
        var body: [UInt8] = []
        var size = 0
    }

    /// Bytes of a body that become an output; docs/dag-file.md names the number. Escaped as JSON it still fits into
    /// the file of outputs.
    private static let bodyLimit = 128 * 1024
    /// Characters of a refused answer in the log.
    private static let shownBody = 2_000

    private let specification: HTTPSpecification
    private let report = PerformanceReport()

    init(_ specification: HTTPSpecification) {
        self.specification = specification
    }

    /// - Throws: `CommandFailure` when there is no answer, or one with another status than the expected.
    func perform() async throws {
        report.say("\(specification.method) \(specification.shownURL)")
        for header in specification.shownHeaders { report.say("  " + header) }
        let start = ContinuousClock.now
        let answer = try await answer()
        let took = ContinuousClock.now - start
        let milliseconds =
            took.components.seconds * 1_000 + took.components.attoseconds / 1_000_000_000_000_000
        report.say("\(answer.status) after \(milliseconds) ms, \(answer.size) bytes")
        guard specification.isExpected(Int(answer.status.code)) else {
            let body = String(decoding: answer.body, as: UTF8.self).prefix(Self.shownBody)
            if !body.isEmpty { report.say(String(body)) }
            throw CommandFailure(.failed, "the status \(answer.status.code) is not an expected one")
        }
        if answer.size > answer.body.count {
            report.say("the output `\(specification.output)` holds the first \(Self.bodyLimit) bytes only")
        }
        try report.write([
            ("status", .integer(Int64(answer.status.code))), ("headers", Self.headers(answer.headers)),
            (specification.output, Self.value(answer)),
        ])
    }

    private func answer() async throws -> Answer {
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            let response = try await client.execute(
                request, timeout: .milliseconds(specification.timeoutMilliseconds))
            var answer = Answer(status: response.status, headers: response.headers)
            for try await piece in response.body {
                answer.size += piece.readableBytes
                let room = Self.bodyLimit - answer.body.count
                if room > 0 { answer.body += piece.readableBytesView.prefix(room) }
            }
            try await client.shutdown()
            return answer
        } catch {
            try? await client.shutdown()
            throw CommandFailure(.failed, "\(specification.shownURL): \(text(of: error))")
        }
    }

    private func text(of error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded?: "no whole answer within \(specification.timeoutMilliseconds) ms"
        case .invalidURL?, .emptyHost?, .emptyScheme?: "this is not a URL for a request"
        default: ConnectionLost.detail(of: error)
        }
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .follow(max: 5, allowCycles: false)
        return configuration
    }

    private var request: HTTPClientRequest {
        var request = HTTPClientRequest(url: specification.url)
        request.method = HTTPMethod(rawValue: specification.method)
        for (name, value) in specification.headers { request.headers.add(name: name, value: value) }
        if !request.headers.contains(name: "user-agent") {
            request.headers.add(name: "user-agent", value: "orchestrator/\(ProgramVersion.text)")
        }
        guard let body = specification.body else { return request }
        if !request.headers.contains(name: "content-type") {
            let kind = body.stringValue == nil ? "application/json" : "text/plain; charset=utf-8"
            request.headers.add(name: "content-type", value: kind)
        }
        request.body = .bytes(ByteBuffer(string: body.stringValue ?? body.text()))
        return request
    }

    // MARK: Outputs

    /// By name in lower case; several values of one name are joined as RFC 9110 says. Cookies are left out: they are
    /// secrets.
    private static func headers(_ headers: HTTPHeaders) -> JSONValue {
        var object = JSONObject()
        for (name, value) in headers where name.lowercased() != "set-cookie" {
            let name = name.lowercased()
            object[name] = .string((object[name]?.stringValue).map { "\($0), \(value)" } ?? value)
        }
        return .object(object)
    }

    /// The body as JSON when it is some, else as text.
    private static func value(_ answer: Answer) -> JSONValue {
        let isWhole = answer.size == answer.body.count
        if isWhole, !answer.body.isEmpty, let value = try? JSONValue.parse(bytes: answer.body) {
            return value
        }
        return .string(String(decoding: answer.body, as: UTF8.self))
    }
}
