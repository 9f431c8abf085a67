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
