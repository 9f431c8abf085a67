import DAGLoading
import JSONText
import Testing

@testable import DAGImport

@Suite struct CrontabImportTests {
    private func read(
        _ text: String, isSystem: Bool = false, zone: String? = "UTC"
    ) throws -> ImportResult {
        var crontab = CrontabImport(isSystem: isSystem, zone: zone, prefix: "", vocabulary: .loader)
        let result = try crontab.read(text)
        for dag in result.dags { #expect(load(dag.json).errors.isEmpty, "\(load(dag.json).errors)") }
        return result
    }

    private func only(_ line: String, isSystem: Bool = false) throws -> JSONObject {
        let dags = try read(line, isSystem: isSystem).dags
        #expect(dags.count == 1)
        return try #require(dags.first).json
    }

    @Test(
        arguments: [
            ("30 2 * * 1-5 /opt/backup.sh --full", "30 2 * * 1-5", "/opt/backup.sh --full", "backup.sh"),
            ("\t*/5  *\t* * *   date", "*/5 * * * *", "date", "date"),
            ("@daily cd /srv/app && ./report.sh", "@daily", "cd /srv/app && ./report.sh", "report.sh"),
            ("0 0 * jan sun A=b make", "0 0 * jan sun", "A=b make", "make"),
            ("@every_minute true", "* * * * *", "true", "true"),
            (
                "5 4 * * * test -x /usr/sbin/x && /usr/sbin/x", "5 4 * * *",
                "test -x /usr/sbin/x && /usr/sbin/x", "x"
            ),
        ])
    func anEntryIsADAG(_ line: String, _ schedule: String, _ command: String, _ id: String) throws {
        let dag = try only(line)
        #expect(dag["schedule"] == .string(schedule))
        #expect(dag["tasks"]?[0]?["command"] == .string(command))
        #expect(dag["dag_id"] == .string(id))
    }

    /// crontab(5): the first unescaped % ends the command, the others are line breaks of its input.
    @Test(
        arguments: [
            (#"mail me%Hello,%%bye%"#, "{ mail me\n} <<'INPUT'\nHello,\n\nbye\nINPUT\n"),
            (#"mail me%Hello"#, "{ mail me\n} <<'INPUT'\nHello\nINPUT\n"),
            (#"cat%INPUT"#, "{ cat\n} <<'INPUT_'\nINPUT\nINPUT_\n"),
            (#"date +\%F"#, "date +%F"),
            (#"cat%50\%"#, "{ cat\n} <<'INPUT'\n50%\nINPUT\n"),
        ])
    func percentSigns(_ command: String, _ expected: String) throws {
        #expect(try only("0 1 * * * \(command)")["tasks"]?[0]?["command"] == .string(expected))
    }

    @Test func variablesHoldForTheLinesBelowThem() throws {
        let result = try read(
            """
            0 1 * * * first
            FOO = "a b"
            SHELL=/bin/bash
            HOME=/srv
            # Counts
            # everything
            0 2 * * * second '{{.State}}'
            FOO=c
            0 3 * * * third
            """)
        let dags = result.dags.map(\.json)
        #expect(dags[0]["env"] == nil && dags[0]["description"] == nil)
        #expect(dags[1]["env"] == ["FOO": "a b", "HOME": "/srv"])
        #expect(dags[1]["description"] == "Counts everything")
        #expect(dags[1]["tasks"]?[0]?["command"] == ["/bin/bash", "-c", #"second '{{ "{{" }}.State}}'"#])
        #expect(dags[1]["tasks"]?[0]?["cwd"] == "/srv")
        #expect(dags[2]["env"] == ["FOO": "c", "HOME": "/srv"])
    }

    @Test func zones() throws {
        let result = try read(
            """
            0 1 * * * first
            CRON_TZ=Europe/Berlin
            TZ=Asia/Tokyo
            0 2 * * * second
            CRON_TZ=Mars/Base
            0 3 * * * third
            """, zone: "America/New_York")
        let dags = result.dags.map(\.json)
        #expect(dags.map { $0["timezone"] } == ["America/New_York", "Europe/Berlin", nil])
        #expect(dags[1]["env"] == ["TZ": "Asia/Tokyo"])
        #expect(result.notes.filter { $0.kind == .untranslated }.map(\.line) == [5])
        #expect(try read("0 1 * * * x", zone: nil).notes(nil, "timezone").count == 1)
        #expect(try read("CRON_TZ=UTC\n0 1 * * * x", zone: nil).notes(nil, "timezone").isEmpty)
    }

    @Test func whatIsNotTranslatedIsListedWithItsLine() throws {
        let result = try read(
            """
            MAILTO=""
            MAILTO=ops@example.com
            @reboot /opt/warm
            0 0 31 2 * never
            61 * * * * late
            nonsense
            0~30 1 * * * spread
            1-5 * * *
            """)
        #expect(
            result.notes.filter { $0.kind == .untranslated }.map { "\($0.line ?? 0) \($0.key)" }
                == ["2 MAILTO", "3 @reboot", "4 schedule", "5 schedule", "6 line", "7 schedule", "8 line"])
        #expect(result.dags.map(\.id) == ["warm", "never", "late", "spread"])
        #expect(result.dags.allSatisfy { $0.json["schedule"] == .null })
    }

    @Test func systemCrontabsNameAUser() throws {
        let result = try read(
            "17 * * * * root cd / && run-parts /etc/cron.hourly\n0 3 * * *\twww-data\tphp x.php\n",
            isSystem: true)
        #expect(result.dags.map(\.id) == ["run-parts", "php"])
        #expect(result.dags[0].json["tasks"]?[0]?["command"] == "cd / && run-parts /etc/cron.hourly")
        #expect(result.notes("run", "user").isEmpty)
        #expect(result.notes.filter { $0.key == "user" }.map(\.line) == [2])
    }

    @Test func idsAreUniqueAndEmptyFilesRefused() throws {
        #expect(
            try read("0 1 * * * a\n0 2 * * * /bin/a\n0 3 * * * 'ü'\n").dags.map(\.id) == ["a", "a-2", "job"])
        #expect(throws: ImportFailure.self) { try read("# nothing\n") }
    }
}
