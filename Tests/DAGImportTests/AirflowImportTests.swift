import DAGDomain
import DAGLoading
import JSONText
import Testing

@testable import DAGImport

/// Against files that Airflow 2.11 and 3.3 wrote (`make import-fixtures`).
@Suite struct AirflowImportTests {
    @Test func thereAreFixturesOfBothVersions() {
        #expect(Fixtures.airflowFiles.count == 42)
    }

    @Test(arguments: Fixtures.airflowFiles)
    func whatIsWrittenIsAcceptedByTheLoader(_ file: String) throws {
        let result = try importAirflow(file)
        #expect(result.dags.count == 1)
        for dag in result.dags {
            let loaded = load(dag.json)
            #expect(loaded.errors.isEmpty, "\(loaded.errors)")
            #expect(loaded.dag?.id.text == dag.id)
        }
    }

    /// No task and no edge is lost, and what runs nothing here did so in Airflow too or is listed.
    @Test(arguments: Fixtures.airflowFiles)
    func everyTaskAndEdgeIsThere(_ file: String) throws {
        let source = try JSONValue.parse(bytes: try Fixtures.bytes(file))
        let result = try importAirflow(file)
        let dag = try #require(result.dags.first)
        let tasks = (source["dag"]?["tasks"]?.arrayValue ?? []).compactMap { $0["__var"] }
        #expect(Set(dag.taskIDs) == Set(tasks.compactMap { $0["task_id"]?.stringValue }))
        #expect(dag.taskIDs.count == tasks.count)
        let loaded = try #require(load(dag.json).dag)
        for (index, task) in loaded.tasks.enumerated() {
            let upstream = loaded.graph.upstream[index].map { loaded.tasks[$0].id.text }
            let written = dag.task(task.id.text)?["depends_on"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(Set(upstream) == Set(written), "\(task.id)")
        }
        for task in tasks {
            let id = try #require(task["task_id"]?.stringValue)
            for below in task["downstream_task_ids"]?.arrayValue?.compactMap(\.stringValue) ?? [] {
                let upstream = dag.task(below)?["depends_on"]?.arrayValue ?? []
                #expect(upstream.contains(.string(id)), "\(id) -> \(below)")
            }
            let name = (task["task_type"] ?? task["_task_type"])?.stringValue
            if dag.task(id)?["type"] == "noop", name != "EmptyOperator" {
                #expect(result.notes.contains { $0.taskID == id && $0.kind == .untranslated }, "\(id)")
                #expect(dag.task(id)?["x-import"]?["operator"]?.stringValue == name)
            }
        }
    }

    @Test(arguments: Fixtures.airflowVersions)
    func settingsOfADAGAndItsTasks(_ version: String) throws {
        let result = try importAirflow("\(version)/nightly_etl.json")
        let dag = try #require(result.dags.first)
        #expect(dag.json["description"] == "Copies the day's orders into the warehouse")
        #expect(dag.json["doc"] == "# Orders\nRuns every night.")
        #expect(dag.json["schedule"] == "30 2 * * MON-FRI")
        #expect(
            dag.json["start_date"] == "2026-01-05T00:00:00Z" && dag.json["end_date"] == "2026-12-31T00:00:00Z"
        )
        #expect(dag.json["catchup"] == true)
        #expect(dag.json["max_active_runs"] == 1 && dag.json["max_active_tasks"] == 4)
        #expect(dag.json["dagrun_timeout"] == "6h")
        #expect(dag.json["tags"] == ["etl", "orders"])
        #expect(dag.json["owner"] == "data-team")
        #expect(dag.json["params"] == ["region": "eu", "limit": 1000])
        let orders = try #require(dag.task("extract.orders"))
        #expect(orders["pool"] == "warehouse" && orders["pool_slots"] == 2 && orders["priority_weight"] == 10)
        #expect(orders["execution_timeout"] == "45m")
        #expect(orders["retries"] == 3 && orders["retry_delay"] == "2m" && orders["max_retry_delay"] == "30m")
        #expect(orders["retry_exponential_backoff"] == true)
        #expect(dag.task("load")?["trigger_rule"] == "none_failed_min_one_success")
        #expect(dag.task("load")?["retries"] == nil)
        #expect(dag.task("clean_up")?["weight_rule"] == "absolute")
        #expect(dag.task("begin")?["type"] == "noop" && dag.task("begin")?["x-import"] == nil)
        #expect(result.notes("extract.orders", "pool").first?.advice.contains("pools set warehouse") == true)
    }

