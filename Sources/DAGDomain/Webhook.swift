import JSONText

/// The name of a webhook, the last part of its address. Rule: `isValidName`.
package struct WebhookName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// A door for signed messages from other programs, each of which updates an asset or starts a run.
package struct Webhook: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case asset(AssetURI)
        /// A run whose `conf` is the message, or that gets it as one param.
        case dag(DAGID, parameter: String?)
    }

    /// How messages are signed, always by HMAC-SHA256 with the secret.
    package enum Scheme: String, Hashable, Sendable, CaseIterable {
        /// `X-Hub-Signature-256: sha256=HEX` over the body, as GitHub does it.
        case github
        /// `X-Orchestrator-Signature: sha256=HEX` over `TIMESTAMP.BODY`, beside `X-Orchestrator-Timestamp`.
        case timestamped
    }

    package let name: WebhookName
    package var target: Target
    package var scheme: Scheme
    package var secret: String
    /// How far the timestamp of a message may be from now.
    package var tolerance: Duration

    package static let defaultTolerance = Duration.seconds(300)
    package static let minimumSecretLength = 16

    package init(
        name: WebhookName, target: Target, scheme: Scheme, secret: String,
        tolerance: Duration = defaultTolerance
    ) {
        self.name = name
        self.target = target
        self.scheme = scheme
        self.secret = secret
        self.tolerance = tolerance
    }

    /// All of it, secret included: what is sealed.
    package var json: JSONObject {
        var json: JSONObject = [
            "scheme": .string(scheme.rawValue), "secret": .string(secret),
            "tolerance": .integer(tolerance.components.seconds),
        ]
        switch target {
        case .asset(let uri): json["asset"] = .string(uri.text)
        case .dag(let dagID, let parameter):
            json["dag_id"] = .string(dagID.text)
            json["param"] = parameter.map(JSONValue.string)
        }
        return json
    }

    /// Nil when the object is not one that `json` made.
    package init?(name: WebhookName, _ json: JSONObject) {
        guard let scheme = json["scheme"]?.stringValue.flatMap(Scheme.init(rawValue:)),
            let secret = json["secret"]?.stringValue, let tolerance = json["tolerance"]?.intValue
        else { return nil }
        let target: Target
        if let asset = json["asset"]?.stringValue {
            target = .asset(AssetURI(asset))
        } else if let dagID = json["dag_id"]?.stringValue {
            target = .dag(DAGID(dagID), parameter: json["param"]?.stringValue)
        } else {
            return nil
        }
        self.init(
            name: name, target: target, scheme: scheme, secret: secret, tolerance: .seconds(tolerance))
    }
}

/// A message that a webhook has taken, by everything that tells it from others: sent again it does nothing.
package struct WebhookDelivery: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case event(AssetEventID)
        case run(RunNumber)
    }

    package let webhook: WebhookName
    /// Its signature, and the key that its sender gave it.
    package let keys: [String]
    package let outcome: Outcome

    package init(webhook: WebhookName, keys: [String], outcome: Outcome) {
        self.webhook = webhook
        self.keys = keys
        self.outcome = outcome
    }
}
