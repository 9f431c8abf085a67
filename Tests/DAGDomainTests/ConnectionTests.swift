import DAGDomain
import JSONText
import Testing

/// Connections as URIs and JSON, and what of them and of variables is secret.
@Suite struct ConnectionTests {
    private static let full = Connection(
        id: "c", type: "postgres", host: "h.example", login: "me", password: "p@ss/w:rd %", schema: "my db",
        port: 5432, extra: #"{"sslmode":"require"}"#)

    @Test(arguments: [
        (full, "postgres://me:p%40ss%2Fw%3Ard%20%25@h.example:5432/my%20db?sslmode=require"),
        (
            Connection(id: "c", type: "http", host: "https://x.example", port: 8080),
            "http://https://x.example:8080"
        ),
        (
            Connection(id: "c", type: "google_cloud_platform", extra: #"{"n":1}"#),
            "google-cloud-platform:///?__extra__=%7B%22n%22%3A1%7D"
        ),
        (Connection(id: "c", type: "redis", password: "secret", port: 1), "redis://:secret@:1"),
        (Connection(id: "c", type: "mysql", host: "::1", port: 3306), "mysql://%3A%3A1:3306"),
    ])
    func writesAndReadsAURI(_ connection: Connection, _ uri: String) throws {
        #expect(connection.uri == uri)
        #expect(try Connection(id: "c", uri: uri) == connection)
    }

    @Test(arguments: [
        ("postgresql://u@h", Connection(id: "c", type: "postgres", host: "h", login: "u")),
        (
            "HTTP://h/?a=b+c&d=%2B",
            Connection(id: "c", type: "http", host: "h", extra: #"{"a":"b c","d":"+"}"#)
        ),
        ("sqlite:///tmp%2Fx.db", Connection(id: "c", type: "sqlite", schema: "tmp/x.db")),
        ("ssh://[::1]:22", Connection(id: "c", type: "ssh", host: "[::1]", port: 22)),
        ("a://u:p:q@h", Connection(id: "c", type: "a", host: "h", login: "u", password: "p:q")),
    ])
    func readsOtherURIs(_ uri: String, _ connection: Connection) throws {
        #expect(try Connection(id: "c", uri: uri) == connection)
    }

    @Test(arguments: ["", "nothing", "://h", "a://h:port", "a://h:70000", "a://%zz@h"])
    func refusesWhatIsNoURI(_ uri: String) {
        #expect(throws: Connection.URIError.self) { try Connection(id: "c", uri: uri) }
    }

    @Test func readsAirflowsJSON() throws {
        let text = #"{"conn_type": "http", "host": "h", "port": "80", "extra": {"a": 1}, "login": null}"#
        let connection = try Connection(id: "c", text: text)
        #expect(connection == Connection(id: "c", type: "http", host: "h", port: 80, extra: #"{"a":1}"#))
        #expect(try Connection(id: "c", .object(Self.full.json)) == Self.full)
        for bad in [
            #"{"host": "h"}"#, #"{"conn_type": "a", "prot": 1}"#, #"{"conn_type": "a", "port": 1.5}"#, "{",
        ] {
            #expect(throws: Connection.FormError.self) { try Connection(id: "c", text: bad) }
        }
    }

    @Test(arguments: [
        ("db_password", true), ("API_KEY", true), ("my_Token_x", true), ("PRIVATE_KEY", true),
        ("secrets", true),
        ("site", false), ("key", false), ("pass", false),
    ])
    func namesTellWhatIsSensitive(_ name: String, _ isSensitive: Bool) {
        #expect(SensitiveNames.contains(name) == isSensitive)
    }

    @Test func onlySecretsAreHidden() {
        let plain = Variable(key: "site", value: #"{"url": "u", "auth": {"token": ["t1", 2]}}"#)
        #expect(plain.secrets == ["t1", "2"])
        #expect(plain.shownValue == #"{"url":"u","auth":{"token":"***"}}"#)
        #expect(Variable(key: "site", value: " [1] ").shownValue == " [1] ")
        #expect(Variable(key: "the_secret", value: #"{"a": "b"}"#).secrets == [#"{"a": "b"}"#, "b"])
        #expect(Variable(key: "the_secret", value: "x").shownValue == "***")
        let connection = Connection(
            id: "c", type: "a", password: "p1", extra: #"{"api_key": "k", "region": "eu"}"#)
        #expect(connection.secrets == ["p1", "k"])
        #expect(connection.shownPassword == "***")
        #expect(connection.shownExtra == #"{"api_key":"***","region":"eu"}"#)
        #expect(Connection(id: "c", type: "a", extra: "not json").shownExtra == "***")
    }

    @Test(arguments: [("a.b-c_1", true), ("", false), ("a b", false), ("a/b", false), ("ü", true)])
    func idsHaveAForm(_ id: String, _ isValid: Bool) {
        #expect(Connection.isValid(id: id) == isValid)
    }
}
