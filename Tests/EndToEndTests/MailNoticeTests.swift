import Foundation
import Glibc
import JSONText
import Testing

/// Notices by e-mail, to a real mail server.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct MailNoticeTests {
    private static let dag = #"""
        {"dag_id": "mail", "tasks": [{"task_id": "t", "command": "exit 5", "on_failure": {
         "email": {"to": ["ann@example.org", "Bo Ö <bo@example.org>"], "subject": "{{ task.task_id }} ist kaputt: ☹"},
         "retries": 0}}]}
        """#

    private func notice(_ installation: Installation) throws -> JSONValue {
        try installation.waiting.until("the notice to be settled") {
            let rows = try installation.call("notices", "list", "--output", "json").json().arrayValue ?? []
            return rows.first { ["sent", "failed"].contains($0["state"]?.stringValue) }
        }
    }

    private func connect(_ installation: Installation, _ fields: JSONObject) throws {
        let file = installation.path("connection.json")
        try Files.write(JSONValue.object(fields).text(), to: file)
        let result = try installation.call("connections", "set", "smtp_default", "--file", file)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func aMessageSaysWhatHappened() throws {
        try Installation.with { installation in
            let server = try TestServer("mail_server", installation, "plain")
            try installation.dag("mail", Self.dag)
            try installation.start()
            try connect(
                installation,
                [
                    "conn_type": "smtp", "host": "127.0.0.1", "port": .integer(Int64(server.port)),
                    "extra": #"{"from_email": "Orchestrator <robot@example.org>"}"#,
                ])
            #expect(try installation.run("mail").status == 1)
            let notice = try notice(installation)
            #expect(notice["state"] == "sent", "\(notice)")
            let message = try #require(try server.lines("messages", atLeast: 1).first)
            #expect(message["from"] == "robot@example.org")
            #expect(message["to"] == ["ann@example.org", "bo@example.org"])
            let data = try #require(message["data"]?.stringValue)
            let parts = try #require(data.firstRange(of: "\r\n\r\n"))
            let head = data[..<parts.lowerBound].replacing("\r\n ", with: " ")
            let uid = try #require(notice["uid"]?.stringValue)
            #expect(head.contains("Message-ID: <\(uid)@example.org>"))
            #expect(head.contains("From: \"Orchestrator\" <robot@example.org>"))
            #expect(head.contains("To: ann@example.org, =?UTF-8?B?"))
            #expect(head.contains("Auto-Submitted: auto-generated"))
            let subject = try #require(head.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") })
            #expect(decoded(subject) == "t ist kaputt: ☹")
            let body = try #require(
                Data(base64Encoded: String(data[parts.upperBound...]), options: .ignoreUnknownCharacters))
            let text = String(decoding: body, as: UTF8.self)
            #expect(text.contains("task `t` failed: exit code 5\r\n"), "\(text)")
            #expect(text.contains("\r\nreason: exit code 5\r\n"))
        }
    }

    /// The texts of the encoded words in a header.
    private func decoded(_ header: Substring) -> String {
        header.split(separator: " ").filter { $0.hasPrefix("=?UTF-8?B?") }.map { word in
            let text = word.dropFirst("=?UTF-8?B?".count).dropLast(2)
            return String(decoding: Data(base64Encoded: String(text)) ?? Data(), as: UTF8.self)
        }.joined()
    }

    @Test(arguments: ["starttls", "implicit"]) func aLoginGoesUnderTLS(mode: String) throws {
        try Installation.with { installation in
            let folder = installation.path("mail")
            try Certificate.make(in: folder)
            let server = try TestServer("mail_server", installation, [mode], folder: folder)
            try installation.dag("mail", Self.dag)
            try installation.start()
            let extra: JSONObject = [
                "from_email": "robot@example.org", "tls": .string(mode),
                "ca_file": .string(folder + "/cert.pem"),
            ]
            let host = mode == "starttls" ? "localhost" : "127.0.0.1"
            try connect(
                installation,
                [
                    "conn_type": "smtp", "host": .string(host), "port": .integer(Int64(server.port)),
                    "login": "ann", "password": "s3cret-word", "extra": .string(extra.text()),
                ])
            #expect(try installation.run("mail").status == 1)
            let notice = try notice(installation)
            #expect(notice["state"] == "sent", "\(notice)")
            let message = try #require(try server.lines("messages", atLeast: 1).first)
            #expect(message["tls"] == true && message["login"] == "ann")
        }
    }

    /// Settings, and what the person reads.
    @Test(arguments: [
        (#"{"tls": "starttls"}"#, "plain", "offers no STARTTLS"),
        (#"{}"#, "nobody", "550 5.1.1 no such mailbox"),
        (#"{"tls": "ssl"}"#, "plain", #""tls" of the mail connection is implicit, starttls or none"#),
        (#"{"tls": "implicit"}"#, "plain", "no TLS"),
    ]) func sayingWhyItCannotBeSent(extra: String, what: String, problem: String) throws {
        try Installation.with { installation in
            let server = try TestServer("mail_server", installation, "plain")
            let to = what == "nobody" ? "nobody@example.org" : "ann@example.org"
            try installation.dag(
                "mail",
                Self.dag.replacing("ann@example.org", with: to)
                    .replacing("Bo Ö <bo@example.org>", with: "nobody2@example.org"))
            try installation.start()
            var settings = try #require(try JSONValue.parse(extra).objectValue)
            settings["from_email"] = "robot@example.org"
            try connect(
                installation,
                [
                    "conn_type": "smtp", "host": "127.0.0.1", "port": .integer(Int64(server.port)),
                    "extra": .string(settings.text()),
                ])
            #expect(try installation.run("mail").status == 1)
            let notice = try notice(installation)
            #expect(notice["state"] == "failed")
            #expect(notice["problem"]?.stringValue?.contains(problem) == true, "\(notice)")
        }
    }

    @Test func whoCanBeReachedIsReached() throws {
        try Installation.with { installation in
            let server = try TestServer("mail_server", installation, "plain")
            try installation.dag("mail", Self.dag.replacing("ann@example.org", with: "nobody@example.org"))
            try installation.start()
            try connect(
                installation,
                [
                    "conn_type": "smtp", "host": "127.0.0.1", "port": .integer(Int64(server.port)),
                    "extra": #"{"from_email": "robot@example.org"}"#,
                ])
            #expect(try installation.run("mail").status == 1)
            let notice = try notice(installation)
            #expect(notice["state"] == "sent")
            #expect(
                notice["problem"]?.stringValue?.contains("550 5.1.1 no such mailbox") == true, "\(notice)")
            #expect(try server.lines("messages", atLeast: 1).first?["to"] == ["bo@example.org"])
        }
    }

    /// The example tells by all three ways.
    @Test func theExampleTellsEverybody() throws {
        try Installation.with { installation in
            let mail = try TestServer("mail_server", installation, "plain")
            let hook = try TestServer("webhook_server", installation)
            try installation.dag("notices", Files.text(Programs.project + "/dags/examples/notices.json"))
            try installation.start()
            try connect(
                installation,
                [
                    "conn_type": "smtp", "host": "127.0.0.1", "port": .integer(Int64(mail.port)),
                    "extra": #"{"from_email": "robot@example.org"}"#,
                ])
            let told = installation.path("told")
            let result = try installation.call(
                "run", "notices", "--param", "hook=http://127.0.0.1:\(hook.port)/x", "--param",
                "told=\(told)",
                "--param", "sleep=1.2")
            #expect(result.status == 1)
            // At half past six there is one about a deadline, too.
            try installation.waiting.until("the mail about the failure") {
                try mail.lines("messages", atLeast: 1).contains {
                    $0["data"]?.stringValue?.contains("Subject: notices failed (manual__") == true
                } ? true : nil
            }
            let bodies = try hook.lines("requests", atLeast: 2).compactMap { $0["body"]?.stringValue }
            #expect(bodies.contains(#"{"text":"load of notices is late"}"#))
            #expect(bodies.contains { $0.contains(#""event":"on_failure""#) })
            #expect(try JSONValue.parse(Files.text(told))["event"] == "on_retry")
        }
    }

    @Test func aMissingConnectionIsNamed() throws {
        try Installation.with { installation in
            try installation.dag("mail", Self.dag)
            try installation.start()
            #expect(try installation.run("mail").status == 1)
            let problem = try notice(installation)["problem"]?.stringValue
            #expect(problem?.contains("there is no connection `smtp_default`") == true)
        }
    }
}