    /// With a loader that knows all templates: each value comes from a variable, whatever quotes it stands in.
    @Test(arguments: Fixtures.airflowVersions)
    func shellCommandsTakeTheirValuesFromVariables(_ version: String) throws {
        let dag = try #require(try importAirflow("\(version)/nightly_etl.json", .everything).dags.first)
        #expect(
            dag.task("extract.orders")?["command"]?[2] == #"""
                mkdir -p /tmp/orders/${AIRFLOW_DS} && echo "${AIRFLOW_DS_NODASH} ${ORCHESTRATOR_PARAM_REGION}" > '/tmp/orders/'"${AIRFLOW_DS}"'/orders.csv'
                """#)
        #expect(
            dag.task("extract.orders")?["env"]
                == ["AIRFLOW_DS": "{{ ds }}", "AIRFLOW_DS_NODASH": "{{ ds_nodash }}"])
        #expect(
            dag.task("extract.customers")?["env"] == [
                "AIRFLOW_DATA_INTERVAL_START": "{{ data_interval_start }}", "REGION": "{{ params.region }}",
                "RUN": "{{ run_id }}", "WEEK_AGO": "{{ ds | add_days(-7) }}",
            ])
        #expect(dag.task("extract.customers")?["cwd"] == "/tmp")
        #expect(
            dag.task("load")?["command"]
                == [
                    "bash", "-c",
                    "[[ -e /tmp/orders ]] && wc -l /tmp/orders/*/orders.csv  # don't stop\necho ${ORCHESTRATOR_TRY_NUMBER}",
                ])
    }

    @Test(arguments: Fixtures.airflowVersions)
    func paramsKeepTheirSchemas(_ version: String) throws {
        let result = try importAirflow("\(version)/training.json")
        let params = try #require(result.dags.first?.json["params"])
        #expect(params["rate"]?["minimum"] == 0 && params["rate"]?["description"] == "the learning rate")
        #expect(params["rate"]?["default"]?.doubleValue == 0.1)
        #expect(params["model"] == ["enum": ["boosted", "forest"], "default": "boosted"])
        #expect(params["note"] == ["type": ["null", "string"], "default": nil])
        #expect(params["layers"] == [64, 32])
        #expect(params["rows"] == ["type": "integer", "title": "Rows"])
    }

    @Test(arguments: Fixtures.airflowVersions)
    func quotesBracesAndHereDocuments(_ version: String) throws {
        let result = try importAirflow("\(version)/training.json")
        let dag = try #require(result.dags.first)
        #expect(
            dag.task("prepare.split.train")?["command"]?[2] == #"""
                cat <<END > train.txt
                ${ORCHESTRATOR_PARAM_MODEL} '${ORCHESTRATOR_RUN_ID}'
                END
                echo 'model: '"${ORCHESTRATOR_PARAM_MODEL}"'' "$(echo ''"${ORCHESTRATOR_PARAM_RATE}"'')"
                """#)
        // Two braces that Jinja writes out stay two braces, and a comment is gone.
        #expect(
            dag.task("fit")?["command"]?[2] == #"python fit.py --rate ${ORCHESTRATOR_PARAM_RATE} {{ "{{" }} "#
        )
        #expect(result.notes("literal", "bash_command").first?.advice.contains("quoted end word") == true)
        #expect(
            result.notes("undeclared", "bash_command").first?.advice.contains("declare the param") == true)
        #expect(
            dag.task("deploy")?["trigger_dag"]
                == ["dag_id": "deployment", "params": ["model": "{{ params.model }}", "force": true]])
        #expect(dag.task("prepare.raw")?["description"] == "Where it begins")
    }

    @Test(arguments: Fixtures.airflowVersions)
    func groupsKeepTheirTasks(_ version: String) throws {
        let result = try importAirflow("\(version)/training.json")
        let group = result.dags.first?.json["task_groups"]?[0]
        #expect(group?["group_id"] == "prepare" && group?["tooltip"] == "data first")
        #expect(group?["task_groups"]?[0]?["group_id"] == "prepare.split")
        #expect(
            Set(
                group?["task_groups"]?[0]?["tasks"]?.arrayValue?.compactMap { $0["task_id"]?.stringValue }
                    ?? [])
                == ["prepare.split.train", "prepare.split.test"])
    }

    @Test(arguments: Fixtures.airflowVersions)
    func sensorsWhoseConditionIsInTheFile(_ version: String) throws {
        let result = try importAirflow("\(version)/untranslatable.json")
        let dag = try #require(result.dags.first)
        #expect(dag.task("file")?["type"] == "sensor" && dag.task("file")?["file"] == "/data/{{ ds }}.csv")
        #expect(dag.task("other")?["external"] == ["dag_id": "nightly_etl", "task_id": "load"])
        #expect(result.notes("file", "poke_interval").count == 1)
        // Airflow 2 does not write down how long.
        if version.contains("-2.") {
            #expect(dag.task("pause")?["type"] == "noop" && !result.notes("pause", "task_type").isEmpty)
        } else {
            #expect(dag.task("pause")?["delay"] == "10m")
            #expect(dag.task("pause")?["delay_from"] == "data_interval_end")
        }
    }
}
