import Crypto
import DAGDomain
import Foundation
import Synchronization

/// Where tasks find MLflow's protocol, and what lets them in.
///
/// The token of an attempt is its id with a keyed digest of it, so that it needs no table; it is worth nothing once the
/// attempt has ended.
package final class TrackingEndpoint: Sendable {
    /// Known when the server has its port.
    private struct Place: Sendable {
        let url: String
        let key: SymmetricKey
    }

    private let place = Mutex<Place?>(nil)
    private let elsewhere: TrackingPlace?
    private let credentials: @Sendable () -> TrackingCredentials?
    /// What attempts are told of their runs on the other server.
    private let told = Mutex<[AttemptID: [String: String]]>([:])
    private static let prefix = "task."

    /// - Parameter credentials: for the other server.
    init(
        elsewhere: TrackingPlace? = nil,
        credentials: @escaping @Sendable () -> TrackingCredentials? = { nil }
    ) {
        self.elsewhere = elsewhere
        self.credentials = credentials
    }

    /// From now on tasks are told of the server.
    ///
    /// - Parameter secret: of the home; the key is derived from it, so that tokens outlive a restart.
    package func open(url: String, secret: String) {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("orchestrator tracking".utf8),
            outputByteCount: 32)
        place.withLock { $0 = Place(url: url, key: key) }
    }

    /// Tells an attempt of the server. Who names one of their own logs there.
    func tell(_ variables: inout [String: String], _ context: AttemptContext) {
        guard variables["MLFLOW_TRACKING_URI"] == nil else { return }
        let told = self.variables(context.attempt, of: TrackedInstance(context))
        variables.merge(told) { own, _ in own }
    }

    /// What attempts are told that must not be shown.
    var secrets: Set<String> { elsewhere == nil ? [] : credentials()?.secrets ?? [] }

    /// The run of an attempt on the other server.
    func tell(_ variables: [String: String], to attempt: AttemptID) {
        told.withLock { $0[attempt] = variables }
    }

    func forget(_ attempt: AttemptID) { told.withLock { $0[attempt] = nil } }

    /// What an attempt is told; empty without a server on TCP.
    func variables(_ attempt: AttemptID, of instance: TrackedInstance) -> [String: String] {
        if let elsewhere {
            var variables = ["MLFLOW_TRACKING_URI": elsewhere.url]
            variables["MLFLOW_TRACKING_SERVER_CERT_PATH"] = elsewhere.authorities
            if let credentials = credentials() {
                variables.merge(credentials.variables) { _, given in given }
            }
            let run = told.withLock { $0[attempt] } ?? ["MLFLOW_EXPERIMENT_NAME": instance.dagID.text]
            return variables.merging(run) { _, given in given }
        }
        guard let place = place.withLock({ $0 }) else { return [:] }
        return [
            "MLFLOW_TRACKING_URI": place.url,
            "MLFLOW_TRACKING_TOKEN": "\(Self.prefix)\(attempt).\(Self.digest(attempt.text, place.key))",
            "MLFLOW_RUN_ID": Self.runID(of: instance, place.key),
            "MLFLOW_EXPERIMENT_ID": "\(Self.experiment(of: instance.dagID))",
        ]
    }

    /// The attempt that a token was made for; nil when it is none of ours.
    package func attempt(of token: Substring) -> AttemptID? {
        guard token.hasPrefix(Self.prefix), let dot = token.lastIndex(of: "."),
            let place = place.withLock({ $0 })
        else { return nil }
        let id = token[..<dot].dropFirst(Self.prefix.count)
        guard let code = Self.bytes(token[token.index(after: dot)...]),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Data("attempt \(id)".utf8), using: place.key)
        else { return nil }
        return AttemptID(String(id))
    }

    /// The id of the run of a task instance: the same for all its attempts.
    func runID(of instance: TrackedInstance) -> String? {
        place.withLock { $0 }.map { Self.runID(of: instance, $0.key) }
    }

    private static func runID(of instance: TrackedInstance, _ key: SymmetricKey) -> String {
        let text = "run \(instance.run.value) \(instance.mapIndex) \(instance.taskID)"
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).prefix(16))
    }

    /// The number of a DAG's experiment, which is made when something is first logged: derived from the DAG's id, and
    /// small enough to be exact in JavaScript.
    package static func experiment(of dagID: DAGID) -> Int64 {
        let digest = SHA256.hash(data: Data("experiment \(dagID)".utf8))
        let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return firstExperiment + Int64(number % 8_000_000_000_000_000)
    }

    private static let firstExperiment: Int64 = 1_000_000_000_000_000

    private static func digest(_ id: String, _ key: SymmetricKey) -> String {
        hexadecimal(HMAC<SHA256>.authenticationCode(for: Data("attempt \(id)".utf8), using: key))
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(_ text: Substring) -> Data? {
        let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count == 64 else { return nil }
        var data = Data()
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[place], let low = digits[place + 1] else { return nil }
            data.append(high << 4 | low)
        }
        return data
    }
}

/// A task instance by what its tracking run is found with.
package struct TrackedInstance: Hashable, Sendable {
    package let run: RunNumber
    package let dagID: DAGID
    package let runID: RunID
    package let taskID: TaskID
    package let mapIndex: Int
}
