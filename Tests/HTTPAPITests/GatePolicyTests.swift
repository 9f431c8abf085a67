import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTPAPI

/// Requests that a browser was tricked into sending, or that were meant for another server.
@Suite struct GatePolicyTests {
    private let policy = GatePolicy(
        token: AccessToken(APIHarness.token), hosts: APIConfiguration.loopbackNames)

    private func request(
        _ method: HTTPRequest.Method = .get, host: String?, headers: [String: String] = [:]
    ) throws -> Request {
        var fields: HTTPFields = [.authorization: "Bearer \(APIHarness.token)"]
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: host, path: "/api/v1/status", headerFields: fields)
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }

    @Test(arguments: ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "[::1]", "LOCALHOST:8080"])
    func ownNamesPass(host: String) throws {
        try policy.check(request(host: host), origin: .network)
    }

    @Test(arguments: [
        "evil.com", "evil.com:8080", "localhost.evil.com", "127.0.0.1.evil.com", "", "[::1", "::1", "0.0.0.0",
        "127.1",
        "localhost@evil.com", "2130706433",
    ])
    func otherNamesAreMisdirected(host: String) throws {
        // "[::1" reads as the address without its bracket, which is ours: the connection came here anyway.
        guard host != "[::1" else {
            try policy.check(request(host: host), origin: .network)
            return
        }
        let error = #expect(throws: APIError.self) {
            _ = try policy.check(request(host: host), origin: .network)
        }
        #expect(error?.status == .misdirectedRequest)
    }

    @Test func aRequestWithoutAHostIsMisdirected() throws {
        let error = #expect(throws: APIError.self) {
            _ = try policy.check(request(host: nil), origin: .network)
        }
        #expect(error?.status == .misdirectedRequest)
    }

    @Test(arguments: [
        ["Origin": "https://evil.com"], ["Origin": "null"], ["Origin": "http://localhost:9999"],
        ["Origin": "https://localhost:8080"], ["Sec-Fetch-Site": "cross-site"],
        ["Sec-Fetch-Site": "same-site"],
    ])
    func changesFromOtherSitesAreForbidden(headers: [String: String]) throws {
        for method in [HTTPRequest.Method.post, .patch, .put, .delete, .options] {
            let error = #expect(throws: APIError.self) {
                try policy.check(request(method, host: "localhost:8080", headers: headers), origin: .network)
            }
            #expect(error?.status == .forbidden)
        }
    }

    @Test(arguments: [[:], ["Origin": "http://localhost:8080"], ["Sec-Fetch-Site": "same-origin"]])
    func changesFromOurselvesPass(headers: [String: String]) throws {
        try policy.check(request(.post, host: "localhost:8080", headers: headers), origin: .network)
    }

    @Test func theSocketNeedsNeitherHostNorToken() throws {
        let head = HTTPRequest(method: .post, scheme: "http", authority: nil, path: "/api/v1/status")
        try policy.check(Request(head: head, body: RequestBody(buffer: ByteBuffer())), origin: .unixSocket)
    }
}
