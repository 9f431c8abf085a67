import JSONText
import Testing

/// `container` tasks in real containers, the whole way.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ContainerEngineTests {
    /// Exit codes, outputs, artifacts, outlets and params go in and out as they do without a container.
    @Test func aContainerIsATaskLikeOthers() throws {
        let engine = try ContainerEngine()
        defer { engine.stop() }
        let hostile = "it's \"$(echo gone)\"; exit 3 #\n`x` $HOME"
        try Installation.with { installation in
            let file = try installation.dag(
                "box",
                #"""
                {"dag_id": "box", "params": {"who": ""}, "env": {\#(engine.environmentJSON)}, "tasks": [
                 {"task_id": "make", "artifacts": ["note.txt"], "outlets": [{"alias": "told"}],
                  "container": {"image": "\#(ContainerEngine.image)", "args": ["{{ params.who }}"],
                   "command": "echo \"count=$#\" >> \"$ORCHESTRATOR_OUTPUT\"; echo seen >> \"$ORCHESTRATOR_ARTIFACTS/note.txt\"; echo 'rows=7' >> \"$ORCHESTRATOR_METRICS\"; echo '{\"alias\": \"told\", \"asset\": \"s3://boxed\"}' >> \"$ORCHESTRATOR_OUTLETS\"; printf '%s' \"$1\"; test \"$1\" = \"$ORCHESTRATOR_PARAM_WHO\" && ! cat /etc/passwd"}},
                 {"task_id": "read", "depends_on": ["make"],
                  "container": {"image": "\#(ContainerEngine.image)", "command": "cat \"$ORCHESTRATOR_INPUTS\""}},
                 {"task_id": "code", "depends_on": ["make"],
                  "container": {"image": "\#(ContainerEngine.image)", "command": "exit 7"}}]}
                """#)
            let result = try installation.call("run", file, "--param", "who=" + hostile, "--output", "json")
            let run = RunView(json: try result.json())
            #expect(result.status == 1)
            #expect(run.states == ["make": "success", "read": "success", "code": "failed"])
            #expect(try installation.call("logs", "box", "latest", "make").output.contains(hostile))
            let inputs = try installation.call("logs", "box", "latest", "read").output
            #expect(inputs.contains(#""count":1"#) && inputs.contains(#""note.txt":"/"#))
            #expect(try installation.call("why", "box", "latest", "code").output.contains("7"))
            let told = try installation.call("assets", "events", "s3://boxed", "--output", "json").json()
            #expect(told[0]?["aliases"] == ["told"])
            #expect(try engine.containers().isEmpty)
        }
    }

    /// A time limit ends what runs in the container, and leaves no container behind.
    @Test func aTimeoutEndsTheContainer() throws {
        let engine = try ContainerEngine()
        defer { engine.stop() }
        try Installation.with { installation in
            let file = try installation.dag(
                "slow",
                #"""
                {"dag_id": "slow", "env": {\#(engine.environmentJSON)}, "tasks": [
                 {"task_id": "t", "execution_timeout": "6s", "termination_grace": "60s",
                  "container": {"image": "\#(ContainerEngine.image)", "command": "echo begun; sleep 1000"}}]}
                """#)
            #expect(try installation.run(file).status == 1)
            #expect(try installation.call("logs", "slow", "latest", "t").output.contains("begun"))
            #expect(try installation.call("why", "slow", "latest", "t").output.contains("time"))
            #expect(try engine.containers().isEmpty)
        }
    }
}
