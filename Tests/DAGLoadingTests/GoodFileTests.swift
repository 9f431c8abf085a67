import DAGDomain
import DAGLoading
import JSONText
import Testing

@Suite struct GoodFileTests {
    @Test func loadsTheSmallestFile() throws {
        let dag = try dag(
            "{ \"dag_id\": \"hello\", \"tasks\": [ { \"task_id\": \"hi\", \"command\": \"echo hello\" } ] }")
        #expect(dag.id == DAGID("hello"))
        #expect(dag.path == "/dags/test.json")
        #expect(dag.folder == "/dags")
        #expect(dag.settings == DAGSettings())
        #expect(dag.tasks == [TaskDefinition(id: TaskID("hi"), action: .shell("echo hello"))])
        // The answer of the command sha256sum for the same text.
        #expect(dag.version.text == "addfb3d0975fe6f4dd9f8cc52197cfa5442f76112f4cc8d379cee276708e682e")
    }

    @Test func loadsEveryDAGKey() throws {
        let dag = try dag(
            """
            {"$schema": "./dag.schema.json", "schema_version": 1, "x-note": {"any": "thing"},
             "dag_id": "full.one",
             "description": "d", "doc": "long", "owner": "me", "tags": ["a", "b"],
             "schedule": ["0 6 * * *", "@weekly"], "timezone": "Europe/Berlin", "start_date": "2026-01-01",
             "end_date": "2027-01-01T00:00:00+01:00", "catchup": "collapse", "max_active_runs": 2,
             "max_active_tasks": 3, "dagrun_timeout": "1h30m",
             "params": {"n": 3, "mode": {"enum": ["a", "b"], "default": "a"}, "list": [1], "plain": {"a": 1}},
             "env": {"A": "x", "N": 1, "T": true, "P": "n={{ params.n }}"},
             "tasks": [{"task_id": "t", "command": "x"}]}
            """)
        var expected = DAGSettings(
            description: "d", documentation: "long", owner: "me", tags: ["a", "b"],
            timeZone: try TimeZoneName("Europe/Berlin"), startDate: try Timestamp(rfc3339: "2026-01-01"),
            endDate: try Timestamp(rfc3339: "2026-12-31T23:00:00Z"), catchup: .collapse, maximumActiveRuns: 2,
            maximumActiveTasks: 3, runTimeout: .seconds(5400))
        expected.schedule = .cron([try CronExpression("0 6 * * *"), try CronExpression("@weekly")])
        expected.parameters = [
            ParameterDefinition(name: "n", schema: ["default": 3]),
            ParameterDefinition(name: "mode", schema: ["enum": ["a", "b"], "default": "a"]),
            ParameterDefinition(name: "list", schema: ["default": [1]]),
            ParameterDefinition(name: "plain", schema: ["default": ["a": 1]]),
        ]
        expected.environment = [
            EnvironmentEntry(name: "A", value: TemplateText(literal: "x")),
            EnvironmentEntry(name: "N", value: TemplateText(literal: "1")),
            EnvironmentEntry(name: "T", value: TemplateText(literal: "true")),
            EnvironmentEntry(
                name: "P",
                value: TemplateText(segments: [.literal("n="), .place(TemplatePlace(.parameter(name: "n")))])),
        ]
        #expect(dag.settings == expected)
    }

