/// Where the API is served and to whom.
package struct APIConfiguration: Sendable {
    /// The address for TCP, a loopback one unless `allowsOtherHosts`.
    package var host: String
    /// 0 picks a free one.
    package var port: Int
    /// The unix socket, made with mode 0600; an old one is replaced.
    package var socketPath: String
    package var token: AccessToken
    /// Names under which clients may speak to the server besides its own address and localhost.
    package var hostNames: [String]
    /// Whether the token may cross a network unencrypted.
    package var allowsOtherHosts: Bool
    package var programVersion: String

    package init(
        host: String = "127.0.0.1", port: Int, socketPath: String, token: AccessToken,
        hostNames: [String] = [],
        allowsOtherHosts: Bool = false, programVersion: String
    ) {
        self.host = host
        self.port = port
        self.socketPath = socketPath
        self.token = token
        self.hostNames = hostNames
        self.allowsOtherHosts = allowsOtherHosts
        self.programVersion = programVersion
    }

    static let loopbackNames: Set<String> = ["127.0.0.1", "::1", "localhost"]

    var isLoopback: Bool { Self.loopbackNames.contains(host) }
}
