import Glibc
import JSONText
import Testing

/// Versions that come into service and go again, in a real service that answers over HTTP.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DeployTests {
    @Test func aVersionThatDoesNotWorkGivesWayToTheOneBefore() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write()
            // Nothing was in service yet: there is nothing to go back to.
            #expect(try installation.run(file, "--param", "text=bad 1").status == 1)
            #expect(try scene.why().contains("nothing was in service before, so nothing was put back"))
            #expect(try installation.run(file, "--param", "text=good 2").status == 0)
            #expect(try scene.champion() == 2)
            #expect(try installation.run(file, "--param", "text=bad 3").status == 1)
            #expect(try scene.champion() == 2)
            #expect(scene.current == "good 2\n")
            let why = try scene.why()
            #expect(
                why.contains("step 1 of 1 (100 %): not healthy after 3 looks: the request to http://"),
                "\(why)")
            #expect(why.contains("; rolled back to version 2."), "\(why)")
            let log = try installation.call("logs", "ship", "latest", "deploy").output
            #expect(log.contains("503") && log.contains("rolled back to version 2"), "\(log)")
            #expect(try installation.run(file, "--param", "text=good 4").status == 0)
            #expect(try scene.champion() == 4)
            let rows = try scene.deployments()
            #expect(
                rows.compactMap { $0["state"]?.stringValue } == [
                    "healthy", "rolled_back", "replaced", "failed",
                ])
            #expect(rows.compactMap { $0["version"]?.intValue } == [4, 3, 2, 1])
            #expect(rows[1]["previous_version"] == 2 && rows[1]["task_id"] == "deploy")
            #expect(
                scene.calls == [
                    "deploy 1 100 1", "deploy 1 100 2", "deploy 1 100 3", "rollback 1 100 2",
                    "deploy 1 100 4",
                ])
            let history = try installation.call("models", "history", "churn", "--output", "json").json()
            #expect(history.arrayValue?.first?["reason"] == "deployed: healthy after 1 step")
            // The record follows the alias, whoever moves it.
            #expect(try installation.call("models", "promote", "churn", "1").status == 0)
            #expect(try scene.states().first == "replaced")
        }
    }

    /// The new version starts beside the old one; it is switched to only when it works.
    @Test func blueAndGreen() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write(
                deploy:
                    #", "strategy": "blue_green", "rollback": ["/bin/sh", "-c", "echo undone $ORCHESTRATOR_DEPLOY_FAILED_VERSION $ORCHESTRATOR_MODEL_VERSION $ORCHESTRATOR_DEPLOY_STEPS >> $SERVICE/calls; rm -f $SERVICE/current; test -z \"$ORCHESTRATOR_MODEL_PATH\" || cp $ORCHESTRATOR_MODEL_PATH $SERVICE/current"]"#
            )
            #expect(try installation.run(file).status == 0)
            #expect(try installation.run(file, "--param", "text=bad 2").status == 1)
            #expect(try scene.champion() == 1)
            #expect(
                scene.calls == ["deploy 1 0 1", "deploy 2 100 1", "deploy 1 0 2", "undone 2 1 2"])
            #expect(try scene.states() == ["rolled_back", "healthy"])
            #expect(try scene.deployments().allSatisfy { $0["strategy"] == "blue_green" })
        }
    }

    /// The command says where the new version is to be asked: beside the old one, which nobody touches while it is not healthy.
    @Test func theAddressOfTheNewVersion() throws {
        try Installation.with { installation in
            let serving = try TestServer("model_service", installation, "public")
            let beside = try TestServer("model_service", installation, "private")
            let file = try installation.dag(
                "ship",
                #"""
                {"dag_id": "ship", "params": {"text": "good 1", "says": true}, "tasks": [
                  {"task_id": "train", "type": "train", "model": "churn", "artifacts": ["model.txt"],
                   "command": "echo \"$ORCHESTRATOR_PARAM_TEXT\" > $ORCHESTRATOR_ARTIFACTS/model.txt"},
                  {"task_id": "deploy", "type": "deploy", "depends_on": ["train"], "model": "churn",
                   "command": "if [ $ORCHESTRATOR_DEPLOY_PERCENT = 0 ]; then to=\#(beside.folder) port=\#(beside.port); else to=\#(serving.folder) port=\#(serving.port); fi; cp $ORCHESTRATOR_MODEL_PATH $to/new; mv -f $to/new $to/current; ! $ORCHESTRATOR_PARAM_SAYS || echo health_url=http://127.0.0.1:$port/ >> $ORCHESTRATOR_OUTPUT",
                   "deploy": {"strategy": "blue_green", "health": {"http": {"output": "health_url"}, "retries": 1, "interval": 0}}}]}
                """#)
            #expect(try installation.run(file).status == 0)
            #expect(try installation.run(file, "--param", "text=bad 2").status == 1)
            let why = try installation.call("why", "ship", "latest", "deploy").output
            #expect(
                why.contains(
                    "step 1 of 2 (0 %): not healthy after 2 looks: the request to http://127.0.0.1:\(beside.port)/"
                ),
                "\(why)")
            #expect(Files.text(beside.folder + "/current") == "bad 2\n")
            #expect(Files.text(serving.folder + "/current") == "good 1\n")
            #expect(try installation.run(file, "--param", "text=good 3", "--param", "says=false").status == 1)
            let silent = try installation.call("why", "ship", "latest", "deploy").output
            #expect(silent.contains("the command wrote no output `health_url` with the URL"), "\(silent)")
            #expect(try installation.run(file, "--param", "text=good 4").status == 0)
            #expect(Files.text(serving.folder + "/current") == "good 4\n")
        }
    }

    /// The gate is looked at after each step; the first one that does not hold ends the canary.
    @Test func aCanaryStopsAtItsGate() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let strategy = #", "strategy": "canary", "steps": [5, {"percent": 50, "wait": "10ms"}, 100]"#
            let gate = #""gate": [{"metric": "errors", "max": 0.5}],"#
            let file = try scene.write(
                deploy: strategy, more: gate, after: "echo errors=0.1 >> $ORCHESTRATOR_METRICS")
            #expect(try installation.run(file).status == 0)
            #expect(scene.calls == ["deploy 1 5 1", "deploy 2 50 1", "deploy 3 100 1"])
            try scene.write(
                deploy: strategy, more: gate,
                after:
                    "test $ORCHESTRATOR_DEPLOY_PERCENT = 50 && errors=0.9 || errors=0.1; echo errors=$errors >> $ORCHESTRATOR_METRICS"
            )
            #expect(try installation.run(file, "--param", "text=good 2").status == 1)
            let why = try scene.why()
            #expect(
                why.contains("step 2 of 3 (50 %): the gate does not hold: errors 0.9 > 0.5; rolled back"),
                "\(why)")
            #expect(try scene.champion() == 1)
            #expect(scene.calls.suffix(3) == ["deploy 1 5 2", "deploy 2 50 2", "rollback 3 100 1"])
            #expect(scene.current == "good 1\n")
            // What an earlier step reported says nothing of a later one.
            try scene.write(
                deploy: strategy, more: gate,
                after:
                    "test $ORCHESTRATOR_DEPLOY_PERCENT != 5 || echo errors=0.1 >> $ORCHESTRATOR_METRICS")
            #expect(try installation.run(file, "--param", "text=good 3").status == 1)
            #expect(try scene.why().contains("step 2 of 3 (50 %): the gate does not hold: errors was not"))
        }
    }

    /// A shadow serves nobody: the champion stays, and the alias `shadow` tells which version it is.
    @Test func aShadow() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write()
            #expect(try installation.run(file).status == 0)
            try scene.write(deploy: #", "strategy": "shadow""#)
            #expect(try installation.run(file, "--param", "text=good 2").status == 0)
            #expect(scene.calls.last == "deploy 1 0 2")
            let aliases = try installation.call("models", "show", "churn", "--output", "json").json()[
                "aliases"]
            #expect(aliases == ["champion": 1, "shadow": 2])
            #expect(try scene.states() == ["healthy", "healthy"])
        }
    }

    /// Of two deployments of one model the second fails at once; an alias that moves meanwhile undoes the first.
    @Test func oneAtATimeAndAnAliasThatMoves() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write()
            let here = try installation.fifo("dags/here")
            let go = try installation.fifo("dags/go")
            let daemon = try installation.start()
            for text in ["good 1", "good 2"] {
                let run = try daemon.trigger("ship", ["conf": ["text": .string(text)]])
                #expect(try daemon.waitForRun("ship", run).state == "success")
            }
            let slow = try daemon.trigger("ship", ["conf": ["text": "good 3", "hold": "deploy 1"]])
            _ = try here.line()
            #expect(try scene.states() == ["running", "healthy", "replaced"])
            let second = try daemon.trigger("ship", ["conf": ["text": "good 4"]])
            #expect(try daemon.waitForRun("ship", second).state == "failed")
            let refused = try scene.why(second)
            #expect(
                refused.contains("another deployment of `churn` is under way: ship \(slow) deploy"),
                "\(refused)")
            #expect(try installation.call("models", "promote", "churn", "1").status == 0)
            go.release()
            #expect(try daemon.waitForRun("ship", slow).state == "failed")
            let why = try scene.why(slow)
            #expect(
                why.contains(
                    "the alias `champion` of `churn` moved from version 2 to version 1 while the task ran; rolled back to version 1"
                ), "\(why)")
            #expect(try scene.champion() == 1)
            #expect(scene.calls.last == "rollback 1 100 1" && scene.current == "good 1\n")
            #expect(try scene.states() == ["failed", "rolled_back", "replaced", "replaced"])
        }
    }

    /// With `retries` the deployment starts again from where the alias is now.
    @Test func anAliasThatMovesIsTriedAgain() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write(more: #""retries": 1, "retry_delay": 0,"#)
            let here = try installation.fifo("dags/here")
            let go = try installation.fifo("dags/go")
            let daemon = try installation.start()
            for text in ["good 1", "good 2"] {
                let run = try daemon.trigger("ship", ["conf": ["text": .string(text)]])
                #expect(try daemon.waitForRun("ship", run).state == "success")
            }
            let run = try daemon.trigger("ship", ["conf": ["text": "good 3", "hold": "deploy 1"]])
            _ = try here.line()
            #expect(try installation.call("models", "promote", "churn", "1").status == 0)
            go.release()
            _ = try here.line()
            go.release()
            #expect(try daemon.waitForRun("ship", run).state == "success")
            #expect(try scene.champion() == 3)
            let rows = try scene.deployments()
            #expect(rows.prefix(2).compactMap { $0["state"]?.stringValue } == ["healthy", "rolled_back"])
            #expect(rows.prefix(2).compactMap { $0["previous_version"]?.intValue } == [1, 2])
        }
    }

    @Test func aCancelIsUndoneToo() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write(more: #""termination_grace": "2m","#)
            let here = try installation.fifo("dags/here")
            let go = try installation.fifo("dags/go")
            defer { withExtendedLifetime(go) {} }
            let daemon = try installation.start()
            let first = try daemon.trigger("ship")
            #expect(try daemon.waitForRun("ship", first).state == "success")
            let run = try daemon.trigger("ship", ["conf": ["text": "good 2", "hold": "deploy 1"]])
            _ = try here.line()
            #expect(try installation.call("runs", "cancel", "ship", run).status == 0)
            #expect(try daemon.waitForRun("ship", run).state == "cancelled")
            #expect(scene.calls.last == "rollback 1 100 1")
            #expect(try scene.states() == ["rolled_back", "healthy"])
            #expect(try scene.champion() == 1)
        }
    }

    @Test func aModelFileThatIsGoneIsToldBeforeTheProgramStarts() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            let file = try scene.write()
            #expect(try installation.run(file).status == 0)
            let version = try installation.call("models", "show", "churn@1", "--output", "json").json()
            let hash = try #require(version["artifact"]?["sha256"]?.stringValue)
            #expect(unlink("\(installation.home)/artifacts/\(hash.prefix(2))/\(hash)") == 0)
            // The way back would be missing.
            #expect(try installation.run(file, "--param", "text=good 2").status == 1)
            #expect(try scene.why().contains("the file of churn@1 is gone"))
            #expect(scene.calls.count == 1)
            #expect(try scene.states() == ["healthy"])
        }
    }
}
