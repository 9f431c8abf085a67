import DAGDomain
import Testing

@testable import SchedulerService

@Suite struct WebhookSignatureTests {
    private let now = Timestamp(secondsSinceEpoch: 1_767_225_600)

    private func webhook(_ scheme: Webhook.Scheme) -> Webhook {
        Webhook(
            name: WebhookName("h"), target: .asset(AssetURI("a")), scheme: scheme,
            secret: "It's a Secret to Everybody")
    }

    /// The example of GitHub's documentation, "Testing the webhook payload validation".
    @Test func githubsOwnExample() {
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        let body = Array("Hello, World!".utf8)
        for text in [signature, signature.uppercased()] {
            let headers = WebhookHeaders(hubSignature: text)
            #expect(WebhookSignature.verified(headers, body, for: webhook(.github), at: now) == signature)
        }
        let other = WebhookHeaders(hubSignature: signature.replacing("757", with: "756"))
        #expect(WebhookSignature.verified(other, body, for: webhook(.github), at: now) == nil)
        #expect(WebhookSignature.verified(WebhookHeaders(), body, for: webhook(.github), at: now) == nil)
    }

    /// Of `printf '1767225600.{}' | openssl dgst -sha256 -hmac "It's a Secret to Everybody"`.
    @Test func aTimestampIsPartOfTheMessage() {
        let signature = "sha256=b794f2ec3cd862365ef245a7432670192f0e6d084170d41650568fca43283594"
        func verified(_ timestamp: String, at instant: Timestamp) -> Bool {
            let headers = WebhookHeaders(signature: signature, timestamp: timestamp)
            return WebhookSignature.verified(
                headers, Array("{}".utf8), for: webhook(.timestamped), at: instant)
                != nil
        }
        #expect(verified("1767225600", at: now))
        #expect(verified("1767225600", at: now + .seconds(300)))
        #expect(!verified("1767225600", at: now + .seconds(301)))
        #expect(!verified("1767225600", at: now - .seconds(301)))
        for other in ["1767225601", "", "+1767225600", "01767225600", "1767225600 ", "99999999999999999999"] {
            #expect(!verified(other, at: now), "\(other)")
        }
    }
}
