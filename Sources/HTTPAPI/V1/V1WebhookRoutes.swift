import APITypes
import DAGDomain
import Foundation
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// `/api/v1/hooks`: webhooks are made and listed by those who hold a token; messages to them are let in by their
/// signature alone.
struct V1WebhookRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("hooks", use: list)
        api.get("hooks/:hook", use: get)
        api.put("hooks/:hook", use: set)
        api.delete("hooks/:hook", use: delete)
        api.post("hooks/:hook", use: deliver)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Webhook>> {
        let all = try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.webhooks() }
        }
        return Answer(V1.Page(items: all.map { V1.Webhook($0) }, totalEntries: all.count))
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Webhook> {
        let name = try context.webhookName()
        guard let known = try await known(name) else { throw APIError.unknownWebhook(name) }
        return Answer(V1.Webhook(known))
    }

    private func known(_ name: WebhookName) async throws -> Webhook? {
        try await backend.reading { backend in
            try backend.controlPlane.asking { (values) throws(ValueError) in try values.webhook(name) }
        }
    }

    @Sendable private func set(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Webhook> {
        let name = try context.webhookName()
        let body = try await request.decodeBody(V1.WebhookBody.self)
        let known = try await known(name)
        let made = body.secret == nil && known == nil ? Self.newSecret() : nil
        let webhook = Webhook(
            name: name, target: try body.target ?? known?.target ?? Self.noTarget(),
            scheme: try body.checkedScheme ?? known?.scheme ?? .timestamped,
            secret: body.secret ?? known?.secret ?? made ?? "",
            tolerance: body.tolerance.map { .seconds($0) } ?? known?.tolerance ?? Webhook.defaultTolerance)
        let actor = context.actor
        try await backend.reading { try $0.controlPlane.setWebhook(webhook, by: actor) }
        return Answer(V1.Webhook(webhook, secret: made), status: known == nil ? .created : .ok)
    }

    private static func noTarget() throws -> Webhook.Target {
        throw APIError.badRequest("give the webhook an asset, or a dag_id")
    }

    /// 256 bits of the system's randomness.
    private static func newSecret() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @Sendable private func delete(
        _ request: Request, _ context: APIContext
    ) async throws -> NoContent {
        let name = try context.webhookName()
        guard try await backend.deleteValue(.webhook, name.text, by: context.actor) else {
            throw APIError.unknownWebhook(name)
        }
        return NoContent()
    }

    /// The body has been collected and limited by the gatekeeper.
    @Sendable private func deliver(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.WebhookReceipt> {
        let name = WebhookName(try context.text("hook"))
        let buffer = try await request.body.collect(upTo: Gatekeeper.maximumBodyBytes)
        let headers = WebhookHeaders(
            hubSignature: request.header("X-Hub-Signature-256"),
            signature: request.header("X-Orchestrator-Signature"),
            timestamp: request.header("X-Orchestrator-Timestamp"),
            idempotencyKey: request.header("Idempotency-Key") ?? request.header("X-GitHub-Delivery"))
        let answer: WebhookAnswer
        do throws(WebhookRefusal) {
            answer = try await backend.controlPlane.deliver(
                to: name, headers, body: Array(buffer.readableBytesView))
        } catch {
            throw error.apiError
        }
        var receipt = V1.WebhookReceipt(duplicate: answer.isDuplicate)
        switch answer.outcome {
        case .event(let id): receipt.assetEventID = id.value
        case .run(let number):
            let run = try await backend.reading { try $0.store.run(number)?.run }
            receipt.dagID = run?.dagID.text
            receipt.runID = run?.runID.text
        }
        return Answer(receipt)
    }
}

extension WebhookRefusal {
    fileprivate var apiError: APIError {
        switch self {
        case .notAuthentic: .unauthorized
        case .failed(let error): APIError(error)
        }
    }
}

extension Request {
    /// The value of a header that is there once; nil when it is not there, or several times.
    fileprivate func header(_ name: String) -> String? {
        guard let field = HTTPField.Name(name) else { return nil }
        let values = headers[values: field]
        return values.count == 1 ? values.first : nil
    }
}

extension APIContext {
    fileprivate func webhookName() throws -> WebhookName {
        let name = WebhookName(try text("hook"))
        guard name.isValidName else { throw APIError.badRequest("that is not the form of a webhook's name") }
        return name
    }
}

extension APIError {
    fileprivate static func unknownWebhook(_ name: WebhookName) -> APIError {
        .unknown(.webhook, "There is no webhook `\(name)`")
    }
}

extension V1.WebhookBody {
    fileprivate var target: Webhook.Target? {
        get throws {
            switch (asset, dagID) {
            case (let asset?, nil):
                guard param == nil else { throw APIError.badRequest("param goes with dag_id") }
                return .asset(AssetURI(asset))
            case (nil, let dagID?): return .dag(DAGID(dagID), parameter: param)
            case (nil, nil): return nil
            case (_?, _?): throw APIError.badRequest("give the webhook an asset or a dag_id, not both")
            }
        }
    }

    fileprivate var checkedScheme: Webhook.Scheme? {
        get throws {
            guard let scheme else { return nil }
            guard let known = Webhook.Scheme(rawValue: scheme) else {
                let words = Webhook.Scheme.allCases.map(\.rawValue).joined(separator: " or ")
                throw APIError.badRequest("scheme must be \(words)")
            }
            return known
        }
    }
}

extension V1.Webhook {
    init(_ webhook: Webhook, secret: String? = nil) {
        var (asset, dagID, param): (String?, String?, String?) = (nil, nil, nil)
        switch webhook.target {
        case .asset(let uri): asset = uri.text
        case .dag(let id, let parameter): (dagID, param) = (id.text, parameter)
        }
        self.init(
            name: webhook.name.text, scheme: webhook.scheme.rawValue, asset: asset, dagID: dagID,
            param: param, tolerance: webhook.tolerance.components.seconds, secret: secret)
    }
}
