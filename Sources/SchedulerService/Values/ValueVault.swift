import DAGDomain
import Foundation
import Glibc
import StateStore
import Synchronization

/// Seals and opens values with the home's key, which it makes at first use, and never replaces by itself.
final class ValueVault: Sendable {
    /// What is sealed in the database to recognise the key by.
    private static let checkText = "orchestrator"
    private static let checkName = "key-check"

    private let path: String
    private let store: StateStore
    private let known = Mutex<SecretKey?>(nil)

    init(home: OrchestratorHome, store: StateStore) {
        path = home.path + "/secret.key"
        self.store = store
    }

    /// Whether values can be opened if there are any; makes no key.
    func check() throws(ValueError) {
        _ = try key(isNeeded: false)
    }

    func seal(_ text: String, as name: String) throws(ValueError) -> [UInt8] {
        try requiredKey().seal(text, as: name)
    }

    func open(_ bytes: [UInt8], as name: String) throws(ValueError) -> String {
        try requiredKey().open(bytes, as: name)
    }

    func digest(of text: String) throws(ValueError) -> String {
        try requiredKey().digest(of: text)
    }

    private func requiredKey() throws(ValueError) -> SecretKey {
        guard let key = try key(isNeeded: true) else { throw .keyMissing(path: path) }
        return key
    }

    private func key(isNeeded: Bool) throws(ValueError) -> SecretKey? {
        try known.withLock { (known: inout sending SecretKey?) throws(ValueError) -> SecretKey? in
            if let known { return known }
            var key = try loadedKey()
            if key == nil, isNeeded { key = try newKey() }
            known = key
            return key
        }
    }

    /// The key of the file, proven by what the database has of it.
    private func loadedKey() throws(ValueError) -> SecretKey? {
        let check = try Self.asking { () throws(StateStoreError) in try store.secretKeyCheck() }
        let key = try SecretKey.read(path)
        guard let check else {
            if let key { try record(key) }
            return key
        }
        if let key, Self.fits(key, check) { return key }
        // A change of the key was recorded, and the process ended before the file was in its place.
        if let next = try SecretKey.read(path + ".new"), Self.fits(next, check) {
            try install()
            return next
        }
        throw key == nil ? .keyMissing(path: path) : .wrongKey(path: path)
    }

    private func newKey() throws(ValueError) -> SecretKey {
        let key = SecretKey()
        try key.create(path)
        try record(key)
        return key
    }

    private func record(_ key: SecretKey) throws(ValueError) {
        let check = try Self.checkValue(of: key)
        try Self.asking { () throws(StateStoreError) in
            try store.setSecretKeyCheck(check, at: WallClock.now())
        }
    }

    private static func checkValue(of key: SecretKey) throws(ValueError) -> String {
        Data(try key.seal(checkText, as: checkName)).base64EncodedString()
    }

    private static func fits(_ key: SecretKey, _ check: String) -> Bool {
        guard let bytes = Data(base64Encoded: check) else { return false }
        return (try? key.open(Array(bytes), as: checkName)) == checkText
    }

    /// Seals everything with a new key: first the key's file beside the old one, then the database, then the file in
    /// its place; a crash in between is repaired at the next start.
    func rotate(by: String) throws(ValueError) {
        let old = try requiredKey()
        let next = SecretKey()
        unlink(path + ".new")
        try next.create(path + ".new")
        var values: [SealedKind: [SealedValue]] = [:]
        for kind in SealedKind.allCases {
            let sealed = try Self.asking { () throws(StateStoreError) in try store.sealedValues(kind) }
            var fresh: [SealedValue] = []
            for value in sealed {
                let name = Self.name(kind, value.name)
                let text = try old.open(value.sealed, as: name)
                fresh.append(
                    SealedValue(
                        name: value.name, sealed: try next.seal(text, as: name),
                        description: value.description))
            }
            values[kind] = fresh
        }
        var secrets: [StateStore.RunSecret] = []
        for secret in try Self.asking({ () throws(StateStoreError) in try store.runSecrets() }) {
            let text = try old.open(secret.sealed, as: Self.runSecretName)
            secrets.append(
                StateStore.RunSecret(
                    run: secret.run, digest: next.digest(of: text),
                    sealed: try next.seal(text, as: Self.runSecretName)))
        }
        let check = try Self.checkValue(of: next)
        try Self.asking { [values, secrets] () throws(StateStoreError) in
            try store.reseal(
                values, runSecrets: secrets, check: check, RecordedEvent(who: by, what: "rotate_key"),
                at: WallClock.now())
        }
        known.withLock { $0 = next }
        try install()
    }

    private func install() throws(ValueError) {
        guard rename(path + ".new", path) == 0 else {
            throw .system(path: path, reason: String(cString: strerror(errno)))
        }
    }

    static let runSecretName = "run-secret"

    /// What a value is sealed as.
    static func name(_ kind: SealedKind, _ name: String) -> String { "\(kind.rawValue):\(name)" }

    static func asking<Value>(
        _ body: () throws(StateStoreError) -> Value
    ) throws(ValueError) -> Value {
        do { return try body() } catch { throw .database(error.sentence) }
    }
}
