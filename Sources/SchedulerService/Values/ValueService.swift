import DAGDomain
import JSONText
import StateStore
import Synchronization

/// Variables and connections: from the environment and the home's files first, else from the database, where they lie
/// sealed.
package final class ValueService: ValueSource, Sendable {
    private let store: StateStore
    private let vault: ValueVault
    private let surroundings: ValueSurroundings
    /// The secrets of the database, opened; nil after each change.
    private let storedSecrets = Mutex<Set<String>?>(nil)
    /// The masker that was made last: most runs have the same secrets.
    private let lastMasker = Mutex<(secrets: Set<String>, masker: SecretMasker)?>(nil)
    /// The secrets of runs that are under way, as the database has them.
    private let recorded = Mutex<[RunNumber: Set<String>]>([:])

    init(store: StateStore, settings: ServiceSettings) {
        self.store = store
        vault = ValueVault(home: settings.home, store: store)
        surroundings = ValueSurroundings(home: settings.home, environment: settings.environment)
    }

    /// Whether the key fits what is stored; makes none.
    package func check() throws(ValueError) {
        try vault.check()
    }

    package func rotateKey(by: String) throws(ValueError) {
        try vault.rotate(by: by)
    }

    // MARK: For templates

    package func variable(_ key: String) throws(ValueError) -> String? {
        if let found = try surroundings.variable(key) { return found.value }
        return try storedVariable(key)?.value
    }

    package func connection(_ id: String) throws(ValueError) -> Connection? {
        if let found = try surroundings.connection(id) { return found.value }
        return try storedConnection(id)
    }

    /// A hash of a text that tells nobody what it was who does not have the home's key.
    func keyedHash(of text: String) throws(ValueError) -> String { try vault.digest(of: text) }

    // MARK: Looking

    /// With where it comes from, when that is not the database.
    package func foundVariable(_ key: String) throws(ValueError) -> (variable: Variable, source: String?)? {
        if let (value, source) = try surroundings.variable(key) {
            return (Variable(key: key, value: value), source)
        }
        return try storedVariable(key).map { ($0, nil) }
    }

    package func foundConnection(
        _ id: String
    ) throws(ValueError) -> (connection: Connection, source: String?)? {
        if let (value, source) = try surroundings.connection(id) { return (value, source) }
        return try storedConnection(id).map { ($0, nil) }
    }

    package func storedVariable(_ key: String) throws(ValueError) -> Variable? {
        guard
            let value = try ValueVault.asking({ () throws(StateStoreError) in
                try store.sealedValue(.variable, key)
            })
        else { return nil }
        return try variable(value)
    }

    package func storedConnection(_ id: String) throws(ValueError) -> Connection? {
        guard
            let value = try ValueVault.asking({ () throws(StateStoreError) in
                try store.sealedValue(.connection, id)
            })
        else { return nil }
        return try connection(value)
    }

    /// Those of the database, by key.
    package func variables() throws(ValueError) -> [Variable] {
        var variables: [Variable] = []
        for value in try all(.variable) { variables.append(try variable(value)) }
        return variables
    }

    /// Those of the database, by id.
    package func connections() throws(ValueError) -> [Connection] {
        var connections: [Connection] = []
        for value in try all(.connection) { connections.append(try connection(value)) }
        return connections
    }

    private func all(_ kind: SealedKind) throws(ValueError) -> [SealedValue] {
        try ValueVault.asking { () throws(StateStoreError) in try store.sealedValues(kind) }
    }

    private func variable(_ value: SealedValue) throws(ValueError) -> Variable {
        let text = try vault.open(value.sealed, as: ValueVault.name(.variable, value.name))
        return Variable(key: value.name, value: text, description: value.description)
    }

    private func connection(_ value: SealedValue) throws(ValueError) -> Connection {
        let name = ValueVault.name(.connection, value.name)
        let text = try vault.open(value.sealed, as: name)
        guard let json = try? JSONValue.parse(text), let connection = try? Connection(id: value.name, json)
        else { throw .damaged(name) }
        return connection
    }

    // MARK: Changing

    package func set(_ variable: Variable, by: String) throws(ValueError) {
        let sealed = try vault.seal(variable.value, as: ValueVault.name(.variable, variable.key))
        try put(
            .variable,
            SealedValue(name: variable.key, sealed: sealed, description: variable.description), by)
    }

    package func set(_ connection: Connection, by: String) throws(ValueError) {
        let sealed = try vault.seal(
            connection.json.text(), as: ValueVault.name(.connection, connection.id))
        try put(.connection, SealedValue(name: connection.id, sealed: sealed), by)
    }

    private func put(_ kind: SealedKind, _ value: SealedValue, _ by: String) throws(ValueError) {
        let event = RecordedEvent(
            who: by, what: "set_\(kind.rawValue)", detail: ["name": .string(value.name)])
        try ValueVault.asking { () throws(StateStoreError) in
            try store.setSealed(kind, value, event, at: WallClock.now())
        }
        storedSecrets.withLock { $0 = nil }
    }

    /// - Returns: whether it was in the database.
    package func delete(_ kind: SealedKind, _ name: String, by: String) throws(ValueError) -> Bool {
        let event = RecordedEvent(
            who: by, what: "delete_\(kind.rawValue)", detail: ["name": .string(name)])
        defer { storedSecrets.withLock { $0 = nil } }
        return try ValueVault.asking { () throws(StateStoreError) in
            try store.deleteSealed(kind, name, event, at: WallClock.now())
        }
    }

    // MARK: Webhooks

    package func webhook(_ name: WebhookName) throws(ValueError) -> Webhook? {
        let value = try ValueVault.asking { () throws(StateStoreError) in
            try store.sealedValue(.webhook, name.text)
        }
        return try value.map { (value) throws(ValueError) in try webhook(value) }
    }

    /// All of them, by name.
    package func webhooks() throws(ValueError) -> [Webhook] {
        var webhooks: [Webhook] = []
        for value in try all(.webhook) { webhooks.append(try webhook(value)) }
        return webhooks
    }

    package func set(_ webhook: Webhook, by: String) throws(ValueError) {
        let sealed = try vault.seal(
            webhook.json.text(), as: ValueVault.name(.webhook, webhook.name.text))
        try put(.webhook, SealedValue(name: webhook.name.text, sealed: sealed), by)
    }

    private func webhook(_ value: SealedValue) throws(ValueError) -> Webhook {
        let name = ValueVault.name(.webhook, value.name)
        let text = try vault.open(value.sealed, as: name)
        guard let json = (try? JSONValue.parse(text))?.objectValue,
            let webhook = Webhook(name: WebhookName(value.name), json)
        else { throw .damaged(name) }
        return webhook
    }

    // MARK: Secrets

    /// What must not be shown of a run: everything secret that there is now, and what its tasks were given.
    package func masker(for run: RunNumber?) throws(ValueError) -> SecretMasker {
        var secrets = try currentSecrets()
        if let run { secrets.formUnion(try usedSecrets(of: run)) }
        if let last = lastMasker.withLock({ $0 }), last.secrets == secrets { return last.masker }
        let masker = SecretMasker(secrets: secrets)
        lastMasker.withLock { [secrets] in $0 = (secrets, masker) }
        return masker
    }

    private func usedSecrets(of run: RunNumber) throws(ValueError) -> Set<String> {
        if let known = recorded.withLock({ $0[run] }) { return known }
        var secrets = Set<String>()
        for secret in try ValueVault.asking({ () throws(StateStoreError) in try store.runSecrets(of: run) }) {
            secrets.insert(try vault.open(secret.sealed, as: ValueVault.runSecretName))
        }
        return secrets
    }

    func currentSecrets() throws(ValueError) -> Set<String> {
        var secrets = Set(try surroundings.secrets())
        if let known = storedSecrets.withLock({ $0 }) { return secrets.union(known) }
        var stored = Set<String>()
        for variable in try variables() { stored.formUnion(variable.secrets) }
        for connection in try connections() { stored.formUnion(connection.secrets) }
        for webhook in try webhooks() { stored.insert(webhook.secret) }
        storedSecrets.withLock { [stored] in $0 = stored }
        secrets.formUnion(stored)
        return secrets
    }

    /// Remembers what a run's tasks are given, before they are: their logs stay masked when the value changes.
    func record(_ secrets: Set<String>, of run: RunNumber) throws(ValueError) {
        let known = try usedSecrets(of: run)
        let new = secrets.subtracting(known)
        guard !new.isEmpty else { return recorded.withLock { $0[run, default: []].formUnion(known) } }
        var rows: [StateStore.RunSecret] = []
        for secret in new.sorted() {
            rows.append(
                StateStore.RunSecret(
                    run: run, digest: try vault.digest(of: secret),
                    sealed: try vault.seal(secret, as: ValueVault.runSecretName)))
        }
        try ValueVault.asking { [rows] () throws(StateStoreError) in
            try store.recordRunSecrets(rows, at: WallClock.now())
        }
        recorded.withLock { $0[run, default: []].formUnion(known.union(new)) }
    }

    func forget(_ run: RunNumber) {
        recorded.withLock { $0[run] = nil }
    }
}

/// Notes the secrets that pass through it.
final class TrackedValues: ValueSource {
    private let base: any ValueSource
    private let seen = Mutex<Set<String>>([])

    init(_ base: any ValueSource) {
        self.base = base
    }

    var secrets: Set<String> { seen.withLock { $0 } }

    func variable(_ key: String) throws(ValueError) -> String? {
        let value = try base.variable(key)
        if let value { seen.withLock { $0.formUnion(Variable(key: key, value: value).secrets) } }
        return value
    }

    func connection(_ id: String) throws(ValueError) -> Connection? {
        let connection = try base.connection(id)
        if let connection { seen.withLock { $0.formUnion(connection.secrets) } }
        return connection
    }
}
