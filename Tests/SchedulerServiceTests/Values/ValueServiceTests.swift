import DAGDomain
import Foundation
import Glibc
import JSONText
import StateStore
import Testing

@testable import SchedulerService

/// Variables and connections at rest and from outside, and the key.
@Suite(.serialized) struct ValueServiceTests {
    private final class Home {
        let path = NSTemporaryDirectory() + "orchestrator-values-" + UUID().uuidString
        let store: StateStore

        init() throws {
            _ = try OrchestratorHome(path: path)
            store = try StateStore.open(home: path, options: StateStore.OpeningOptions(now: WallClock.now()))
        }

        deinit {
            try? store.close()
            try? FileManager.default.removeItem(atPath: path)
        }

        var key: String { path + "/secret.key" }

        /// As after a new start.
        func values(_ environment: [String: String] = [:]) throws -> ValueService {
            ValueService(
                store: store,
                settings: ServiceSettings(
                    home: try OrchestratorHome(path: path), dagFolder: nil, shimPath: "/none",
                    environment: environment))
        }
    }

    @Test func whatIsSetComesBackAndIsSealed() throws {
        let home = try Home()
        let values = try home.values()
        try values.check()
        #expect(access(home.key, F_OK) != 0, "no key before the first use")
        let connection = Connection(
            id: "db", type: "postgres", host: "h", login: "me", password: "hunter22", port: 1, extra: "{}")
        try values.set(Variable(key: "a/b ü", value: "värde\n", description: "d"), by: "test")
        try values.set(connection, by: "test")
        let later = try home.values()
        #expect(try later.variables() == [Variable(key: "a/b ü", value: "värde\n", description: "d")])
        #expect(try later.connection("db") == connection)
        var status = stat()
        #expect(stat(home.key, &status) == 0 && status.st_mode & 0o777 == 0o600)
        for kind in SealedKind.allCases {
            for value in try home.store.sealedValues(kind) {
                let text = String(decoding: value.sealed, as: UTF8.self)
                #expect(!text.contains("hunter22") && !text.contains("rde"))
            }
        }
        #expect(try later.delete(.variable, "a/b ü", by: "test"))
        #expect(try !later.delete(.variable, "a/b ü", by: "test"))
        let events = try home.store.events().map(\.event)
        #expect(events.map(\.what) == ["delete_variable", "set_connection", "set_variable"])
        #expect(events.allSatisfy { !($0.detail?.text() ?? "").contains("hunter22") })
    }

    @Test func aLostOrWrongKeyIsAnErrorAndNothingIsOverwritten() throws {
        let home = try Home()
        try home.values().set(Variable(key: "x", value: "1"), by: "test")
        let key = try Data(contentsOf: URL(fileURLWithPath: home.key))
        try FileManager.default.removeItem(atPath: home.key)
        #expect(throws: ValueError.keyMissing(path: home.key)) { try home.values().check() }
        #expect(throws: ValueError.keyMissing(path: home.key)) {
            try home.values().set(Variable(key: "y", value: "2"), by: "test")
        }
        #expect(access(home.key, F_OK) != 0)
        try SecretKey().create(home.key)
        #expect(throws: ValueError.wrongKey(path: home.key)) { try home.values().variables() }
        #expect(throws: ValueError.wrongKey(path: home.key)) { try home.values().check() }
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: home.key))
        #expect(throws: ValueError.malformedKey(path: home.key)) { try home.values().check() }
        chmod(home.key, 0o644)
        #expect(throws: ValueError.unsafeKey(path: home.key)) { try home.values().check() }
        try key.write(to: URL(fileURLWithPath: home.key))
        chmod(home.key, 0o600)
        #expect(try home.values().variable("x") == "1")
    }

    @Test func rowsCannotBeExchanged() throws {
        let home = try Home()
        let values = try home.values()
        try values.set(Variable(key: "low", value: "harmless"), by: "test")
        try values.set(Variable(key: "password", value: "hunter22"), by: "test")
        let secret = try #require(try home.store.sealedValue(.variable, "password"))
        try home.store.setSealed(
            .variable, SealedValue(name: "low", sealed: secret.sealed), RecordedEvent(who: "x", what: "x"),
            at: WallClock.now())
        #expect(throws: ValueError.damaged("variable:low")) { try values.variable("low") }
    }

    @Test func theKeyCanBeChanged() throws {
        let home = try Home()
        let values = try home.values()
        try values.set(Variable(key: "password", value: "hunter22"), by: "test")
        let old = try Data(contentsOf: URL(fileURLWithPath: home.key))
        try values.rotateKey(by: "test")
        #expect(try Data(contentsOf: URL(fileURLWithPath: home.key)) != old)
        #expect(try values.variable("password") == "hunter22")
        #expect(try home.values().variable("password") == "hunter22")
        // The process ended between the database and the file: the new key still lies beside the old one.
        #expect(rename(home.key, home.key + ".new") == 0)
        try old.write(to: URL(fileURLWithPath: home.key))
        chmod(home.key, 0o600)
        #expect(try home.values().variable("password") == "hunter22")
        #expect(access(home.key + ".new", F_OK) != 0)
    }

    @Test func theEnvironmentGoesBeforeFilesAndTheDatabase() throws {
        let home = try Home()
        let values = try home.values([
            "ORCHESTRATOR_VAR_A": "env-own", "AIRFLOW_VAR_A": "env-airflow", "AIRFLOW_VAR_B": "env-b",
            "AIRFLOW_CONN_DB": "http://u:envpass1@h",
            "ORCHESTRATOR_CONN_J": #"{"conn_type": "a", "port": 3}"#,
            "AIRFLOW_CONN_BAD": "no connection", "AIRFLOW_VAR_THE_TOKEN": "envtoken1",
        ])
        try FileManager.default.createDirectory(
            atPath: home.path + "/secrets", withIntermediateDirectories: true)
        try Data(#"{"a": "file", "c": {"n": 1}}"#.utf8).write(
            to: URL(fileURLWithPath: home.path + "/secrets/variables.json"))
        try Data(#"{"db": "http://file", "f": {"conn_type": "x", "password": "filepass1"}}"#.utf8).write(
            to: URL(fileURLWithPath: home.path + "/secrets/connections.json"))
        for key in ["a", "b", "c", "d"] { try values.set(Variable(key: key, value: "db"), by: "test") }
        #expect(try values.variable("a") == "env-own")
        #expect(try values.variable("b") == "env-b")
        #expect(try values.variable("c") == #"{"n":1}"#)
        #expect(try values.variable("d") == "db")
        #expect(try values.variable("e") == nil)
        #expect(try values.connection("db")?.password == "envpass1")
        #expect(try values.connection("j")?.port == 3)
        #expect(try values.connection("f")?.password == "filepass1")
        #expect(throws: ValueError.self) { try values.connection("bad") }
        let masker = try values.masker(for: nil)
        #expect(masker.masked("envpass1 filepass1 envtoken1 env-b") == "*** *** *** env-b")
        try Data("{".utf8).write(to: URL(fileURLWithPath: home.path + "/secrets/variables.json"))
        #expect(throws: ValueError.self) { try values.variable("c") }
    }
}
