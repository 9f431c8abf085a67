import ArgumentParser
import AsyncHTTPClient
import DAGDomain
import Glibc
import JSONText
import NIOCore
import NIOHTTP1

/// `perform openlineage`: hands events over, in order, to a file or an endpoint.
struct PerformOpenLineageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "openlineage", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
        let specification = try PerformCommand.specification(file)
        let events = specification["events"]?.arrayValue ?? []
        if let path = specification["file"]?.stringValue {
            try Self.append(events, to: path)
        } else if let url = specification["url"]?.stringValue {
            try await Self.post(events, to: url, apiKey: specification["api_key"]?.stringValue)
        } else {
            throw CommandFailure(.badData, "this is not what the scheduler wrote")
        }
    }

    /// All of them or, on an error, some again the next time.
    private static func append(_ events: [JSONValue], to path: String) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else { throw .inputOutput("cannot open \(path)", errno) }
        defer { close(descriptor) }
        let bytes = Array(events.map { $0.text() + "\n" }.joined().utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { space in
                write(descriptor, space.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .inputOutput("cannot write \(path)", errno) }
            done += count
        }
        guard fsync(descriptor) == 0 else { throw .inputOutput("cannot write \(path)", errno) }
    }

    private static func post(_ events: [JSONValue], to url: String, apiKey: String?) async throws {
        guard let address = WebAddress(url) else {
            throw CommandFailure(.badConfiguration, "openlineage.url is not a URL of https or http")
        }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            for event in events {
                var request = HTTPClientRequest(url: url)
                request.method = .POST
                request.headers.add(name: "content-type", value: "application/json")
                request.headers.add(name: "user-agent", value: "orchestrator/\(ProgramVersion.text)")
                if let apiKey { request.headers.add(name: "authorization", value: "Bearer \(apiKey)") }
                request.body = .bytes(ByteBuffer(string: event.text()))
                let response = try await client.execute(request, timeout: .seconds(20))
                let status = Int(response.status.code)
                guard (200..<300).contains(status) else {
                    // What is wrong with one event is so the next time; who may not speak may after a change.
                    let isFinal = [400, 413, 422].contains(status)
                    throw CommandFailure(isFinal ? .badData : .failed, "\(address.host) answered \(status)")
                }
            }
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            if let failure = error as? CommandFailure { throw failure }
            throw CommandFailure(.failed, "\(address.host): \(ConnectionLost.detail(of: error))")
        }
    }
}
