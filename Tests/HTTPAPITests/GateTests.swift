import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTPAPI

/// Nobody comes in without the token, by no route, method or trick.
@Suite(.serialized) struct GateTests {
    /// A path of the route, its parameters filled in.
    private static func path(_ route: Router<APIContext>.RouteDescription) -> String {
        let steps = "\(route.path)".split(separator: "/").map { step in
            step.hasPrefix("{") || step.hasPrefix(":") ? "1" : String(step)
        }
        return "/" + steps.joined(separator: "/")
    }

    @Test func everyRouteAsksForTheTokenUnlessItIsListed() async throws {
        let harness = try APIHarness()
        let routes = harness.router.routes.map {
            GatePolicy.Endpoint(method: $0.method, path: Self.path($0))
        }
        #expect(routes.count > 60)
        try await harness.withClient(.network) { client async throws in
            var open: Set<GatePolicy.Endpoint> = []
            for route in routes {
                let response = try await client.send(route.method, route.path)
                if response.status == .unauthorized {
                    #expect(response.headers[.wwwAuthenticate] == "Bearer")
                } else {
                    open.insert(route)
                }
            }
            #expect(open == GatePolicy.publicEndpoints)
        }
    }

    @Test(arguments: ["HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND", "POST", "DELETE"])
    func noMethodOpensAPath(method: String) async throws {
        let harness = try APIHarness([:])
        let method = try #require(HTTPRequest.Method(rawValue: method))
        try await harness.withClient(.network) { client async throws in
            for path in [
                "/", "/api/v1/status", "/healthz", "/api/v2/version", "/no/such/thing", "/api/v1/events",
            ] {
                #expect(try await client.send(method, path).status == .unauthorized)
            }
        }
    }

    @Test(arguments: [
        "//healthz", "/healthz/", "/./healthz", "/%68ealthz", "/healthz/../api/v1/status", "/HEALTHZ",
        "/api/v2/version/",
        "/api/v2/monitor/health/x", "/healthz;x",
    ])
    func aPublicPathIsComparedByteByByte(path: String) async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            #expect(try await client.get(path).status == .unauthorized)
        }
    }

    @Test func theTokenOpens() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            for text in ["Bearer \(APIHarness.token)", "bearer \(APIHarness.token)"] {
                #expect(try await client.get("/api/v1/status", headers: [.authorization: text]).status == .ok)
            }
        }
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Bearer nothing", "Basic \(APIHarness.token)", APIHarness.token,
        "Bearer  \(APIHarness.token)", "Bearer \(APIHarness.token)x",
        "Bearer \(APIHarness.token.dropLast())", "Bearer " + String(repeating: "a", count: 100_000),
    ])
    func anythingElseDoesNot(authorization: String) async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            let response = try await client.get("/api/v1/status", headers: [.authorization: authorization])
            #expect(response.status == .unauthorized)
        }
    }

    @Test func aTokenInTheQueryOrSentTwiceIsNone() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            let query = try await client.get(
                "/api/v1/status?token=\(APIHarness.token)&access_token=\(APIHarness.token)")
            #expect(query.status == .unauthorized)
            var headers = HTTPFields()
            headers.append(HTTPField(name: .authorization, value: "Bearer \(APIHarness.token)"))
            headers.append(HTTPField(name: .authorization, value: "Bearer \(APIHarness.token)"))
            #expect(try await client.get("/api/v1/status", headers: headers).status == .unauthorized)
        }
    }

    @Test func headersCannotMakeARequestTrusted() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            var headers = HTTPFields()
            for name in ["X-Forwarded-For", "Forwarded", "X-Origin", "X-Real-IP", "X-Trusted"] {
                headers[try #require(HTTPField.Name(name))] = "unix"
            }
            #expect(try await client.get("/api/v1/status", headers: headers).status == .unauthorized)
        }
        try await harness.withClient(.unixSocket) { client async throws in
            #expect(try await client.get("/api/v1/status").status == .ok)
        }
    }

    @Test func everyAnswerForbidsSniffingFramingAndCaching() async throws {
        let harness = try APIHarness([:])
        try await harness.withClient(.network) { client async throws in
            for path in ["/healthz", "/api/v1/status", "/none"] {
                let headers = try await client.get(path).headers
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[.cacheControl] == "no-store")
                #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                #expect(headers[.accessControlAllowOrigin] == nil)
                #expect(headers[.server] == nil)
            }
        }
    }

    @Test func aFileOfThisMachineIsRunOnlyFromThisMachine() async throws {
        let harness = try APIHarness()
        let body = "{\"path\": \"\(harness.dagFolder)/hello.json\"}"
        try await harness.withClient(.network) { client async throws in
            let response = try await client.send(
                .post, "/api/v1/run-file", body, headers: [.authorization: "Bearer \(APIHarness.token)"])
            #expect(response.status == .forbidden)
        }
        try await harness.withClient(.unixSocket) { client async throws in
            #expect(try await client.send(.post, "/api/v1/run-file", body).status == .created)
        }
    }
}
