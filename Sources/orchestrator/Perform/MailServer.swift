import DAGDomain
import JSONText

/// The mail server of a connection of type `smtp`: host, port, login and password, and in `extra` what Airflow has
/// there (`from_email`, `disable_tls`, `disable_ssl`), `tls` and `ca_file`.
struct MailServer: Sendable {
    /// How what is sent is protected.
    enum Security: String, Sendable {
        /// TLS from the first byte, usually on port 465.
        case implicit
        /// TLS before anything is said that matters (RFC 3207).
        case startTLS = "starttls"
        case none
    }

    let host: String
    let port: Int
    let security: Security
    let login: String?
    let password: String?
    /// Certificates to trust instead of the system's.
    let authorities: String?
    let defaultSender: String?

    init(_ connection: JSONValue) throws(CommandFailure) {
        guard let host = connection["host"]?.stringValue, !host.isEmpty else {
            throw CommandFailure(.badConfiguration, "the mail connection has no host")
        }
        self.host = host
        let given = connection["port"]?.intValue.map { Int($0) }
        let extra = connection["extra"]?.stringValue.flatMap { try? JSONValue.parse($0) }?.objectValue ?? [:]
        security = try Self.security(extra, port: given, host: host)
        port = given ?? Self.port(of: security, host: host)
        login = connection["login"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        password = connection["password"]?.stringValue
        authorities = extra["ca_file"]?.stringValue
        defaultSender =
            extra["from_email"]?.stringValue ?? login.flatMap { MailAddress.isValid($0) ? $0 : nil }
        if login != nil, security == .none, !WebAddress.isLoopback(host) {
            throw CommandFailure(
                .badConfiguration, "a password is not sent to another machine without TLS (\"tls\": \"none\")"
            )
        }
    }

    /// Without a word about it: TLS, except on this machine.
    private static func security(
        _ extra: JSONObject, port: Int?, host: String
    ) throws(CommandFailure) -> Security {
        if let word = extra["tls"] {
            guard let security = word.stringValue.flatMap(Security.init(rawValue:)) else {
                throw CommandFailure(
                    .badConfiguration, "\"tls\" of the mail connection is implicit, starttls or none")
            }
            return security
        }
        let isOff = { (key: String) in extra[key]?.boolValue == true || extra[key]?.stringValue == "true" }
        if port == 465 || extra["disable_ssl"]?.boolValue == false { return .implicit }
        if isOff("disable_tls") || WebAddress.isLoopback(host) { return .none }
        return .startTLS
    }

    /// RFC 8314 section 7.3, RFC 6409 section 3.1, RFC 5321 section 4.5.4.2.
    private static func port(of security: Security, host: String) -> Int {
        switch security {
        case .implicit: 465
        case .startTLS: 587
        case .none: 25
        }
    }
}
