import DAGDomain
import JSONText

/// An MLflow server of the person's own, which takes everything instead of this one.
package struct TrackingPlace: Hashable, Sendable {
    /// Who is let in there.
    package enum Access: Hashable, Sendable {
        case everybody
        case credentials(TrackingCredentials)
        /// The login and password of a connection; a password alone is a token.
        case connection(String)
    }

    /// Without a slash at its end and without credentials.
    package let url: String
    package let access: Access
    /// A file with the certificates that the server's is signed by; nil for those of the system.
    package let authorities: String?

    package init(url: String, access: Access = .everybody, authorities: String? = nil) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.access = access
        self.authorities = authorities
    }
}

extension TrackingPlace {
    func credentials(_ values: ValueService) throws(TrackingServerFailure) -> TrackingCredentials? {
        switch access {
        case .everybody: return nil
        case .credentials(let credentials): return credentials
        case .connection(let id):
            let found: Connection?
            do throws(ValueError) { found = try values.connection(id) } catch {
                throw TrackingServerFailure(.unreachable, error.sentence)
            }
            guard let found, let password = found.password else {
                throw TrackingServerFailure(
                    .unreachable,
                    "the connection `\(id)` for the MLflow server is not there or has no password")
            }
            guard let login = found.login, !login.isEmpty else { return .token(password) }
            return .login(login, password: password)
        }
    }
}

/// The way to such a server. The connection is read each time, so that a new password holds at once.
final class TrackingAccess: Sendable {
    let place: TrackingPlace
    private let values: ValueService
    private let transport: any TrackingTransport

    init(_ place: TrackingPlace, values: ValueService, transport: any TrackingTransport) {
        self.place = place
        self.values = values
        self.transport = transport
    }

    func server() throws(TrackingServerFailure) -> TrackingServer {
        TrackingServer(url: place.url, transport: transport, credentials: try place.credentials(values))
    }

    func close() { transport.close() }
}
