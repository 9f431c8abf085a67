import JSONText

/// A DAG that makes a version of `churn` out of the param `text` and ships it to a real service, which answers 200 when its
/// file begins with `good`.
struct DeployScene {
    let installation: Installation
    let service: TestServer

    init(_ installation: Installation) throws {
        self.installation = installation
        service = try TestServer("model_service", installation)
    }

    /// Calls of the command are lines of a file: phase, step, percent, version. With the param `hold` as `PHASE STEP` the
    /// command says at that call that it is there, and waits.
    ///
    /// - Parameters:
    ///   - deploy: further keys of `deploy`.
    ///   - more: further keys of the task.
    ///   - health: a command; a request to the service if absent.
    @discardableResult
    func write(
        deploy: String = "", more: String = "", after: String = "", health: String? = nil, activeRuns: Int = 4
    ) throws
        -> String
    {
        let look = health.map { #""command": "\#($0)""# } ?? #""http": "http://127.0.0.1:\#(service.port)/""#
        return try installation.dag(
            "ship",
            #"""
            {"dag_id": "ship", "params": {"text": "good 1", "hold": ""}, "max_active_runs": \#(activeRuns), "tasks": [
              {"task_id": "train", "type": "train", "model": "churn", "artifacts": ["model.txt"],
               "command": "echo \"$ORCHESTRATOR_PARAM_TEXT\" > $ORCHESTRATOR_ARTIFACTS/model.txt"},
              {"task_id": "deploy", "type": "deploy", "depends_on": ["train"], "model": "churn", \#(more)
               "env": {"SERVICE": "\#(service.folder)"},
               "command": "echo $ORCHESTRATOR_DEPLOY_PHASE $ORCHESTRATOR_DEPLOY_STEP $ORCHESTRATOR_DEPLOY_PERCENT $ORCHESTRATOR_MODEL_VERSION >> $SERVICE/calls; \#(Self.hold) cp $ORCHESTRATOR_MODEL_PATH $SERVICE/next; mv -f $SERVICE/next $SERVICE/current; \#(after)",
               "deploy": {"health": {\#(look), "retries": 2, "interval": "50ms"} \#(deploy)}}]}
            """#)
    }

    /// For a command of the DAG: waits where the run's param says.
    static let hold =
        #"test \"$ORCHESTRATOR_PARAM_HOLD\" != \"$ORCHESTRATOR_DEPLOY_PHASE $ORCHESTRATOR_DEPLOY_STEP\" || { echo x > here; read line < go; };"#

    var calls: [String] { Files.lines(service.folder + "/calls") }
    var current: String { Files.text(service.folder + "/current") }

    func champion() throws -> JSONValue? {
        try installation.call("models", "show", "churn", "--output", "json").json()["aliases"]?["champion"]
    }

    /// The newest first.
    func deployments() throws -> [JSONValue] {
        try installation.call("models", "deployments", "churn", "--output", "json").json().arrayValue ?? []
    }

    func states() throws -> [String] { try deployments().compactMap { $0["state"]?.stringValue } }

    func why(_ run: String = "latest") throws -> String {
        try installation.call("why", "ship", run, "deploy").output
    }
}
