import Foundation
import Glibc
import JSONText
import Testing

/// MLflow's own client against the daemon; `scripts/setup-tests` installs it.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct MLflowTests {
    private static let python = Programs.project + "/.cache/tests/bin/python"
    private static let scenario = Programs.project + "/Tests/EndToEndTests/Servers/mlflow_scenario.py"

    /// A Python program with the client, told where the server is.
    private func client(
        _ installation: Installation, _ arguments: [String], url: String, token: String? = nil, log: String
    ) throws -> ChildProcess {
        var environment = [
            "PATH": "/usr/bin:/bin", "HOME": installation.folder, "LANG": "C.UTF-8",
            "LC_INSTALLATION": installation.folder, "MLFLOW_TRACKING_URI": url, "PYTHONWARNINGS": "ignore",
            "PYTHONDONTWRITEBYTECODE": "1",
        ]
        environment["MLFLOW_TRACKING_TOKEN"] = token
        return try ChildProcess(
            Self.python, arguments, environment: environment, folder: installation.folder, output: log,
            errors: log)
    }

    private func token(_ installation: Installation) -> String {
        Files.text(installation.home + "/token").filter { !$0.isWhitespace }
    }

    @Test func theClientGetsTheSameAnswersAsFromMLflowsOwnServer() throws {
        try Installation.with { installation in
            let server = try TestServer("mlflow_server", installation)
            let daemon = try installation.start()
            let parts = "experiments,runs,metrics,artifacts,logged_models,registry,sklearn"
            let places = [
                ("theirs", "http://127.0.0.1:\(server.port)", nil),
                ("ours", daemon.url, token(installation)),
            ]
            let clients = try places.map { name, url, token in
                try client(
                    installation, [Self.scenario, parts, installation.path(name)], url: url, token: token,
                    log: installation.path(name + ".log"))
            }
            for process in clients { try process.wait(seconds: 300) }
            let answers = try places.map { name, _, _ in
                guard Files.exists(installation.path(name)) else {
                    throw HarnessError(Files.text(installation.path(name + ".log")))
                }
                return try Files.lines(installation.path(name)).map { try JSONValue.parse($0) }
            }
            #expect(answers[0].count > 240)
            #expect(answers[0].count == answers[1].count)
            for (theirs, ours) in zip(answers[0], answers[1]) { #expect(ours == theirs) }
            #expect(
                !answers[0].contains { $0["name"] == "broken" },
                "\(Files.text(installation.path("theirs.log")))")
        }
    }

    private static let training = """
        import os, sys
        import mlflow, numpy
        from mlflow import MlflowClient
        from sklearn.linear_model import LogisticRegression

        if "chosen" in sys.argv:
            mlflow.set_experiment("chosen")
        mlflow.sklearn.autolog(silent=True)
        table = numpy.random.default_rng(1).normal(size=(60, 2))
        LogisticRegression().fit(table, table[:, 0] > 0)
        run = mlflow.last_active_run().info.run_id
        with mlflow.start_run(run_name="child"):
            mlflow.log_metric("of_the_child", 3)
        with open(os.environ["ORCHESTRATOR_METRICS"], "a") as file:
            file.write("extra=4 2\\n")
        client = MlflowClient()
        for step, value in [(2, 9.0), (1, 5.0)]:
            client.log_metric(run, "extra", value, step=step)
        with open(os.environ["ORCHESTRATOR_OUTPUT"], "a") as file:
            file.write(f"run={run}\\nexperiment={client.get_run(run).info.experiment_id}\\n")
            file.write(f"token={os.environ['MLFLOW_TRACKING_TOKEN']}\\n")
        if os.environ["ORCHESTRATOR_TRY_NUMBER"] == "1" and "twice" in sys.argv:
            client.log_param(run, "only_first", "1")
            sys.exit(5)
        """

    private func dag(_ arguments: String...) -> String {
        let command = JSONValue.array(
            ([Self.python, "train.py"] + arguments).map(JSONValue.string)
        ).text()
        return """
            {"dag_id": "leavers", "default_args": {"env": {"PYTHONWARNINGS": "ignore", "MLFLOW_DISABLE_TELEMETRY": "true"}},
             "tasks": [
              {"task_id": "fit", "type": "evaluate", "command": \(command), "retries": 1, "retry_delay": 0,
               "gate": [{"metric": "training_score", "min": 0.9}, {"metric": "extra", "equals": 4}]},
              {"task_id": "silent", "command": ["true"]}]}
            """
    }

    /// A script that knows nothing of us: its metrics pass the task's gate, and outlive the daemon.
    @Test func aScriptWithAutologNeedsNoChange() throws {
        try Installation.with { installation in
            try Files.write(Self.training, to: installation.dags + "/train.py")
            try installation.dag("leavers", dag("twice"))
            let daemon = try installation.start()
            let called = try installation.call("trigger", "leavers", "--wait", "--run-id", "one")
            let log = try installation.call("logs", "leavers", "one", "fit").output
            #expect(called.status == 0, "\(log)")
            daemon.kill()
            let next = try installation.start()
            let run = try next.run("leavers", "one")
            #expect(run.states == ["fit": "success", "silent": "success"])
            #expect(run.tries("fit") == 2)
            let fit = try #require(run.instance("fit"))
            let metrics = try #require(fit["metrics"]?.arrayValue)
            #expect(metrics.contains { $0["name"] == "training_roc_auc" }, "\(metrics)")
            #expect(metrics.first { $0["name"] == "extra" }?["value"] == 4)
            #expect(!metrics.contains { $0["name"] == "of_the_child" })
            #expect(fit["gate"]?["passed"] == true)
            let outputs = try next.get("/api/v1/dags/leavers/runs/one/tasks/fit")["outputs"]
            try check(outputs, next, token(installation))
        }
    }

    /// What the server knows of it.
    private func check(_ outputs: JSONValue?, _ daemon: Daemon, _ token: String) throws {
        let values = Dictionary(
            (outputs?.arrayValue ?? []).compactMap { output in
                output["name"]?.stringValue.map { ($0, output["value"] ?? .null) }
            }
        ) { _, last in last }
        let id = try #require(values["run"]?.stringValue ?? outputs?["run"]?.stringValue)
        let run = try daemon.get("/api/2.0/mlflow/runs/get?run_id=\(id)")["run"]
        #expect(run?["info"]?["status"] == "FINISHED")
        #expect(run?["info"]?["run_name"] == "fit")
        let params = run?["data"]?["params"]?.arrayValue ?? []
        #expect(params.contains { $0["key"] == "C" } && !params.contains { $0["key"] == "only_first" })
        let experiment = try #require(run?["info"]?["experiment_id"]?.stringValue)
        let named = try daemon.get("/api/2.0/mlflow/experiments/get?experiment_id=\(experiment)")
        #expect(named["experiment"]?["name"] == "leavers")
        // Both attempts had a child, and `silent` no run.
        let search: JSONValue = ["experiment_ids": [.string(experiment)]]
        let found = try daemon.installation.api.send("POST", "/api/2.0/mlflow/runs/search", search).json
        let rows = found["runs"]?.arrayValue ?? []
        #expect(rows.count == 3)
        let parents = rows.compactMap { row in
            row["data"]?["tags"]?.arrayValue?.first { $0["key"] == "mlflow.parentRunId" }?["value"]
        }
        #expect(parents == [.string(id), .string(id)])
    }

    private static let registering = """
        import os
        import mlflow, numpy
        from sklearn.linear_model import LogisticRegression

        mlflow.log_param("depth", 3)
        table = numpy.random.default_rng(1).normal(size=(60, 2))
        model = LogisticRegression().fit(table, table[:, 0] > 0)
        mlflow.sklearn.log_model(model, name="model", registered_model_name="theirs")
        with open(os.environ["ORCHESTRATOR_ARTIFACTS"] + "/m.txt", "w") as file:
            file.write("m")
        """

    /// Versions by a task and by the client: each knows its run, params and files.
    @Test func versionsKnowTheirRunsAndFiles() throws {
        try Installation.with { installation in
            try Files.write(Self.registering, to: installation.dags + "/register.py")
            try installation.dag(
                "both",
                #"""
                {"dag_id": "both", "tasks": [
                 {"task_id": "train", "type": "train", "model": "ours", "artifacts": ["m.txt"],
                  "command": ["\#(Self.python)", "register.py"]},
                 {"task_id": "look", "type": "evaluate", "depends_on": ["train"],
                  "model": {"name": "theirs", "version": "latest"},
                  "command": "grep -q flavors $ORCHESTRATOR_MODEL_PATH/MLmodel"}]}
                """#)
            let daemon = try installation.start()
            let called = try installation.call("trigger", "both", "--wait", "--run-id", "one")
            let log = try installation.call("logs", "both", "one", "train").output
            #expect(called.status == 0, "\(log)")
            let ours = try daemon.get("/api/v1/models/ours/versions/1")
            #expect(ours["logged_params"] == ["depth": "3"])
            let run = try #require(ours["tracking_run_id"]?.stringValue)
            let tracked = try daemon.get("/api/2.0/mlflow/runs/get?run_id=\(run)")["run"]
            #expect(tracked?["info"]?["run_name"] == "train")
            let theirs = try daemon.get("/api/v1/models/theirs/versions/1")
            #expect(theirs["tracking_run_id"] == ours["tracking_run_id"] && theirs["artifact"] == .null)
            #expect(ours["mlflow_version"] == nil)
        }
    }

    /// The script's own experiment wins; and the token of a task is for MLflow's routes, as long as the task runs.
    @Test func aTaskMayChooseItsExperimentAndNothingElse() throws {
        try Installation.with { installation in
            try Files.write(Self.training, to: installation.dags + "/train.py")
            try installation.dag("leavers", dag("chosen"))
            try installation.dag(
                "probe",
                #"""
                {"dag_id": "probe", "tasks": [{"task_id": "t", "command":
                "ask() { curl -s -o /dev/null -w '%{http_code} ' -H \"Authorization: Bearer $1\" $MLFLOW_TRACKING_URI$2; }; ask $MLFLOW_TRACKING_TOKEN /api/v1/status; ask $MLFLOW_TRACKING_TOKEN /api/2.0/mlflow/experiments/search; ask x$MLFLOW_TRACKING_TOKEN /api/2.0/mlflow/experiments/search; echo token=$MLFLOW_TRACKING_TOKEN uri=$MLFLOW_TRACKING_URI"}]}
                """#)
            let daemon = try installation.start()
            #expect(try installation.call("trigger", "leavers", "--wait", "--run-id", "one").status == 0)
            let found = try daemon.get("/api/2.0/mlflow/experiments/get-by-name?experiment_name=chosen")
            let id = try #require(found["experiment"]?["experiment_id"])
            let search: JSONValue = ["experiment_ids": [id]]
            let rows = try installation.api.send("POST", "/api/2.0/mlflow/runs/search", search).json
            #expect(rows["runs"]?.arrayValue?.count == 2)
            #expect(try installation.call("trigger", "probe", "--wait", "--run-id", "one").status == 0)
            let log = try installation.call("logs", "probe", "one", "t").output
            #expect(log.contains("401 200 401 "), "\(log)")
            let words = log.split(whereSeparator: \.isWhitespace)
            let token = try #require(words.first { $0.hasPrefix("token=") }).dropFirst(6)
            let after = try ChildProcess(
                "/usr/bin/curl",
                [
                    "-s", "-o", installation.path("answer"), "-H", "Authorization: Bearer \(token)",
                    daemon.url + "/api/2.0/mlflow/experiments/search",
                ], environment: ["PATH": "/usr/bin:/bin"], folder: "/")
            #expect(try after.wait(seconds: 30) == .exited(0))
            #expect(Files.text(installation.path("answer")).contains("UNAUTHENTICATED"))
        }
    }
}
