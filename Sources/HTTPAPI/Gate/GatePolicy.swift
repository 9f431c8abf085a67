import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService

/// Who is let in: the one place that knows.
struct GatePolicy: Sendable {
    struct Endpoint: Hashable, Sendable {
        let method: HTTPRequest.Method
        let path: String

        /// A message to a webhook, which its signature lets in or not: one part of a path below `hooks`.
        var isWebhook: Bool {
            let prefix = "/api/v1/hooks/"
            guard method == .post, path.hasPrefix(prefix) else { return false }
            let name = path.utf8.dropFirst(prefix.utf8.count)
            return !name.isEmpty && !name.contains(UInt8(ascii: "/"))
        }
    }

    /// Everything that is answered without a token. Paths are compared byte by byte, before any decoding.
    static let publicEndpoints: Set<Endpoint> = [
        Endpoint(method: .get, path: "/healthz"),
        Endpoint(method: .get, path: "/api/v2/monitor/health"),
        Endpoint(method: .get, path: "/api/v2/version"),
    ]

    let token: AccessToken
    /// Host names, without ports, under which this server may be spoken to over TCP, in lower case.
    let hosts: Set<String>

    /// Knows the tokens of attempts, which are good for MLflow's protocol only.
    let tasks: TrackingEndpoint?

    init(token: AccessToken, hosts: some Sequence<String>, tasks: TrackingEndpoint? = nil) {
        self.token = token
        self.tasks = tasks
        self.hosts = Set(hosts.map { $0.lowercased() })
    }

    /// Lets the request pass, or throws why not. In this order: the host (against DNS rebinding), the origin (against
    /// forged requests of other sites), the token.
    ///
    /// - Returns: the attempt whose token was sent. Whether it lives is for the route to find out.
    @discardableResult
    func check(_ request: Request, origin: RequestOrigin) throws(APIError) -> AttemptID? {
        guard !origin.isTrusted else { return nil }
        try checkHost(request)
        try checkOrigin(request)
        let endpoint = Endpoint(method: request.method, path: request.uri.path)
        guard !Self.publicEndpoints.contains(endpoint), !endpoint.isWebhook else { return nil }
        return try checkToken(request)
    }

    private func checkHost(_ request: Request) throws(APIError) {
        guard let authority = request.head.authority, hosts.contains(Self.host(of: authority)) else {
            throw .misdirected
        }
    }

    /// `host:port` or `[address]:port` without its port, in lower case.
    static func host(of authority: String) -> String {
        let text = authority.lowercased()
        if text.hasPrefix("[") {
            return String(text.dropFirst().prefix { $0 != "]" })
        }
        return String(text.prefix { $0 != ":" })
    }

    /// Browsers name the site that a request comes from. A request that changes something, or asks whether it may,
    /// must come from ourselves or from a program that names none.
    private func checkOrigin(_ request: Request) throws(APIError) {
        guard request.method != .get, request.method != .head else { return }
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" {
            throw .forbidden("requests from other sites are refused")
        }
        guard let origin = request.headers[.origin] else { return }
        guard let authority = request.head.authority,
            origin.lowercased() == "http://" + authority.lowercased()
        else { throw .forbidden("requests from other sites are refused") }
    }

    private func checkToken(_ request: Request) throws(APIError) -> AttemptID? {
        let values = request.headers[values: .authorization]
        guard values.count == 1, let value = values.first, value.utf8.count <= 1024 else {
            throw .unauthorized
        }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .unauthorized }
        if token.matches(parts[1]) { return nil }
        guard TrackingRoutes.isTracking(request.uri.path), let attempt = tasks?.attempt(of: parts[1]) else {
            throw .unauthorized
        }
        return attempt
    }
}

extension HTTPField.Name {
    /// Fetch Metadata Request Headers, W3C. The text is a valid name, so the initializer gives one.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}
