import Foundation
import JSONText
import Testing

/// Variables and connections in a real daemon, and what nobody gets to see of them.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct SecretTests {
    @Test func aDaemonFillsInAndHides() throws {
        try Installation.with { installation in
            try installation.dag("secrets", Files.text(Self.example("secrets")))
            try Files.write("hunter2-of-the-warehouse\n", to: installation.path("password"))
            let daemon = try installation.start(environment: ["AIRFLOW_VAR_SITE": "https://example.org"])
            let set = try installation.call(
                "connections", "set", "warehouse", "--type", "postgres", "--host", "db.example", "--login",
                "me",
                "--schema", "main", "--password-file", installation.path("password"))
            #expect(set.status == 0)
            #expect(try installation.call("variables", "get", "site").output == "https://example.org\n")
            let runID = try daemon.trigger("secrets", [:])
            #expect(try daemon.waitForRun("secrets", runID).state == "success")
            let log = try installation.call("logs", "secrets", "latest", "load", "--follow")
            #expect(
                log.output
                    == "from https://example.org to postgres://me:***@db.example/main in eu\nthe password: ***\n"
            )
            let rendered = try installation.call(
                "tasks", "render", "secrets", "latest", "load", "--output", "json")
            #expect(try rendered.json()["env"]?["PGPASSWORD"] == "***")
            #expect(try rendered.json()["recorded"] == true)
            let tested = try installation.call("tasks", "test", "secrets", "load")
            #expect(tested.status == 0 && tested.output == log.output)
            let listed = try installation.call("connections", "get", "warehouse", "--output", "json")
            #expect(try listed.json()["password"] == "***")
        }
    }

    @Test func valuesMoveAsAirflowsFiles() throws {
        try Installation.with { installation in
            let variables =
                #"{"plain": "text", "object": {"a": [1]}, "told": {"value": 5, "description": "why"}}"#
            try Files.write(variables, to: installation.path("v.json"))
            #expect(try installation.call("variables", "import", installation.path("v.json")).status == 0)
            #expect(try installation.call("variables", "get", "object").output == "{\"a\":[1]}\n")
            let exported = try installation.call("variables", "export").json()
            #expect(
                exported == [
                    "plain": "text", "object": ["a": [1]], "told": ["value": 5, "description": "why"],
                ])
            let refused = try installation.call(
                "variables", "import", installation.path("v.json"), "-a", "fail")
            #expect(refused.status == 65)
            try Files.write(
                #"{"db": "postgres://u:p@h:1/s?a=b", "web": {"conn_type": "http", "host": "h"}}"#,
                to: installation.path("c.json"))
            #expect(try installation.call("connections", "import", installation.path("c.json")).status == 0)
            let file = installation.path("out.json")
            #expect(try installation.call("connections", "export", file).status == 0)
            #expect(try JSONValue.parse(Files.text(file))["db"]?["password"] == "p")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try installation.call("variables", "delete", "plain", "--yes").status == 0)
            #expect(try installation.call("variables", "get", "plain").status == 66)
        }
    }

    @Test func withoutItsKeyNothingStartsAndNothingIsLost() throws {
        try Installation.with { installation in
            try installation.dag("one", #"{"dag_id": "one", "tasks": [{"task_id": "t", "command": "true"}]}"#)
            #expect(try installation.call("variables", "set", "x", "1").status == 0)
            let key = installation.home + "/secret.key"
            let text = Files.text(key)
            try FileManager.default.removeItem(atPath: key)
            for command in [
                ["run", "one"], ["variables", "get", "x"], ["variables", "set", "y", "2"], ["start"],
            ] {
                let result = try installation.call(command)
                #expect(result.status == 78, "\(command)")
                #expect(result.errors.contains("secret.key is missing"))
            }
            #expect(Files.bytes(key) == nil)
            try Files.write(text, to: key)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
            #expect(try installation.call("variables", "get", "x").output == "1\n")
        }
    }

    /// The path of a file of `dags/examples`.
    private static func example(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("dags/examples/\(name).json").path
    }
}
