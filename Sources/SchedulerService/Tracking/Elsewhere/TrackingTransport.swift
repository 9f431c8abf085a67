import Foundation
import JSONText

/// Carries requests to an MLflow server of the person's own.
package protocol TrackingTransport: Sendable {
    /// - Returns: the body of a good answer; empty when it has none.
    func send(_ request: TrackingRequest) async throws(TrackingServerFailure) -> JSONObject

    /// Nothing is sent after this.
    func close()
}

/// A request to an MLflow server.
package struct TrackingRequest: Sendable {
    package enum Content: Sendable {
        case none
        case json(JSONObject)
        /// The bytes of a file, read as they are sent.
        case file(String)
    }

    package let method: String
    /// With the server's address and the query.
    package let url: String
    package var content = Content.none
    package var credentials: TrackingCredentials?
    package var timeout: Duration

    /// The value of the `Authorization` header.
    package var authorization: String? { credentials?.header }
}

/// What lets one in at an MLflow server.
package enum TrackingCredentials: Hashable, Sendable {
    case token(String)
    case login(String, password: String)

    fileprivate var header: String {
        switch self {
        case .token(let token): "Bearer \(token)"
        case .login(let name, let password): "Basic " + Data("\(name):\(password)".utf8).base64EncodedString()
        }
    }

    /// What MLflow's client reads.
    var variables: [String: String] {
        switch self {
        case .token(let token): ["MLFLOW_TRACKING_TOKEN": token]
        case .login(let name, let password):
            ["MLFLOW_TRACKING_USERNAME": name, "MLFLOW_TRACKING_PASSWORD": password]
        }
    }

    /// What must not be shown.
    var secrets: Set<String> {
        switch self {
        case .token(let token): [token]
        case .login(_, let password): [password]
        }
    }
}

/// Why an MLflow server did not do what it was asked.
package struct TrackingServerFailure: Error, Hashable {
    package enum Kind: Hashable, Sendable {
        /// It did not answer, or not as a server that works.
        case unreachable
        /// It answered no: with a status of HTTP and MLflow's word for it.
        case refused(Int, String)
        /// What is asked of it cannot be said.
        case impossible
    }

    package let kind: Kind
    /// Without secrets.
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// Of an answer that is not a good one. Who may not speak now may after a change, and a server that is overloaded or
    /// broken may work again.
    package init(status: Int, _ body: JSONObject?, host: String) {
        let code = body?["error_code"]?.stringValue ?? ""
        let words = body?["message"]?.stringValue ?? ""
        let said = [code, String(words.prefix(300))].filter { !$0.isEmpty }.joined(separator: ": ")
        let isDown = [401, 403, 407, 408, 429].contains(status) || status >= 500
        self.init(
            isDown ? .unreachable : .refused(status, code),
            "\(host) answered \(status)" + (said.isEmpty ? "" : " (\(said))"))
    }

    var isUnreachable: Bool { kind == .unreachable }

    /// Whether the server says that there is no such thing.
    var saysMissing: Bool {
        if case .refused(let status, let code) = kind {
            status == 404 || code == "RESOURCE_DOES_NOT_EXIST"
        } else {
            false
        }
    }

    var saysTaken: Bool {
        if case .refused(_, let code) = kind { code == "RESOURCE_ALREADY_EXISTS" } else { false }
    }
}
