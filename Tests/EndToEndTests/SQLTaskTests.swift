import Glibc
import JSONText
import Testing

/// `sql` tasks with real databases.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct SQLTaskTests {
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

    @Test func asksAPostgresServer() throws {
        try Installation.with { installation in
            let server = try PostgresInstallation()
            defer { server.stop() }
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
            let (status, run) = try installation.run(file, "--param", "url=\(server.url)")
            #expect(status == 1)
            #expect(run.state("wrong") == "failed")
            let wrong = try installation.call("logs", "pg", "latest", "wrong").output
            #expect(wrong.contains(#"relation "nowhere" does not exist"#), "\(wrong)")
            #expect(run.state("read") == "success", "\(run.states)")
            #expect(
                try installation.call("logs", "pg", "latest", "read").output
                    == #"{"id":1,"word":"a'b\\; --","price":1.50,"tags":[1],"more":false,"none":null} 3 3"#
                    + "\n")
        }
    }
}
