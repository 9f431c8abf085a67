import DAGDomain
import DAGLoading
import Testing

/// `deploy`, as files that are accepted and refused.
@Suite struct DeployFileTests {
    private func loadedTask(_ task: String) -> TaskDefinition? {
        load(#"{"dag_id": "d", "tasks": [{"task_id": "t", "command": "x", \#(task)}]}"#).dag?.tasks[0]
    }

    @Test func deployments() throws {
        let short = try #require(loadedTask(#""type": "deploy", "model": "c", "deploy": {}"#))
        #expect(short.deploy == DeployPlan())
        let long = try #require(
            loadedTask(
                #""type": "deploy", "model": "c", "deploy": {"strategy": "canary", "steps": [5, {"percent": 100, "wait": "1m"}], "#
                    + #""health": {"command": ["look", "x"], "retries": 3, "interval": 2, "timeout": "9s", "deadline": "1h"}, "rollback": "undo"}"#
            )?.deploy)
        #expect(long.strategy == .canary && long.rollback == .program(.shell("undo")))
        #expect(long.steps == [.init(percent: 5), .init(percent: 100, wait: .seconds(60))])
        #expect(
            long.health?.retries == 3 && long.health?.interval == .seconds(2)
                && long.health?.timeout == .seconds(9) && long.health?.deadline == .seconds(3_600))
        let web = try #require(
            loadedTask(
                #""type": "deploy", "model": "c", "deploy": {"health": {"http": "http://x/", "deadline": 5}, "rollback": false}"#
            )?.deploy)
        #expect(
            web.rollback == .none
                && web.health?.look == .http(TemplateText(literal: "http://x/"), status: 200...299))
        let told = try #require(
            loadedTask(
                #""type": "deploy", "model": "c", "deploy": {"health": {"http": {"output": "u"}, "status": 204}}"#
            )?.deploy)
        #expect(told.health?.look == .told(output: "u", status: 204...204))
        // With a deadline, it and not a number of looks says when it is enough.
        #expect((web.health?.retries ?? 0) > 1_000_000)
        #expect(
            DeployPlan.Strategy.allCases.map { $0.usualSteps.map(\.percent) } == [
                [100], [0, 100], [10, 50, 100], [0],
            ])
    }

    /// The alias would be there before the version is in service.
    @Test func anAliasThatMovesTooEarlyIsWarnedOf() {
        func warnings(_ alias: String) -> [String] {
            load(
                """
                {"dag_id": "d", "tasks": [
                {"task_id": "judge", "type": "evaluate", "command": "x", "model": {"name": "m", "alias": "\(alias)"}},
                {"task_id": "ship", "type": "deploy", "command": "x", "depends_on": ["judge"], "model": "m", "deploy": {}}]}
                """
            ).warnings.map(\.description)
        }
        #expect(warnings("challenger").isEmpty)
        #expect(
            warnings("champion") == [
                "2:13: \"judge\" moves the alias \"champion\", which \"ship\" moves when the version is in service; "
                    + "let it move another one, such as \"challenger\""
            ])
    }

    private static func deploy(
        _ value: String, type: String = "deploy", model: String = #""model": "m", "#, more: String = ""
    ) -> String {
        """
        {"dag_id": "d", "tasks": [{"task_id": "t", "type": "\(type)", "command": "x", \(model)\(more)
        "deploy": \(value)}]}
        """
    }

    nonisolated static let refused = [
        BadFile(
            "deploy of another task", deploy("{}", type: "etl", model: ""),
            #"2:1: "deploy" needs the "type" "deploy""#),
        BadFile("deploy of no model", deploy("{}", model: ""), #"2:1: "deploy" needs a "model""#),
        BadFile(
            "an unknown strategy", deploy(#"{"strategy": "bluegreen"}"#),
            #"2:24: "strategy" has the unknown value "bluegreen"; did you mean "blue_green"?"#
        ),
        BadFile(
            "a misspelt key of deploy", deploy(#"{"healt": {"http": "http://x/"}}"#),
            #"2:12: unknown key "healt"; did you mean "health"?"#),
        BadFile(
            "steps of no canary", deploy(#"{"steps": [50, 100]}"#),
            #"2:12: "steps" are for the strategy "canary""#),
        BadFile(
            "steps that fall", deploy(#"{"strategy": "canary", "steps": [50, 20, 100]}"#),
            #"2:48: the percentages of "steps" must rise"#),
        BadFile(
            "steps that end early", deploy(#"{"strategy": "canary", "steps": [10, {"percent": 50}]}"#),
            #"2:43: the last of the "steps" must be 100"#),
        BadFile(
            "two ways to tell health", deploy(#"{"health": {"http": "http://x/", "command": "y"}}"#),
            #"2:44: "http" and "command" cannot stand side by side"#),
        BadFile(
            "no way to tell health", deploy(#"{"health": {"retries": 3}}"#),
            #"2:22: health needs "http""#),
        BadFile(
            "a status of a command", deploy(#"{"health": {"command": "y", "status": 200}}"#),
            #"2:39: "status" belongs to "http""#),
        BadFile(
            "health at an output of no name", deploy(#"{"health": {"http": {"outputs": "u"}}}"#),
            #"2:32: unknown key "outputs"; did you mean "output"?"#),
        BadFile(
            "health at no address", deploy(#"{"health": {"http": "localhost:80"}}"#),
            #"2:31: the URL must start with http:// or https://"#),
        BadFile(
            "a value in the shell text of a rollback", deploy(#"{"rollback": "echo {{ params.x }}"}"#),
            #"2:24: {{ params.x }}: nothing is filled in in a shell string; use "$ORCHESTRATOR_PARAM_X""#),
        BadFile(
            "deploy of mapped tasks", deploy("{}", more: #""matrix": {"a": [1]}, "#),
            #"1:92: "matrix" and "deploy" cannot stand side by side"#),
        BadFile(
            "a comparison in the gate of deploy",
            deploy("{}", more: #""gate": [{"metric": "m", "vs": "champion"}], "#),
            #"2:1: the gate of a task with "deploy" is on its own metrics: compare versions in an evaluate task before"#
        ),
        BadFile(
            "a variable of deploy", deploy("{}", more: #""env": {"ORCHESTRATOR_DEPLOY_PHASE": "x"}, "#),
            #"1:100: "ORCHESTRATOR_DEPLOY_PHASE" is set by the program and cannot be in "env""#),
    ]

    @Test(arguments: refused) func whatIsRefused(_ file: BadFile) {
        #expect(load(file.text).errors.map(\.description) == file.errors)
    }
}