    @Test func loadsEveryTaskKey() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [{"task_id": "a", "type": "noop"}, {"task_id": "t", "type": "evaluate",
             "description": "d", "command": ["python", "x.py", "{{ outputs.a.n }}"], "depends_on": ["a"],
             "trigger_rule": "all_done", "env": {"B": "{{ outputs.a.m }}!"}, "cwd": "sub", "retries": 2,
             "retry_delay": "250ms", "retry_exponential_backoff": true, "max_retry_delay": 60,
             "retry_on_exit_codes": [1, 7], "execution_timeout": 0.5, "termination_grace": 0, "pool": "gpu",
             "pool_slots": 2, "priority_weight": -5, "weight_rule": "absolute", "outputs": ["o"],
             "artifacts": ["m.bin", {"name": "plot", "path": "p/roc.png"}], "leftover": "keep",
             "gate": [{"metric": "auc", "min": 0.8, "max": 1}], "on_gate_failure": "skip_downstream",
             "depends_on_past": false, "cache": false, "x-own": 1}]}
            """)
        let expected = TaskDefinition(
            id: TaskID("t"), role: .evaluate, description: "d",
            action: .arguments([
                TemplateText(literal: "python"), TemplateText(literal: "x.py"),
                TemplateText(segments: [.place(TemplatePlace(.output(task: TaskID("a"), name: "n")))]),
            ]), dependsOn: [TaskID("a")], triggerRule: .allDone,
            environment: [
                EnvironmentEntry(
                    name: "B",
                    value: TemplateText(segments: [
                        .place(TemplatePlace(.output(task: TaskID("a"), name: "m"))), .literal("!"),
                    ]))
            ], workingDirectory: "sub",
            retry: RetryPolicy(
                retries: 2, delay: .milliseconds(250), backoffFactor: 2, maximumDelay: .seconds(60),
                retryableExitCodes: [1, 7]), executionTimeout: .milliseconds(500), terminationGrace: .zero,
            pool: PoolName("gpu"), poolSlots: 2, priorityWeight: -5, weightRule: .absolute, outputs: ["o"],
            artifacts: [
                ArtifactDeclaration(name: "m.bin", path: "m.bin"),
                ArtifactDeclaration(name: "plot", path: "p/roc.png"),
            ],
            gate: Gate(
                conditions: [GateCondition(metric: "auc", minimum: 0.8, maximum: 1)],
                onFailure: .skipDownstream),
            leftover: .keep)
        #expect(dag.tasks[1] == expected)
        #expect(dag.tasks[0] == TaskDefinition(id: TaskID("a"), role: .noop))
    }

    @Test func mergesDefaultsAndTheTaskWins() throws {
        let dag = try dag(
            """
            {"name": "d", "params": {"n": 1},
             "defaults": {"retries": 1, "retry_delay": 2, "env": {"A": "{{ params.n }}"}, "pool": "p"},
             "tasks": {"one": {"command": "x"},
              "two": {"id": "two", "command": "x", "retry": {"limit": 5, "backoff": 1.5}, "env": {"B": "1"},
                      "upstream": "one", "timeout": "5m"}}}
            """)
        #expect(dag.tasks.map(\.id.text) == ["one", "two"])
        #expect(dag.tasks[0].retry == RetryPolicy(retries: 1, delay: .seconds(2)))
        #expect(dag.tasks[0].environment.map(\.name) == ["A"])
        #expect(dag.tasks[1].retry == RetryPolicy(retries: 5, delay: .seconds(2), backoffFactor: 1.5))
        #expect(dag.tasks[1].environment.map(\.name) == ["B"])
        #expect(dag.tasks[1].pool == PoolName("p"))
        #expect(dag.tasks[1].executionTimeout == .seconds(300))
        #expect(dag.graph.upstream == [[], [0]])
    }

    @Test(arguments: [
        ("\"trigger_dag_id\": \"other\", \"conf\": {", "}"),
        ("\"trigger_dag\": {\"dag_id\": \"other\", \"wait\": false, \"params\": {", "}}"),
    ])
    func loadsATriggeredDAG(_ start: String, _ end: String) throws {
        let dag = try dag(
            """
            {"dag_id": "d", "params": {"n": 1}, "tasks": [{"id": "a", "command": "x"},
             {"id": "t", "type": "trigger_dag", "depends_on": "a", \(start)
              "batch": "{{ outputs.a.batch }}", "label": "b-{{ params.n }}", "list": [1, "{{.x}}"],
              "s": "y"\(end)}]}
            """)
        let batch = TemplateText(segments: [.place(TemplatePlace(.output(task: TaskID("a"), name: "batch")))])
        let label = TemplateText(segments: [.literal("b-"), .place(TemplatePlace(.parameter(name: "n")))])
        #expect(
            dag.tasks[1].action
                == .triggerDAG(
                    TriggerDAGAction(
                        dagID: DAGID("other"),
                        parameters: [
                            .init(name: "batch", value: .template(batch)),
                            .init(name: "label", value: .template(label)),
                            .init(name: "list", value: .value([1, "{{.x}}"])),
                            .init(name: "s", value: .value("y")),
                        ])))
    }

    @Test(arguments: [
        ("null", Schedule.manual), ("\"@once\"", .once), ("\"@continuous\"", .continuous),
        ("{\"every\": \"6h\"}", .every(.seconds(21_600))),
        ("{\"every\": 0.5}", .every(.milliseconds(500))),
    ])
    func readsSchedules(_ text: String, _ schedule: Schedule) throws {
        #expect(try dag(settings("\"schedule\": \(text)")).settings.schedule == schedule)
    }

    @Test(arguments: [
        ("true", CatchupPolicy.all), ("false", .none), ("\"latest\"", .latest),
        ("\"6h\"", .window(.seconds(21_600))),
        ("60", .window(.seconds(60))), ("{\"window\": \"PT1H\"}", .window(.seconds(3600))),
    ])
    func readsCatchup(_ text: String, _ policy: CatchupPolicy) throws {
        let text = settings("\"schedule\": \"@daily\", \"start_date\": \"2026-01-01\", \"catchup\": \(text)")
        #expect(try dag(text).settings.catchup == policy)
        #expect(load(text).warnings.isEmpty)
    }

    @Test func readsIntervalCalendarAndJitter() throws {
        let settings = try dag(
            settings(
                #""schedule": "@daily", "interval": true, "jitter": "10m", "calendar": {"#
                    + #""exclude": ["1970-01-02", "1970-01-04/1970-01-06"], "exclude_weekdays": ["thu"]}"#)
        ).settings
        #expect(settings.usesIntervals)
        #expect(settings.jitter == .seconds(600))
        #expect((0...8).filter { settings.calendar.excludes(day: $0) } == [0, 1, 3, 4, 5, 7])
    }

    @Test func readsRunLimits() throws {
        let settings = try dag(
            settings(
                #""params": {"table": "x"}, "allowed_run_types": ["manual", "backfill"], "#
                    + #""max_consecutive_failed_dag_runs": 3, "concurrency": {"#
                    + #""key": "t-{{params.table}} {{ ds }}", "limit": 2, "on_conflict": "cancel_running"}"#)
        ).settings
        #expect(settings.allowedRunTypes == [.manual, .backfill])
        #expect(settings.maximumConsecutiveFailedRuns == 3)
        let key = ConcurrencyKey(
            segments: [.literal("t-"), .parameter("table"), .literal(" "), .field(.day)])
        #expect(
            settings.concurrency == RunConcurrency(key: key, limit: 2, onConflict: .cancelRunning))
    }

    @Test func continuousHasOneRunAtATime() throws {
        #expect(try dag(settings(#""schedule": "@continuous""#)).settings.maximumActiveRuns == 1)
    }

    @Test(arguments: [
        (#""interval": true"#, "interval"), (#""schedule": "@once", "interval": true"#, "interval"),
        (#""calendar": {"exclude": ["2026-01-01"]}"#, "calendar"), (#""jitter": 5"#, "jitter"),
        (#""schedule": "@continuous", "jitter": 5"#, "jitter"),
    ])
    func warnsOfKeysWithoutEffect(_ text: String, _ key: String) {
        let warnings = load(settings(text)).warnings.map(\.message)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("\"\(key)\" has no effect") == true)
    }

    @Test func warnsOfCatchupWithoutEffect() {
        #expect(
            load(settings("\"catchup\": true")).warnings.map(\.description)
                == ["1:69: \"catchup\" has no effect without a \"schedule\""])
    }
}
