import DAGLoading
import JSONText
import Testing

@testable import DAGImport

/// Nothing is dropped in silence.
@Suite struct AirflowReportTests {
    @Test(arguments: Fixtures.airflowVersions)
    func whatRunsPythonIsListedWithWhatToDo(_ version: String) throws {
        let result = try importAirflow("\(version)/untranslatable.json")
        let dag = try #require(result.dags.first)
        for (task, name, advice) in [
            ("extract", "PythonOperator", "put the function into a program"),
            ("choose", "BranchPythonOperator", "all branches are followed"),
            ("enough", "ShortCircuitOperator", "what is below runs"),
        ] {
            let note = try #require(result.notes(task, "task_type").first)
            #expect(note.message.contains(name) && note.advice.contains(advice))
            #expect(dag.task(task)?["type"] == "noop")
            #expect(dag.task(task)?["x-import"]?["operator"]?.stringValue == name)
        }
        // What the task was given stays beside it.
        #expect(dag.task("extract")?["x-import"]?["op_kwargs"] == ["day": "{{ ds }}"])
        // Airflow 2 writes the source of a task's callback into the file, Airflow 3 that there is one.
        let key = version.contains("-2.") ? "on_failure_callback" : "has_on_failure_callback"
        #expect(result.notes("extract", key).count == 1)
        #expect(result.notes(nil, "has_on_failure_callback").count == 1)
        #expect(result.notes(nil, "is_paused_upon_creation").count == 2)
    }

    @Test(arguments: Fixtures.airflowVersions)
    func programsInTemplatesAreListedOneByOne(_ version: String) throws {
        let result = try importAirflow("\(version)/untranslatable.json")
        let dag = try #require(result.dags.first)
        #expect(
            result.notes("block", "bash_command").map(\.message).sorted()
                == ["{% else %}", "{% endif %}", "{% if params.full %}"])
        #expect(result.notes("pulled", "bash_command").first?.advice.contains("ORCHESTRATOR_OUTPUT") == true)
        #expect(
            dag.task("block")?["x-import"]?["bash_command"]
                == "{% if params.full %}full{% else %}part{% endif %}")
        #expect(dag.task("script")?["command"] == ["bash", "report.sh"])
        #expect(result.notes("script", "bash_command").first?.kind == .different)
    }

    /// Each of these keys is in the written file or in the list, whatever the loader knows.
    @Test(
        arguments: [
            ("past", "depends_on_past", "depends_on_past"),
            ("past", "wait_for_downstream", "wait_for_downstream"),
            ("past", "max_active_tis_per_dag", "max_active_tis_per_dag"), ("made", "is_setup", "setup"),
            ("gone", "is_teardown", "teardown"), ("many", "expand_input", "expand"),
        ], Fixtures.airflowVersions)
    func aKeyIsCarriedOrListed(_ key: (task: String, theirs: String, ours: String), _ version: String) throws
    {
        for vocabulary in [Vocabulary.loader, .everything, .nothing] {
            let result = try importAirflow("\(version)/untranslatable.json", vocabulary)
            let isCarried = result.dags.first?.task(key.task)?[key.ours] != nil
            let isListed = !result.notes(key.task, key.theirs).isEmpty
            #expect(isCarried != isListed, "\(key.task) \(key.theirs)")
        }
    }

    @Test(arguments: Fixtures.airflowVersions)
    func waitingForTheTriggeredRunIsCarriedOrListed(_ version: String) throws {
        for vocabulary in [Vocabulary.loader, .everything] {
            let result = try importAirflow("\(version)/untranslatable.json", vocabulary)
            let task = try #require(result.dags.first?.task("trigger"))
            let isListed = result.notes.contains { $0.taskID == "trigger" && $0.kind == .untranslated }
            #expect((task["trigger_dag"]?["wait"] == true) != isListed)
            #expect(
                result.dags.first?.task("plain_trigger")?["trigger_dag"]
                    == ["dag_id": "nightly_etl", "params": ["limit": 5]])
        }
    }

    @Test func anUnknownKeyIsListed() throws {
        let text = #"""
            {"__version": 3, "dag": {"dag_id": "d", "teleport": {"to": "mars"}, "tasks": [
              {"__type": "operator", "__var": {"task_id": "t", "task_type": "BashOperator", "bash_command": "true",
               "warp": 9, "queue": "fast", "executor_config": {}, "downstream_task_ids": []}}]}}
            """#
        let result = try AirflowImport(vocabulary: .loader).read(Array(text.utf8))
        #expect(result.notes(nil, "teleport").first?.message == #"{"to":"mars"}"#)
        #expect(result.notes("t", "warp").first?.message == "9")
        #expect(result.notes("t", "queue").count == 1)
        #expect(result.notes("t", "executor_config").isEmpty)
        #expect(result.notes.filter { $0.kind == .untranslated }.count == 3)
    }

    @Test func namesThatAreNoIdsAreChangedEverywhere() throws {
        let text = #"""
            {"__version": 3, "dag": {"dag_id": "täglich", "tasks": [
              {"__type": "operator", "__var": {"task_id": "größe", "task_type": "EmptyOperator",
               "downstream_task_ids": ["grüße"]}},
              {"__type": "operator", "__var": {"task_id": "grüße", "task_type": "EmptyOperator",
               "downstream_task_ids": []}}]}}
            """#
        let result = try AirflowImport(vocabulary: .loader).read(Array(text.utf8))
        let dag = try #require(result.dags.first)
        #expect(dag.id == "t_glich" && dag.taskIDs == ["gr__e", "gr__e-2"])
        #expect(dag.task("gr__e-2")?["depends_on"] == ["gr__e"])
        #expect(load(dag.json).errors.isEmpty)
        #expect(result.notes.filter { $0.message.contains("is no id here") }.count == 3)
    }

    /// Airflow 3.1 and later leave out of tasks what a file says once for all.
    @Test func defaultsOfAllTasksCount() throws {
        let text = #"""
            {"__version": 3, "client_defaults": {"tasks": {"retries": 2, "retry_delay": 60.0}},
             "dag": {"dag_id": "d", "tasks": [{"__type": "operator",
              "__var": {"task_id": "t", "task_type": "BashOperator", "bash_command": "true"}}]}}
            """#
        let task = try AirflowImport(vocabulary: .loader).read(Array(text.utf8)).dags.first?.task("t")
        #expect(task?["retries"] == 2 && task?["retry_delay"] == "1m")
    }

    @Test(
        arguments: [
            ("", "1:1"), ("[]", "no DAG"), ("{}", "not a serialized DAG"), ("[1]", "found a number"),
            (#"{"__version": 9, "dag": {}}"#, "version 9"), (#"{"dag_id": "ours", "tasks": []}"#, "dag_id"),
        ])
    func otherFilesAreRefused(_ text: String, _ reason: String) {
        do throws(ImportFailure) {
            _ = try AirflowImport(vocabulary: .loader).read(Array(text.utf8))
            Issue.record("accepted")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }

    @Test func severalDAGsOfOneFile() throws {
        let one = try Fixtures.text("airflow-3.3.2/training.json")
        let two = try Fixtures.text("airflow-2.11.2/training.json")
        let list = try AirflowImport(vocabulary: .loader).read(Array("[\(one), \(two)]".utf8))
        #expect(list.dags.map(\.id) == ["training", "training-2"])
        let named = try AirflowImport(vocabulary: .loader).read(Array(#"{"a": \#(one)}"#.utf8))
        #expect(named.dags.map(\.id) == ["training"])
    }
}
