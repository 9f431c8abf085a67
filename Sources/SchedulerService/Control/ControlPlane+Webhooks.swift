import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore

/// What became of a message to a webhook.
package struct WebhookAnswer: Sendable {
    package let outcome: WebhookDelivery.Outcome
    /// Whether it had been taken before, so that nothing happened now.
    package let isDuplicate: Bool
}

/// Why a message was not taken.
package enum WebhookRefusal: Error, Sendable {
    /// No such webhook, a wrong or old signature: which one is nobody's business.
    case notAuthentic
    case failed(ControlPlaneError)
}

extension ControlPlane {
    /// The longest key by which a sender marks a message.
    private static let maximumKeyLength = 200

    package func setWebhook(_ webhook: Webhook, by: String) throws(ControlPlaneError) {
        guard webhook.name.isValidName else { throw .invalidRequest("`\(webhook.name)` is not a name") }
        guard webhook.secret.utf8.count >= Webhook.minimumSecretLength else {
            throw .invalidRequest("a secret has at least \(Webhook.minimumSecretLength) characters")
        }
        guard (1...86_400).contains(webhook.tolerance.components.seconds) else {
            throw .invalidRequest("the tolerance is 1 second to 1 day")
        }
        switch webhook.target {
        case .asset(let uri): _ = try asset(uri)
        case .dag(let dagID, let parameter):
            let dag = try catalog.triggerable(dagID)
            if let parameter, !dag.settings.parameters.contains(where: { $0.name == parameter }) {
                throw .invalidRequest("DAG `\(dagID)` has no param `\(parameter)`")
            }
        }
        try asking { (values) throws(ValueError) in try values.set(webhook, by: by) }
    }

    /// Takes a message: checks who sent it, and does once what the webhook is for.
    package func deliver(
        to name: WebhookName, _ headers: WebhookHeaders, body: [UInt8]
    ) async throws(WebhookRefusal) -> WebhookAnswer {
        let known = try refusing { () throws(ControlPlaneError) in
            try asking { (values) throws(ValueError) in try values.webhook(name) }
        }
        let signature = WebhookSignature.verified(
            headers, body, for: known ?? WebhookSignature.unknown, at: WallClock.now())
        guard let webhook = known, let signature else { throw .notAuthentic }
        var keys: [String] = []
        // GitHub sends equal messages that mean different things; the timestamp makes ours unlike each other.
        if webhook.scheme == .timestamped { keys.append("signature \(headers.timestamp ?? "") \(signature)") }
        if let key = headers.idempotencyKey, !key.isEmpty {
            guard key.utf8.count <= Self.maximumKeyLength else {
                throw .failed(
                    .invalidRequest("an idempotency key has at most \(Self.maximumKeyLength) bytes"))
            }
            keys.append("key \(key)")
        }
        let claims = Set(keys.map { "\(name) \($0)" })
        guard deliveries.claim(claims) else {
            throw .failed(.conflict("the same message is being taken; ask again for its outcome"))
        }
        defer { deliveries.release(claims) }
        do throws(ControlPlaneError) {
            return try await take(body, for: webhook, keys: keys)
        } catch {
            throw .failed(error)
        }
    }

    private func take(
        _ body: [UInt8], for webhook: Webhook, keys: [String]
    ) async throws(ControlPlaneError) -> WebhookAnswer {
        let earlier = try reading { () throws(StateStoreError) in
            try store.delivery(to: webhook.name, keys: keys)
        }
        if let earlier { return WebhookAnswer(outcome: earlier, isDuplicate: true) }
        let message = try Self.message(body)
        let event: SchedulerEvent
        switch webhook.target {
        case .asset(let uri):
            guard let extra = message.objectValue, body.count <= Self.maximumExtra else {
                throw .invalidRequest(
                    "the message must be a JSON object of at most \(Self.maximumExtra) bytes")
            }
            event = .assetEmitted(
                AssetEmission(asset: uri, extra: extra, source: "webhook \(webhook.name)"))
        case .dag(let dagID, let parameter):
            event = .runRequested(try runRequest(dagID, parameter, message, webhook.name))
        }
        let outcome = try await engine.perform { engine throws(ControlPlaneError) in
            let decision = engine.handle(event)
            if let refusal = decision.refusal { throw ControlPlaneError(refusal) }
            let outcome: WebhookDelivery.Outcome
            if let made = decision.createdAssetEvent {
                outcome = .event(made.id)
            } else if let run = decision.createdRun {
                outcome = .run(run.number)
            } else {
                throw .invalidRequest("the message led to nothing")
            }
            if !keys.isEmpty {
                let delivery = WebhookDelivery(webhook: webhook.name, keys: keys, outcome: outcome)
                engine.handle(.outsideRecorded(.delivery(delivery)))
            }
            return outcome
        }
        return WebhookAnswer(outcome: outcome, isDuplicate: false)
    }

    private static func message(_ body: [UInt8]) throws(ControlPlaneError) -> JSONValue {
        if body.isEmpty { return .object(JSONObject()) }
        do throws(JSONSyntaxError) { return try JSONValue.parse(bytes: body) } catch {
            throw .invalidRequest("the message is not JSON: \(error)")
        }
    }

    private func runRequest(
        _ dagID: DAGID, _ parameter: String?, _ message: JSONValue, _ webhook: WebhookName
    ) throws(ControlPlaneError) -> RunRequest {
        let dag = try catalog.triggerable(dagID)
        guard let conf = parameter.map({ [$0: message] }) ?? message.objectValue else {
            throw .invalidRequest("the message must be a JSON object")
        }
        do throws(ParameterResolution.Failure) {
            return RunRequest(
                dagID: dag.id, trigger: .restAPI,
                parameters: try ParameterResolution(dag.settings.parameters).resolve(conf: conf),
                note: "started by webhook \(webhook)", dag: dag)
        } catch {
            throw .invalidParameters(error.problems)
        }
    }

    private func refusing<Value>(
        _ body: () throws(ControlPlaneError) -> Value
    ) throws(WebhookRefusal) -> Value {
        do { return try body() } catch { throw .failed(error) }
    }
}
