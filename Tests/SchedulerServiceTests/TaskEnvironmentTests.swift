import DAGDomain
import JSONText
import Testing

@testable import SchedulerService

@Suite struct TaskEnvironmentTests {
    @Test func onlyTheAllowListIsInherited() {
        let daemon = [
            "PATH": "/bin", "HOME": "/root", "LC_ALL": "C", "TZ": "UTC", "AWS_SECRET_ACCESS_KEY": "s3cr3t",
            "LD_PRELOAD": "/tmp/x.so", "ORCHESTRATOR_TOKEN": "t", "PYTHONPATH": "/x",
        ]
        let inherited = TaskEnvironment.inherited(from: daemon)
        #expect(inherited == ["PATH": "/bin", "HOME": "/root", "LC_ALL": "C", "TZ": "UTC"])
    }

    @Test func scalarParametersAreVariablesAndOthersAreNot() {
        let variables = TaskEnvironment.parameters([
            "text": "a b", "flag": true, "count": 3, "none": nil, "list": [1], "learning-rate": 7,
            "nul": "a\u{0}b",
        ])
        #expect(
            variables == [
                "ORCHESTRATOR_PARAM_TEXT": "a b", "ORCHESTRATOR_PARAM_FLAG": "true",
                "ORCHESTRATOR_PARAM_COUNT": "3", "ORCHESTRATOR_PARAM_NONE": "null",
                "ORCHESTRATOR_PARAM_LEARNING_RATE": "7",
            ])
    }
}

@Suite struct TemplateRenderingTests {
    private let rendering = TemplateRendering(
        parameters: ["name": "$(touch /tmp/x); {{ params.name }}", "count": 3],
        outputs: [TaskID("train"): ["auc": 1]])

    @Test func aValueIsFilledInOnceAndAsItIs() throws {
        let template = TemplateText(segments: [
            .literal("--name="), .parameter(name: "name"), .literal("/"),
            .output(task: TaskID("train"), name: "auc"),
        ])
        #expect(try rendering.text(template) == "--name=$(touch /tmp/x); {{ params.name }}/1")
    }

    @Test func aTemplateThatIsOnePlaceKeepsTheType() throws {
        #expect(try rendering.value(TemplateText(segments: [.parameter(name: "count")])) == 3)
    }

    @Test func aMissingOutputIsAnErrorThatNamesIt() {
        let template = TemplateText(segments: [.output(task: TaskID("train"), name: "loss")])
        #expect {
            try rendering.text(template)
        } throws: { error in
            (error as? TemplateRendering.MissingValue)?.text == "`train` has no output `loss` in this run"
        }
    }
}
