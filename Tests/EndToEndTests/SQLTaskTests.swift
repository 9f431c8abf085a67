import Glibc
import JSONText
import Testing

/// `sql` tasks with real databases.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(5))) struct SQLTaskTests {
    @Test func theExampleFillsAndAsksAFile() throws {
        try Installation.with { installation in
            let example = Programs.project + "/dags/examples/sql.json"
            let path = installation.path("example.sqlite")
            let (status, run) = try installation.run(example, "--param", "database=\(path)")
            #expect(status == 0, "\(run.states)")
            let report = try installation.call("logs", "sql", "latest", "report").output
            #expect(report == "20.0 {\"city\":\"Ulm\",\"amount\":1.0}\n")
            let outputs = try installation.call(
                "tasks", "outputs", "sql", "latest", "keep", "--output", "json")
            #expect(try outputs.json() == ["row_count": 3, "smallest": ["city": "Ulm", "amount": 1]])
            let log = try installation.call("logs", "sql", "latest", "fill").output
            #expect(log.contains("INSERT INTO sale VALUES (:city"))
            #expect(!log.contains("Fallon"))
        }
    }

    @Test func keepsKindsAndFailsWithTheReason() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "kinds",
                #"""
                {"dag_id": "kinds", "tasks": [
                 {"task_id": "row", "outputs": ["result", "row_count"], "sql": {"database": "k.sqlite", "rows": "row.csv", "query":
                  "SELECT :n AS n, :big AS big, :f AS f, :t AS t, :null AS none, x'00ff' AS bytes, ':no' AS text",
                  "parameters": {"n": 1, "big": 9007199254740993, "f": 0.5, "t": "a'b", "null": null}}},
                 {"task_id": "none", "sql": {"database": "k.sqlite", "query": "SELECT 1 WHERE 0"}},
                 {"task_id": "lines", "artifacts": [{"name": "numbers", "path": "n.jsonl"}], "depends_on": ["row"],
                  "sql": {"database": "k.sqlite", "rows": "n.jsonl", "query":
                   "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 10000) SELECT v FROM n"}},
                 {"task_id": "typo", "sql": {"database": "k.sqlite", "query": "SELEKT 1"}},
                 {"task_id": "undone", "sql": {"database": "u.sqlite", "query":
                  "CREATE TABLE a (v UNIQUE); INSERT INTO a VALUES (1); INSERT INTO a VALUES (1)"}},
                 {"task_id": "after", "depends_on": ["undone"], "trigger_rule": "all_done",
                  "sql": {"database": "u.sqlite", "query": "SELECT count(*) FROM sqlite_master"}},
                 {"task_id": "read", "depends_on": ["row", "none", "lines", "after"],
                  "env": {"ROW": "{{ outputs.row.result }}", "NONE": "{{ outputs.none.result }}", "TABLES": "{{ outputs.after.result }}"},
                  "command": "echo \"$ROW $NONE $TABLES\"; wc -l < \"$(sed 's/.*\"numbers\":\"\\([^\"]*\\)\".*/\\1/' \"$ORCHESTRATOR_INPUTS\")\"; cat \"$(sed 's/.*\"row.csv\":\"\\([^\"]*\\)\".*/\\1/' \"$ORCHESTRATOR_INPUTS\")\""}]}
                """#)
            let (status, run) = try installation.run(file)
            #expect(status == 1)
            #expect(run.state("typo") == "failed" && run.state("undone") == "failed")
            #expect(run.state("read") == "success")
            let read = try installation.call("logs", "kinds", "latest", "read").output
            #expect(
                read
                    == #"{"n":1,"big":9007199254740993,"f":0.5,"t":"a'b","none":null,"bytes":"00ff","text":":no"} "#
                    + "null 0\n10000\nn,big,f,t,none,bytes,text\r\n1,9007199254740993,0.5,a'b,,00ff,:no\r\n")
            let typo = try installation.call("logs", "kinds", "latest", "typo").output
            #expect(typo.contains("k.sqlite: near \"SELEKT\": syntax error"))
        }
    }

    @Test func aSensorWaitsForRows() throws {
        try Installation.with { installation in
            try installation.dag(
                "wait",
                #"""
                {"dag_id": "wait", "tasks": [
                 {"task_id": "there", "type": "sensor", "poke_interval": "50ms",
                  "sql": {"database": "w.sqlite", "query": "SELECT count(*) FROM item"}},
                 {"task_id": "fill", "trigger_rule": "always", "command": "true"}]}
                """#)
            try installation.dag(
                "fill",
                #"""
                {"dag_id": "fill", "tasks": [{"task_id": "t", "sql": {"database": "w.sqlite",
                 "query": "CREATE TABLE item (v); INSERT INTO item VALUES (1)"}}]}
                """#)
            try installation.start()
            let id = try installation.call("trigger", "wait").line
            try installation.waiting.until("the first look") {
                try installation.call("logs", "wait", id, "there").output.contains("unable to open")
                    ? true : nil
            }
            #expect(try installation.call("trigger", "fill", "--wait").status == 0)
            #expect(try installation.call("runs", "wait", "wait", id).status == 0)
        }
    }

    /// A server of its own, where the machine has PostgreSQL; without one a task must say what is missing or wrong.
    @Test func asksAPostgresServer() throws {
        try Installation.with { installation in
            let server = try PostgresInstallation(folder: installation.folder)
            defer { server?.stop() }
            let url = server?.url ?? "postgres://nobody:secret@127.0.0.1:1/none"
            let file = try installation.dag(
                "pg",
                #"""
                {"dag_id": "pg", "params": {"url": "", "word": "a'b\\; --"}, "tasks": [
                 {"task_id": "make", "sql": {"connection": "{{ params.url }}",
                  "query": "CREATE TABLE item (id int, word text, at timestamptz, price numeric(8,2), tags jsonb)"}},
                 {"task_id": "fill", "depends_on": ["make"], "sql": {"connection": "{{ params.url }}",
                  "query": "INSERT INTO item SELECT n, :word, '2026-01-01T00:00:00Z', 1.50, '[1]'::jsonb FROM generate_series(1, :count::int) n",
                  "parameters": {"word": "{{ params.word }}", "count": 3}}},
                 {"task_id": "ask", "depends_on": ["fill"], "sql": {"connection": "{{ params.url }}", "rows": "all.jsonl",
                  "query": "SELECT id, word, price, tags, id > 1 AS more, NULL AS none FROM item WHERE word = $1 ORDER BY id",
                  "parameters": ["{{ params.word }}"]}},
                 {"task_id": "count", "depends_on": ["fill"], "sql": {"connection": "{{ params.url }}",
                  "query": "SELECT count(*) FROM item"}},
                 {"task_id": "wrong", "sql": {"connection": "{{ params.url }}", "query": "SELECT 1 FROM nowhere"}},
                 {"task_id": "read", "depends_on": ["ask", "count", "fill"],
                  "command": ["echo", "{{ outputs.ask.result }}", "{{ outputs.count.result }}", "{{ outputs.fill.changed_rows }}"]}]}
                """#)
            let (status, run) = try installation.run(file, "--param", "url=\(url)")
            #expect(status == 1)
            #expect(run.state("wrong") == "failed")
            let wrong = try installation.call("logs", "pg", "latest", "wrong").output
            #expect(!wrong.contains("secret"))
            guard server != nil else {
                #expect(wrong.contains("libpq.so.5") || wrong.contains("Connection refused"), "\(wrong)")
                return
            }
            #expect(wrong.contains(#"relation "nowhere" does not exist"#), "\(wrong)")
            #expect(run.state("read") == "success", "\(run.states)")
            #expect(
                try installation.call("logs", "pg", "latest", "read").output
                    == #"{"id":1,"word":"a'b\\; --","price":1.50,"tags":[1],"more":false,"none":null} 3 3"#
                    + "\n")
        }
    }
}

/// A PostgreSQL server with its data in a folder, on a unix socket in it.
private final class PostgresInstallation {
    let url: String
    private let programs: String
    private let data: String
    private let user: String

    /// Nil where PostgreSQL's server is not installed.
    init?(folder: String) throws {
        guard let programs = Self.programs() else { return nil }
        self.programs = programs
        data = folder + "/pg"
        // The server refuses to run as root.
        user = geteuid() == 0 ? "postgres" : ""
        url = "postgres://tester@\((folder + "/pg").replacing("/", with: "%2F"))/postgres"
        try Files.makeFolder(data)
        try Self.shell("chmod 0755 \(folder); \(user.isEmpty ? "true" : "chown \(user) \(data)")")
        try shell("\(programs)/initdb -D \(data)/db -U tester -A trust --no-sync")
        try shell(
            "\(programs)/pg_ctl -D \(data)/db -w -o \"-c listen_addresses='' -c unix_socket_directories=\(data) -c fsync=off\" start"
        )
    }

    func stop() {
        try? shell("\(programs)/pg_ctl -D \(data)/db -m immediate stop")
    }

    private static func programs() -> String? {
        Files.names("/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }.first {
            access($0 + "/initdb", X_OK) == 0
        }
    }

    private func shell(_ command: String) throws {
        try Self.shell(
            user.isEmpty ? command : "su \(user) -s /bin/sh -c '\(command.replacing("'", with: "'\\''"))'")
    }

    private static func shell(_ command: String) throws {
        let process = try ChildProcess(
            "/bin/sh", ["-c", command], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], folder: "/")
        guard try process.wait(seconds: 60) == .exited(0) else { throw HarnessError("failed: \(command)") }
    }
}
