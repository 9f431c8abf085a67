import AsyncHTTPClient
import Crypto
import DAGDomain
import Foundation
import JSONText
import NIOCore
import NIOHTTP1
import SchedulerService

/// Posts a notice, signed as the Standard Webhooks specification says (standardwebhooks.com): the header
/// `webhook-signature` is `v1,` and the base 64 of HMAC-SHA256 over `id.timestamp.body`.
struct WebhookDelivery {
    private let id: String
    private let url: String
    private let secret: String?
    private let headers: [(name: String, value: String)]
    private let body: JSONValue
    private let isInsecure: Bool
    private let timeoutMilliseconds: Int64

    init(_ specification: JSONValue) {
        id = specification["id"]?.stringValue ?? ""
        url = specification["url"].map(Self.text) ?? ""
        secret = specification["secret"].map(Self.text)
        headers = (specification["headers"]?.objectValue ?? [:]).map { ($0.key, Self.text($0.value)) }
        body = specification["body"] ?? specification["notice"] ?? .null
        isInsecure = specification["insecure"]?.boolValue ?? false
        timeoutMilliseconds = specification["timeout_ms"]?.intValue ?? 60_000
    }

    private static func text(_ value: JSONValue) -> String { value.stringValue ?? value.text() }

    func send() async throws {
        guard let address = WebAddress(url) else {
            throw CommandFailure(.badData, "the webhook's address is not a URL of https or http")
        }
        guard isInsecure || !address.isPlainAndElsewhere else {
            throw CommandFailure(
                .badData,
                "http:// to another machine can be read on the way; use https://, or \"insecure\": true")
        }
        let status = try await post(at: WallClock.now())
        if (200..<300).contains(status) { return }
        let problem = "\(address.host) answered \(status)"
        // The receiver wants no more of it: 410 Gone.
        throw CommandFailure(status == 410 ? .badData : .failed, problem)
    }

    private func post(at now: Timestamp) async throws -> Int {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        // A redirect could lead to a place that nobody has checked.
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        do {
            let response = try await client.execute(
                try request(at: now), timeout: .milliseconds(timeoutMilliseconds))
            try await client.shutdown()
            return Int(response.status.code)
        } catch {
            try? await client.shutdown()
            if let failure = error as? CommandFailure { throw failure }
            throw CommandFailure(.failed, text(of: error))
        }
    }

    private func text(of error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded?: "no answer within \(timeoutMilliseconds) ms"
        case .invalidURL?, .emptyHost?, .emptyScheme?: "the webhook's address is not a URL"
        default: "\(WebAddress(url)?.host ?? "?"): \(ConnectionLost.detail(of: error))"
        }
    }

    private func request(at now: Timestamp) throws(CommandFailure) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers {
            guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
                throw CommandFailure(.badData, "the header \(name) has a control character")
            }
            request.headers.add(name: name, value: value)
        }
        let content = body.stringValue ?? body.text()
        let usual = [
            "content-type": body.stringValue == nil ? "application/json" : "text/plain; charset=utf-8",
            "user-agent": "orchestrator/\(ProgramVersion.text)",
        ]
        for (name, value) in usual where !request.headers.contains(name: name) {
            request.headers.add(name: name, value: value)
        }
        let timestamp = "\(now.secondsSinceEpoch)"
        request.headers.replaceOrAdd(name: "webhook-id", value: id)
        request.headers.replaceOrAdd(name: "webhook-timestamp", value: timestamp)
        if let secret {
            let signature = try WebhookSignature(secret: secret).text(
                id: id, timestamp: timestamp, body: content)
            request.headers.replaceOrAdd(name: "webhook-signature", value: signature)
        }
        request.body = .bytes(ByteBuffer(string: content))
        return request
    }
}

/// The signature of a webhook.
struct WebhookSignature {
    private static let prefix = "whsec_"

    private let key: SymmetricKey

    /// - Parameter secret: a text of any kind, or `whsec_` and bytes in base 64.
    init(secret: String) throws(CommandFailure) {
        guard secret.hasPrefix(Self.prefix) else {
            key = SymmetricKey(data: Data(secret.utf8))
            return
        }
        guard let bytes = Data(base64Encoded: String(secret.dropFirst(Self.prefix.count))), !bytes.isEmpty
        else {
            throw CommandFailure(.badData, "what follows \"whsec_\" in the secret is not base 64")
        }
        key = SymmetricKey(data: bytes)
    }

    func text(id: String, timestamp: String, body: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(id).\(timestamp).\(body)".utf8), using: key)
        return "v1," + Data(code).base64EncodedString()
    }
}
