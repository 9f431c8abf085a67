import DAGDomain
import JSONText
import Testing

@testable import SchedulerService

/// Values of a table.
struct FixedValues: ValueSource {
    var variables: [String: String] = [:]
    var connections: [Connection] = []

    func variable(_ key: String) throws(ValueError) -> String? { variables[key] }
    func connection(_ id: String) throws(ValueError) -> Connection? { connections.first { $0.id == id } }
}

@Suite struct TemplateRenderingTests {
    static func rendering(
        date: String? = "2026-03-28T23:30:00Z", previous: DAGRun? = nil
    ) throws -> TemplateRendering {
        let instant = try date.map { try Timestamp(rfc3339: $0) }
        var settings = DAGSettings()
        settings.owner = "ops"
        let dag = try DAG(
            id: DAGID("d"), version: DAGVersionHash("0"), path: "/x/d.json", folder: "/x", settings: settings,
            tasks: [TaskDefinition(id: TaskID("t"))])
        let parameters: JSONObject = [
            "name": "$(touch /tmp/x); {{ params.name }}", "count": 3, "list": ["a", "b"], "flag": true,
            "deep": ["a": [1, ["b": "c"]]], "empty": "", "host": "Straße & Co/ä",
        ]
        let run = DAGRun(
            number: RunNumber(1), dagID: dag.id, runID: RunID("manual__x"), version: dag.version,
            type: .manual,
            trigger: .commandLine, logicalDate: instant, dataIntervalStart: instant,
            dataIntervalEnd: instant.map { $0 + .seconds(3600) }, runAfter: .epoch, queuedAt: .epoch,
            parameters: parameters)
        let values = FixedValues(
            variables: ["site": "https://x", "limits": #"{"cpu": [1, 2]}"#],
            connections: [
                Connection(
                    id: "db.main", type: "postgres", host: "h", login: "me", password: "p@ss/w:rd",
                    schema: "s", port: 5432, extra: #"{"sslmode": "require", "n": 1}"#)
            ])
        return TemplateRendering(
            parameters: parameters, outputs: [TaskID("train"): ["auc": 1]],
            facts: TemplateFacts(
                run: run, dag: dag, task: TaskID("t"), mapIndex: 2, tryNumber: 4,
                previousSuccess: { () throws(TemplateRendering.Failure) in previous }), values: values)
    }

    /// The text as the loader reads it, filled in.
    static func text(_ template: String, _ rendering: TemplateRendering) throws -> String {
        try rendering.text(try TemplateReading.template(template))
    }

    @Test(arguments: [
        ("--name={{ params.name }}/{{ outputs.train.auc }}", "--name=$(touch /tmp/x); {{ params.name }}/1"),
        ("{{ '{{' }}.State}}", "{{.State}}"),
        ("{{ ds }} {{ ds_nodash }}", "2026-03-28 20260328"),
        ("{{ ts }}", "2026-03-28T23:30:00+00:00"),
        ("{{ ts_nodash }} {{ ts_nodash_with_tz }}", "20260328T233000 20260328T233000+0000"),
        ("{{ logical_date }}", "2026-03-28T23:30:00+00:00"),
        ("{{ data_interval_end | ts }}", "2026-03-29T00:30:00+00:00"),
        ("{{ run_id }} {{ dag.dag_id }} {{ dag.owner }}", "manual__x d ops"),
        ("{{ dag_run.run_type }} {{ dag_run.run_id }}", "manual manual__x"),
        ("{{ task.task_id }} {{ ti.try_number }} {{ ti.map_index }}", "t 4 2"),
        ("{{ task_instance_key_str }}", "d__t__20260328"),
        ("{{ params.count }} {{ params.flag }} {{ params.list }}", #"3 true ["a","b"]"#),
        ("{{ params.deep.a.1.b }}", "c"),
        ("{{ dag_run.conf.count }}", "3"),
        ("{{ var.value.site }} {{ var.site }} {{ var.json.limits.cpu.1 }}", "https://x https://x 2"),
        ("{{ conn.db.main.host }}:{{ conn.db.main.port }}/{{ conn.db.main.schema }}", "h:5432/s"),
        ("{{ conn.db.main.extra.sslmode }}", "require"),
        (
            "{{ conn.db.main.uri }}",
            "postgres://me:p%40ss%2Fw%3Ard@h:5432/s?__extra__="
                + "%7B%22sslmode%22%3A%20%22require%22%2C%20%22n%22%3A%201%7D"
        ),
    ])
    func fillsIn(_ template: String, _ expected: String) throws {
        #expect(try Self.text(template, try Self.rendering()) == expected)
    }

    @Test(arguments: [
        ("{{ ds | add_days(-28) }}", "2026-02-28"), ("{{ ds | add_days(1) | ds_nodash }}", "20260329"),
        ("{{ logical_date | add_hours(1) }}", "2026-03-29T00:30:00+00:00"),
        ("{{ logical_date | add_minutes(-31) | date('%H:%M') }}", "22:59"),
        (
            "{{ logical_date | date('%Y/%m/%d %a %j %V %p %I %s %%') }}",
            "2026/03/28 Sat 087 13 PM 11 1774740600 %"
        ),
        ("{{ logical_date | in_timezone('Europe/Berlin') }}", "2026-03-29T00:30:00+01:00"),
        // 24 hours later the clocks have been put forward: the same time on the clock, another offset.
        ("{{ logical_date | in_timezone('Europe/Berlin') | add_days(1) }}", "2026-03-30T00:30:00+02:00"),
        ("{{ logical_date | in_timezone('Europe/Berlin') | ds }}", "2026-03-29"),
        ("{{ logical_date | timestamp }}", "1774740600"),
        ("{{ '2026-01-31' | add_days(1) }}", "2026-02-01"),
        ("{{ params.missing | default('x') | upper }}", "X"), ("{{ params.empty | default('x') }}", ""),
        ("{{ params.empty | default('x', true) }}", "x"), ("{{ params.count | default(7) }}", "3"),
        ("{{ outputs.train.loss | default(0) }}", "0"),
        ("{{ outputs.train.loss | upper | default('n') }}", "n"),
        ("{{ params.list | tojson }}", #"["a","b"]"#), ("{{ params.list | join('-') }}", "a-b"),
        ("{{ params.list | first }}{{ params.list | last }}{{ params.list | length }}", "ab2"),
        ("{{ params.host | lower }}", "straße & co/ä"),
        ("{{ params.host | urlencode }}", "Stra%C3%9Fe%20%26%20Co/%C3%A4"),
        ("{{ ' a ' | trim | capitalize }}{{ 'aXa' | replace('X', '') }}", "Aaa"), ("{{ '12' | int }}", "12"),
        ("{{ 'no' | int(5) }}", "5"), ("{{ var.value.nope | default('d') }}", "d"),
        ("{{ conn.nope.host | default('d') }}", "d"),
        ("{{ prev_start_date_success | default('never') }}", "never"),
    ])
    func filters(_ template: String, _ expected: String) throws {
        #expect(try Self.text(template, try Self.rendering()) == expected)
    }

    @Test(arguments: [
        ("{{ outputs.train.loss }}", "`train` has no output `loss` in this run"),
        ("{{ params.nope }}", "the run has no parameter `nope`"),
        ("{{ params.deep.a.9 }}", "there is no `params.deep.a.9`"),
        ("{{ var.value.nope }}", "there is no variable `nope`"),
        ("{{ var.json.site.x }}", "the variable `site` is not JSON"),
        ("{{ conn.nope.host }}", "there is no connection `nope`"),
        ("{{ conn.db.main.extra.nope }}", "there is no `conn.db.main.extra.nope`"),
        (
            "{{ params.name | ds }}",
            "the filter `ds` needs a date, found \"$(touch /tmp/x); {{ params.name }}\""
        ),
        ("{{ params.count | first }}", "the filter `first` needs a list, found a number"),
        ("{{ 'x' | int }}", "the filter `int` needs a number, found \"x\""),
    ])
    func saysWhyNot(_ template: String, _ expected: String) throws {
        let rendering = try Self.rendering()
        let error = #expect(throws: TemplateRendering.Failure.self) { try Self.text(template, rendering) }
        #expect(error?.text == expected)
    }

    @Test func aRunWithoutDateSaysSo() throws {
        let rendering = try Self.rendering(date: nil)
        let error = #expect(throws: TemplateRendering.Failure.self) { try Self.text("{{ ds }}", rendering) }
        #expect(error?.text.contains("the run has no logical date, so `ds` has no value") == true)
        #expect(try Self.text("{{ ds | default('2020-01-01') | add_days(1) }}", rendering) == "2020-01-02")
        #expect(try Self.text("{{ task_instance_key_str }}", rendering) == "d__t__manual__x")
    }

    @Test func aTemplateThatIsOnePlaceKeepsTheType() throws {
        let rendering = try Self.rendering()
        #expect(try rendering.value(try TemplateReading.template("{{ params.count }}")) == 3)
        #expect(try rendering.value(try TemplateReading.template("{{ params.list | first }}")) == "a")
        #expect(try rendering.value(try TemplateReading.template("{{ ds }}")) == "2026-03-28")
        #expect(try rendering.value(try TemplateReading.template("{{ params.count }}.")) == "3.")
    }

    @Test func whatIsWrittenCanBeReadAgain() throws {
        for text in [
            "{{ ds | add_days(-1) | default('x', true) }}", "{{ conn.a.b.extra.x }}", "{{ var.json.a.0 }}",
        ] {
            let place = try #require(try TemplateReading.template(text).places.first)
            #expect(place.description == text)
        }
    }
}
