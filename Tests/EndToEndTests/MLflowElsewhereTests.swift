import Glibc
import JSONText
import Testing

/// A real MLflow server of the person's own (`tracking.url`): runs, metrics and the registry go there.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct MLflowElsewhereTests {
    /// A training that logs with MLflow and knows nothing of us, but for the file that it leaves.
    private static let training = """
        import os, sys
        import mlflow

        mlflow.log_param("depth", 3)
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metric("loss", 0.25, step=2)
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_metric("of_the_child", 3)
        if "sklearn" in sys.argv:
            import numpy
            from sklearn.linear_model import LogisticRegression
            table = numpy.random.default_rng(1).normal(size=(60, 2))
            mlflow.sklearn.log_model(LogisticRegression().fit(table, table[:, 0] > 0), name="model")
        with open(os.environ["ORCHESTRATOR_ARTIFACTS"] + "/model.txt", "w") as file:
            file.write("the model of " + os.environ["ORCHESTRATOR_RUN_ID"])
        """

    private static let judging = """
        import os
        import mlflow

        assert open(os.environ["ORCHESTRATOR_MODEL_PATH"]).read().startswith("the model of")
        mlflow.log_metrics({"auc": 0.9, "extra": 1})
        with open(os.environ["ORCHESTRATOR_METRICS"], "a") as file:
            file.write("extra=2\\nauc[senior:yes]=0.8\\n")
        """

    private static func dag(_ arguments: [String] = [], after: String = "") -> String {
        let command = { (script: String) in
            JSONValue.array(([MLflowServer.python, script] + arguments).map(JSONValue.string)).text()
        }
        return #"""
            {"dag_id": "leavers", "max_active_runs": 4,
             "default_args": {"env": {"PYTHONWARNINGS": "ignore", "MLFLOW_DISABLE_TELEMETRY": "true"}},
             "tasks": [
              {"task_id": "quiet", "command": "echo id=$MLFLOW_RUN_ID token=$MLFLOW_TRACKING_TOKEN"},
              {"task_id": "train", "type": "train", "model": "churn", "artifacts": ["model.txt"],
               "command": \#(command("train.py")), "gate": [{"metric": "loss", "max": 0.3}]},
              {"task_id": "evaluate", "type": "evaluate", "depends_on": ["train"],
               "model": {"name": "churn", "alias": "champion"}, "command": \#(command("judge.py")),
               "gate": [{"metric": "auc", "min": 0.8}, {"metric": "extra", "equals": 2}]}\#(after)]}
            """#
    }

    private func prepare(_ installation: Installation, _ dag: String) throws {
        try Files.write(Self.training, to: installation.dags + "/train.py")
        try Files.write(Self.judging, to: installation.dags + "/judge.py")
        try installation.dag("leavers", dag)
    }

    /// Waits until the server has been told everything.
    private func waitUntilTold(_ daemon: Daemon) throws {
        try daemon.installation.waiting.until("everything to be told") {
            try daemon.get("/api/v1/status")["tracking"]?["undelivered"] == 0 ? true : nil
        }
    }

    private func run(_ name: String, in view: JSONValue) throws -> JSONValue {
        try #require(view["runs"]?.arrayValue?.first { $0["name"]?.stringValue == name }, "\(view)")
    }

    @Test func runsMetricsAndTheRegistryAreThere() throws {
        try Installation.with { installation in
            let server = try MLflowServer(installation)
            installation.environment["ORCHESTRATOR_TRACKING_URL"] = server.url
            try prepare(installation, Self.dag(["sklearn"]))
            try installation.dag(
                "own",
                #"""
                {"dag_id": "own", "tasks": [{"task_id": "train", "type": "train", "model": "churn",
                 "artifacts": ["m.txt"], "command": ["\#(MLflowServer.python)", "-c", \#(Self.registering)]}]}
                """#)
            let daemon = try installation.start()
            let called = try installation.call("trigger", "leavers", "--wait", "--run-id", "one")
            let log = try installation.call("logs", "leavers", "one", "train").output
            #expect(called.status == 0, "\(called.errors) \(log)")
            try waitUntilTold(daemon)
            let view = try server.view("churn", "leavers", "load")
            #expect(view["loaded"] == "LogisticRegression")
            #expect(view["aliases"] == ["champion": 1])
            let version = try #require(view["versions"]?.arrayValue?.first)
            let train = try run("train", in: view)
            #expect(version["run_id"] == train["id"])
            let ours = try daemon.get("/api/v1/models/churn/versions/1")
            #expect(version["tags"]?["orchestrator.sha256"] == ours["artifact"]?["sha256"])
            #expect(version["tags"]?["orchestrator.version"] == "1")
            #expect(version["tags"]?["orchestrator.dag_version"] == ours["dag_version"])
            #expect(ours["mlflow_version"] == "1" && ours["tracking_run_id"] == train["id"])
            #expect(ours["logged_params"] == ["depth": "3"] && ours["metrics"]?["auc"]?.doubleValue == 0.9)
            #expect(train["status"] == "FINISHED" && train["params"] == ["depth": "3"])
            #expect(train["metrics"]?["loss"]?.doubleValue == 0.25)
            let child = try run("child", in: view)
            #expect(child["tags"]?["mlflow.parentRunId"] == train["id"])
            // The file is logged as well, and wins.
            let judged = try run("evaluate", in: view)
            #expect(judged["metrics"]?["extra"]?.doubleValue == 2)
            #expect(judged["metrics"]?["auc/senior:yes"]?.doubleValue == 0.8)
            // A task that does not use MLflow leaves nothing there.
            #expect(view["runs"]?.arrayValue?.count == 3, "\(view)")
            #expect(try installation.call("logs", "leavers", "one", "quiet").output.contains("id="))
            try changes(installation, daemon, server)
        }
    }

    /// Aliases, tags and names that people change afterwards.
    private func changes(_ installation: Installation, _ daemon: Daemon, _ server: MLflowServer) throws {
        #expect(try installation.call("trigger", "leavers", "--wait").status == 0)
        #expect(try installation.call("models", "promote", "churn@1", "--alias", "old").status == 0)
        try waitUntilTold(daemon)
        #expect(try server.view("churn", "leavers")["aliases"] == ["champion": 2, "old": 1])
        #expect(try installation.call("models", "rollback", "churn").status == 0)
        let answer = try installation.api.send("DELETE", "/api/v1/models/churn/aliases/old")
        #expect(answer.status == 200 || answer.status == 204)
        try waitUntilTold(daemon)
        #expect(try server.view("churn", "leavers")["aliases"] == ["champion": 1])
        let called = try installation.call("trigger", "own", "--wait", "--run-id", "one")
        let log = try installation.call("logs", "own", "one", "train").output
        #expect(called.status == 0, "\(called.errors) \(log)")
        try waitUntilTold(daemon)
        let versions = try server.view("churn", "own")["versions"]?.arrayValue ?? []
        #expect(versions.map { $0["tags"]?["orchestrator.version"] } == ["1", "2", "3"])
        #expect(versions.last?["source"]?.stringValue?.hasPrefix("models:/") == true)
        let shown = try installation.call("status").output
        #expect(shown.contains("\(server.url) has been told everything"), "\(shown)")
    }

    /// A script that registers its model itself: that version is ours, and no second one is made.
    private static let registering = JSONValue.string(
        """
        import mlflow, numpy, os
        from sklearn.linear_model import LogisticRegression
        table = numpy.random.default_rng(1).normal(size=(60, 2))
        model = LogisticRegression().fit(table, table[:, 0] > 0)
        with mlflow.start_run():
            mlflow.sklearn.log_model(model, name="model", registered_model_name="churn")
        open(os.environ["ORCHESTRATOR_ARTIFACTS"] + "/m.txt", "w").close()
        """
    ).text()

    /// The server is away while everything happens, and the daemon is shot before it comes back.
    @Test func whatASilentServerMissedIsToldLaterAndOnce() throws {
        try Installation.with { installation in
            let server = try MLflowServer(installation)
            server.stop()
            installation.environment["ORCHESTRATOR_TRACKING_URL"] = server.url
            try installation.dag(
                "plain",
                #"""
                {"dag_id": "plain", "tasks": [
                 {"task_id": "train", "type": "train", "model": {"name": "churn", "alias": "champion"},
                  "artifacts": ["m.txt"], "gate": [{"metric": "auc", "min": 0.5}],
                  "command": "echo m > $ORCHESTRATOR_ARTIFACTS/m.txt; echo auc=0.7 >> $ORCHESTRATOR_METRICS"}]}
                """#)
            let daemon = try installation.start()
            #expect(try installation.call("trigger", "plain", "--wait", "--run-id", "one").status == 0)
            let log = try installation.call("logs", "plain", "one", "train").output
            #expect(log.contains("the task has no run on the MLflow server"), "\(log)")
            let status = try installation.call("status").output
            #expect(status.contains("steps not delivered yet"), "\(status)")
            #expect(try installation.call("doctor").output.contains("steps not delivered yet"))
            daemon.kill()
            try server.start()
            let next = try installation.start()
            try waitUntilTold(next)
            let view = try server.view("churn", "plain")
            #expect(view["versions"]?.arrayValue?.count == 1 && view["aliases"] == ["champion": 1])
            let version = try #require(view["versions"]?.arrayValue?.first)
            let artifact = try next.get("/api/v1/models/churn/versions/1")["artifact"]
            #expect(version["files"]?["m.txt"] == artifact?["sha256"], "\(version)")
            #expect(view["runs"]?.arrayValue?.count == 1)
            let run = try run("train", in: view)
            #expect(run["metrics"]?["auc"]?.doubleValue == 0.7 && run["status"] == "FINISHED")
            #expect(version["run_id"] == run["id"])
            #expect(try next.stop() == .exited(0))
            try shootBetweenCommitAndDelivery(installation, server)
        }
    }

    /// The same with a server that is there.
    private func shootBetweenCommitAndDelivery(_ installation: Installation, _ server: MLflowServer) throws {
        let shot = try installation.start(
            environment: ["ORCHESTRATOR_FAILPOINT": "after_end_commit_before_forget"])
        _ = try shot.trigger("plain")
        #expect(try shot.waitForEnd() == .signalled(SIGKILL))
        #expect(try installation.call("status").output.contains("steps not delivered yet"))
        let last = try installation.start()
        try waitUntilTold(last)
        let view = try server.view("churn", "plain")
        #expect(view["versions"]?.arrayValue?.count == 2 && view["aliases"] == ["champion": 2])
        #expect(view["runs"]?.arrayValue?.map { $0["status"] } == ["FINISHED", "FINISHED"])
    }

    /// A gate that needs what was logged there waits for the server, and does not judge without it.
    @Test func aGateWaitsForTheServerAndSaysWhatItCannotKnow() throws {
        try Installation.with { installation in
            let server = try MLflowServer(installation)
            installation.environment["ORCHESTRATOR_TRACKING_URL"] = server.url
            try Files.write(
                """
                import os, sys
                import mlflow
                mlflow.log_metric("auc", 0.9)
                run = mlflow.active_run().info.run_id
                mlflow.end_run()
                if "delete" in sys.argv:
                    mlflow.delete_run(run)
                else:
                    with open(sys.argv[1], "w") as told:
                        told.write("logged\\n")
                    with open(sys.argv[2]) as go:
                        go.readline()
                """, to: installation.dags + "/log.py")
            let task = { (name: String, arguments: String) in
                #"""
                {"task_id": "\#(name)", "command": "\#(MLflowServer.python) log.py \#(arguments)",
                 "type": "evaluate", "gate": [{"metric": "auc", "min": 0.5}],
                 "env": {"MLFLOW_DISABLE_TELEMETRY": "true"}}
                """#
            }
            let (told, go) = (try installation.fifo("told"), try installation.fifo("go"))
            try installation.dag(
                "waits", #"{"dag_id": "waits", "tasks": [\#(task("t", "\(told.path) \(go.path)"))]}"#)
            try installation.dag("deletes", #"{"dag_id": "deletes", "tasks": [\#(task("t", "delete"))]}"#)
            let daemon = try installation.start()
            #expect(try installation.call("trigger", "deletes", "--wait", "--run-id", "one").status == 1)
            let why = try installation.call("why", "deletes", "one", "t").output
            #expect(why.contains("the MLflow server cannot be asked what was logged there"), "\(why)")
            let failed = try daemon.task("deletes", "one", "t")
            #expect(failed.text().contains("infrastructure"), "\(failed)")
            let run = try daemon.trigger("waits")
            #expect(try told.line() == "logged")
            server.stop()
            go.release()
            try server.start()
            #expect(try daemon.waitForRun("waits", run).state == "success")
            let metrics = try daemon.run("waits", run).instance("t")?["metrics"]?.arrayValue
            #expect(metrics?.contains { $0["name"] == "auc" && $0["value"]?.doubleValue == 0.9 } == true)
        }
    }

    /// TLS with a certificate of one's own, and a token that comes from a connection and is shown nowhere.
    @Test func aServerBehindTLSAndATokenIsReached() throws {
        try Installation.with { installation in
            let folder = installation.path("tls")
            try Certificate.make(in: folder)
            let secret = "s3cret-of-the-server"
            let server = try MLflowServer(
                installation, security: [folder + "/cert.pem", folder + "/key.pem", secret])
            installation.environment["ORCHESTRATOR_TRACKING_URL"] = server.url
            installation.environment["ORCHESTRATOR_TRACKING_CA_FILE"] = folder + "/cert.pem"
            installation.environment["ORCHESTRATOR_TRACKING_CONNECTION"] = "mlflow"
            try prepare(installation, Self.dag())
            let daemon = try installation.start()
            let file = installation.path("connection.json")
            try Files.write(#"{"conn_type": "http", "password": "\#(secret)"}"#, to: file)
            #expect(try installation.call("connections", "set", "mlflow", "--file", file).status == 0)
            let called = try installation.call("trigger", "leavers", "--wait", "--run-id", "one")
            let trained = try installation.call("logs", "leavers", "one", "train").output
            #expect(called.status == 0, "\(trained)")
            try waitUntilTold(daemon)
            #expect(try server.view("churn", "leavers")["aliases"] == ["champion": 1])
            let log = try installation.call("logs", "leavers", "one", "quiet").output
            #expect(log.contains("token=***") && !log.contains(secret), "\(log)")
            #expect(!daemon.report.contains(secret))
            let both = try installation.call(
                "status", environment: ["ORCHESTRATOR_TRACKING_TOKEN": "x"])
            #expect(both.status == 0)
            let second = try installation.call("start", "--port", "0")
            #expect(second.status != 0 && !second.errors.contains("Fatal"), "\(second.errors)")
            daemon.kill()
            #expect(
                try installation.call("status", environment: ["ORCHESTRATOR_TRACKING_TOKEN": "x"]).status
                    == 78)
        }
    }
}
