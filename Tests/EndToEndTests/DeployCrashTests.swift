import Glibc
import JSONText
import Testing

/// The daemon shot in the middle of a deployment. Task, alias and record agree, whatever happened meanwhile.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DeployCrashTests {
    private static let canary = #", "strategy": "canary", "steps": [10, 100]"#
    private static let health = DeployScene.hold + #" grep -q good $SERVICE/current"#

    /// What is held, the model, and whether the process goes on before the next daemon is there.
    nonisolated static let places: [(hold: String, text: String, isAlone: Bool)] = [
        ("deploy 1", "good 2", true), ("deploy 1", "bad 2", false), ("health 1", "good 2", false),
        ("deploy 2", "good 2", true), ("health 2", "good 2", false), ("rollback 2", "bad 2", true),
        ("rollback 2", "bad 2", false),
    ]

    @Test func shotWhileTheProcessGoesOn() throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write(deploy: Self.canary, health: Self.health)
            let here = try installation.fifo("dags/here")
            let go = try installation.fifo("dags/go")
            var daemon = try installation.start()
            let first = try daemon.trigger("ship")
            #expect(try daemon.waitForRun("ship", first).state == "success")
            var champion: JSONValue = 1
            for (place, row) in Self.places.enumerated() {
                let run = try daemon.trigger(
                    "ship", ["conf": ["text": .string(row.text), "hold": .string(row.hold)]])
                _ = try here.line()
                daemon.kill()
                if row.isAlone { go.release() }
                daemon = try installation.start()
                if !row.isAlone {
                    #expect(try scene.states().first == "running")
                    go.release()
                }
                let isGood = row.text.hasPrefix("good")
                let end = try daemon.waitForRun("ship", run)
                #expect(end.state == (isGood ? "success" : "failed"), "\(row)")
                if isGood { champion = .integer(Int64(place + 2)) }
                #expect(try scene.champion() == champion, "\(row)")
                let newest = try #require(try scene.deployments().first)
                #expect(newest["state"] == (isGood ? "healthy" : "rolled_back"), "\(row)")
                #expect(newest["run_id"] == .string(run))
                #expect(try scene.states().filter { $0 == "healthy" }.count == 1)
                #expect(scene.current.hasPrefix("good"))
            }
        }
    }

    /// Before and after every commit in turn: the alias points to the new version if and only if the task succeeded, and
    /// its record says the same.
    @Test(arguments: ["before_commit", "after_commit_before_actions"], Array(4...8))
    func shotAtAnyCommit(_ place: String, _ commit: Int) throws {
        try Installation.with { installation in
            let scene = try DeployScene(installation)
            try scene.write()
            let first = try installation.launch(environment: ["ORCHESTRATOR_FAILPOINT": "\(place)@\(commit)"])
            if try first.becomesReady(), let run = try? first.trigger("ship") {
                _ = try? first.waitForRun("ship", run)
            }
            first.kill()
            try agree(scene)
            let second = try installation.start()
            for run in try second.runs("ship") {
                let end = try second.waitForRun("ship", run.json["run_id"]?.stringValue ?? "")
                #expect(end.state == "success")
            }
            try agree(scene)
        }
    }

    private func agree(_ scene: DeployScene) throws {
        let runs = try scene.installation.call("runs", "list", "--output", "json").json().arrayValue ?? []
        guard let id = runs.first?["run_id"]?.stringValue else { return }
        let view = RunView(
            json: try scene.installation.call("runs", "show", "ship", id, "--output", "json").json())
        let isDone = view.state("deploy") == "success"
        guard view.state("train") == "success" else { return }
        #expect(try scene.champion() == (isDone ? 1 : nil))
        let states = try scene.states()
        #expect(isDone ? states == ["healthy"] : states.isEmpty || states == ["running"])
    }
}
