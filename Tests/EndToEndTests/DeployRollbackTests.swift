import Glibc
import JSONText
import Testing

/// `models rollback` of what a task brought into service.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DeployRollbackTests {
    private func aliasKinds(_ installation: Installation) throws -> [String] {
        let history = try installation.call("models", "history", "churn", "--output", "json").json()
        return history.arrayValue?.compactMap { $0["kind"]?.stringValue } ?? []
    }

    /// The command runs with the version before, whatever else the DAG has to do: nothing of it runs, and it waits for no run.
    @Test func theVersionBeforeIsDeployedAgain() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write(
                deploy: #", "strategy": "canary", "steps": [10, {"percent": 100, "wait": "1ms"}]"#,
                more: #""termination_grace": "2m", "gate": [{"metric": "errors", "max": 0.5}],"#,
                after: "test -e quiet || echo errors=0.1 >> $ORCHESTRATOR_METRICS", activeRuns: 1)
            let here = try installation.fifo("dags/here")
            let go = try installation.fifo("dags/go")
            let daemon = try installation.start()
            for text in ["good 1", "good 2", "good 3"] {
                let run = try daemon.trigger("ship", ["conf": ["text": .string(text)]])
                #expect(try daemon.waitForRun("ship", run).state == "success")
            }
            // The gate asks of a new version whether it is good enough, not of one that goes back.
            try Files.write("", to: installation.path("dags/quiet"))
            let back = try installation.call("models", "rollback", "churn", "--reason", "slow")
            #expect(back.status == 0 && back.output == "churn@2\n", "\(back.errors)")
            #expect(back.errors.contains("ship.deploy brings churn@2 into service again"), "\(back.errors)")
            #expect(try scene.champion() == 2 && scene.current == "good 2\n")
            #expect(scene.calls.last == "deploy 1 100 2")
            #expect(try scene.states() == ["healthy", "replaced", "replaced", "replaced"])
            let row = try #require(try scene.deployments().first)
            #expect(row["version"] == 2 && row["previous_version"] == 3)
            let run = try #require(row["run_id"]?.stringValue)
            let view = try daemon.run("ship", run)
            #expect(
                view.state("train") == "skipped" && view.json["note"] == "rolls churn back to version 2: slow"
            )
            #expect(try aliasKinds(installation) == ["rollback", "set", "set", "set"])

            // A run that holds the DAG's only place is not waited for; one that deploys is told.
            let slow = try daemon.trigger("ship", ["conf": ["text": "good 4", "hold": "deploy 1"]])
            _ = try here.line()
            let refused = try installation.call("models", "rollback", "churn")
            #expect(refused.status == 1 && refused.errors.contains("is under way: ship \(slow) deploy"))
            #expect(try installation.call("runs", "cancel", "ship", slow).status == 0)
            #expect(try daemon.waitForRun("ship", slow).state == "cancelled")
            go.release()
            // Further back.
            #expect(try installation.call("models", "rollback", "churn").output == "churn@1\n")
            #expect(try installation.call("models", "rollback", "churn").status == 65)
            #expect(try scene.champion() == 1 && scene.current == "good 1\n")
            #expect(
                try scene.why().contains("It brought churn@1 (canary) into service: healthy after 1 step."))
        }
    }

    /// What goes back and does not work gives way to what was there.
    @Test func aVersionBeforeThatDoesNotWorkAnyMore() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write(
                health:
                    #"grep -q good $SERVICE/current && test ! -e $SERVICE/broken$ORCHESTRATOR_MODEL_VERSION"#)
            for text in ["good 1", "good 2"] {
                #expect(try installation.run(file, "--param", "text=\(text)").status == 0)
            }
            try Files.write("", to: scene.service.folder + "/broken1")
            // Without a daemon the command does it itself.
            let back = try installation.call("models", "rollback", "churn")
            #expect(back.status == 1 && back.output.isEmpty)
            #expect(back.errors.contains("; rolled back to version 2"), "\(back.errors)")
            #expect(try scene.champion() == 2 && scene.current == "good 2\n")
            #expect(try scene.states() == ["rolled_back", "healthy", "replaced"])
            // The file of the DAG is gone: what deployed it is known all the same.
            #expect(unlink(file) == 0)
            #expect(unlink(scene.service.folder + "/broken1") == 0)
            #expect(try installation.call("models", "rollback", "churn").output == "churn@1\n")
            #expect(try scene.champion() == 1)
        }
    }

    @Test func whatNoTaskDeployedMovesTheAliasOnly() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write()
            for text in ["good 1", "good 2"] {
                #expect(try installation.run(file, "--param", "text=\(text)").status == 0)
            }
            let only = try installation.call("models", "rollback", "churn", "--alias-only")
            #expect(only.status == 0 && only.output == "churn@1\n" && scene.calls.count == 2)
            #expect(try scene.states() == ["replaced", "replaced"])
            #expect(try installation.call("models", "promote", "churn", "2").status == 0)
            let back = try installation.call("models", "rollback", "churn")
            #expect(back.output == "churn@1\n" && scene.calls.count == 2)
            #expect(back.errors.contains("only the alias moves"), "\(back.errors)")
        }
    }

    /// Shot while the version before comes back: the process goes on, and task, alias and record agree.
    @Test(arguments: [true, false]) func shotWhileItGoesBack(_ isAlone: Bool) throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write(
                after:
                    "test ! -e back || test $ORCHESTRATOR_MODEL_VERSION != 1 || { echo x > here; read line < go; }"
            )
            let here = try installation.fifo("dags/here")
            let go = try installation.fifo("dags/go")
            let first = try installation.start()
            for text in ["good 1", "good 2"] {
                let run = try first.trigger("ship", ["conf": ["text": .string(text)]])
                #expect(try first.waitForRun("ship", run).state == "success")
            }
            try Files.write("", to: installation.path("dags/back"))
            let answer = try installation.api.send(
                "POST", "/api/v1/models/churn/aliases/champion/rollback", [:])
            #expect(answer.status == 201 && answer.json["to"] == 1 && answer.json["deploys"] == true)
            let run = try #require(answer.json["run_id"]?.stringValue)
            _ = try here.line()
            first.kill()
            if isAlone { go.release() }
            let second = try installation.start()
            if !isAlone { go.release() }
            let end = try second.waitForRun("ship", run)
            #expect(end.state == "success" && end.state("train") == "skipped")
            #expect(try scene.champion() == 1)
            #expect(try scene.states() == ["healthy", "replaced", "replaced"])
            #expect(try aliasKinds(installation) == ["rollback", "set", "set"])
        }
    }

    /// run -> model -> deployment, from both ends, and in the picture.
    @Test func lineageShowsDeployments() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write()
            #expect(try installation.run(file).status == 0)
            #expect(try installation.run(file, "--param", "text=bad 2").status == 1)
            let picture = installation.path("lineage.svg")
            let down = try installation.call(
                "lineage", "churn@1", "--downstream", "--output", "json", "--svg", picture
            ).json()
            let nodes = down["nodes"]?.arrayValue ?? []
            let node = try #require(nodes.first { $0["kind"] == "deployment" })
            #expect(node["title"] == "deployment of churn@1")
            let id = try #require(node["id"])
            #expect(
                down["edges"]?.arrayValue?.contains { $0["from"] == "model:churn@1" && $0["to"] == id }
                    == true)
            #expect(Files.text(picture).contains("DEPLOYMENT"))
            let run = try installation.call("lineage", "run", "ship", "latest").output
            #expect(run.contains("deployment of churn@2") && run.contains("state=rolled_back"), "\(run)")
        }
    }
}
