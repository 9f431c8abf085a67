import HTTPAPI

extension CommandFailure {
    init(_ error: APIServer.Failure) {
        switch error {
        case .notLoopback(let host):
            self.init(
                .badConfiguration,
                "\(host) is reachable from other machines; the token would cross the network in the clear",
                hint: "bind 127.0.0.1 and put a reverse proxy with TLS, or an SSH tunnel, in front")
        case .socketPathTooLong(let path):
            self.init(
                .badConfiguration,
                "the socket path \(path) is longer than \(UnixSocket.maximumPathLength) bytes, the most there may be",
                hint: "choose a shorter home with --home")
        case .socketPathTaken(let path):
            self.init(
                .badConfiguration, "\(path) is not a socket of ours and is left as it is",
                hint: "move it away")
        case .system(let path, let code): self = .inputOutput("cannot set the mode of \(path)", code)
        }
    }

    init(_ error: AccessToken.FileError) {
        switch error {
        case .unsafe(let path):
            self.init(
                .badConfiguration, "the token file \(path) can be read or replaced by others",
                hint: "chmod 600 \(path), or remove it: a new one is made")
        case .malformed(let path):
            self.init(.badConfiguration, "\(path) holds no token", hint: "remove it: a new one is made")
        case .system(let path, let code): self = .inputOutput("cannot use \(path)", code)
        }
    }
}
