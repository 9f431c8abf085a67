import Crypto
import DAGDomain
import Foundation

/// What a message to a webhook says of itself in its headers.
package struct WebhookHeaders: Sendable {
    /// `X-Hub-Signature-256`
    package var hubSignature: String?
    /// `X-Orchestrator-Signature`
    package var signature: String?
    /// `X-Orchestrator-Timestamp`: seconds since 1970.
    package var timestamp: String?
    /// `Idempotency-Key` or `X-GitHub-Delivery`
    package var idempotencyKey: String?

    package init(
        hubSignature: String? = nil, signature: String? = nil, timestamp: String? = nil,
        idempotencyKey: String? = nil
    ) {
        self.hubSignature = hubSignature
        self.signature = signature
        self.timestamp = timestamp
        self.idempotencyKey = idempotencyKey
    }
}

/// Whether a message was sent by somebody who knows the secret of a webhook, and not long ago.
enum WebhookSignature {
    /// A code that nobody's message has: what is compared for a webhook that is not there, so that the answer takes as
    /// long as for one that is.
    static let unknown = Webhook(
        name: WebhookName(""), target: .asset(AssetURI("")), scheme: .github,
        secret: String(repeating: "0", count: 32))

    /// The signature, as one text for each message; nil when it is not right. Comparing takes the same time for every
    /// wrong one.
    static func verified(
        _ headers: WebhookHeaders, _ body: [UInt8], for webhook: Webhook, at now: Timestamp
    ) -> String? {
        var message = Data()
        var given: String?
        var isInTime = true
        switch webhook.scheme {
        case .github: given = headers.hubSignature
        case .timestamped:
            given = headers.signature
            let text = headers.timestamp ?? ""
            isInTime = isNear(text, now, within: webhook.tolerance)
            message.append(contentsOf: text.utf8)
            message.append(UInt8(ascii: "."))
        }
        message.append(contentsOf: body)
        let code = bytes(of: given ?? "")
        let key = SymmetricKey(data: Data(webhook.secret.utf8))
        let isRight = HMAC<SHA256>.isValidAuthenticationCode(
            code ?? [UInt8](repeating: 0, count: 32), authenticating: message, using: key)
        guard isRight, isInTime, code != nil, let given else { return nil }
        return given.lowercased()
    }

    /// `sha256=` and 64 hexadecimal digits.
    private static func bytes(of text: String) -> [UInt8]? {
        let prefix = "sha256="
        let digits = Array(text.lowercased().utf8.dropFirst(prefix.utf8.count))
        guard text.lowercased().hasPrefix(prefix), digits.count == 64 else { return nil }
        let values = digits.compactMap { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard values.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    private static func isNear(_ text: String, _ now: Timestamp, within tolerance: Duration) -> Bool {
        guard text.utf8.count <= 12, let seconds = Int64(text), seconds >= 0 else { return false }
        let instant = Timestamp(secondsSinceEpoch: seconds)
        return instant >= now - tolerance && instant <= now + tolerance
    }
}
