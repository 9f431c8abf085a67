import DAGDomain
import JSONText
import Testing

@testable import orchestrator

private func number(_ value: Double) -> JSONValue { JSONValue(value) ?? .null }

@Suite("Progress of a run")
struct ProgressTests {
    private let now = Timestamp(secondsSinceEpoch: 1_767_225_610)

    private func instance(_ task: String, _ state: String, _ more: JSONObject = [:]) -> JSONValue {
        .object(
            JSONObject([("task_id", .string(task)), ("map_index", -1), ("state", .string(state))]).merging(
                more))
    }

    private func run(_ state: String, _ instances: [JSONValue]) -> JSONObject {
        [
            "dag_id": "churn", "run_id": "manual__1", "state": .string(state),
            "start_date": "2026-01-01T00:00:00.000000Z", "task_instances": .array(instances),
        ]
    }

    private func progress(_ snapshot: JSONObject) -> RunProgress {
        var progress = RunProgress()
        _ = progress.apply(snapshot: snapshot)
        return progress
    }

    @Test("Events change what a snapshot began, each change is told once")
    func events() {
        var progress = RunProgress()
        let first = progress.apply(
            snapshot: run("running", [instance("a", "running"), instance("b", "pending")]))
        #expect(first.runState == "running")
        #expect(first.instances.map(\.name.text) == ["a"])
        let event: JSONObject = [
            "type": "task_instance", "task_instance": instance("a", "success", ["duration": number(1.5)]),
        ]
        #expect(progress.apply(event: event).instances.map(\.state) == ["success"])
        #expect(progress.apply(event: event).instances.isEmpty)
        let mapped: JSONObject = ["task_instance": instance("c", "queued", ["map_index": 2])]
        #expect(progress.apply(event: mapped).instances.map(\.name.text) == ["c[2]"])
        #expect(progress.countText == "1 success, 1 queued, 1 pending")
        #expect(progress.apply(event: ["run": .object(run("failed", []))]).runState == "failed")
        #expect(progress.isFinished)
        #expect(progress.apply(event: [:]).instances.isEmpty)
    }

    @Test("The block: a line for each task with state, time, tries and the last log line")
    func block() {
        let start: JSONObject = [
            "start_date": "2026-01-01T00:00:02.000000Z", "try_number": 2, "max_tries": 3,
        ]
        let state = progress(
            run(
                "running",
                [
                    instance(
                        "extract", "success", ["duration": number(1.2), "try_number": 1, "max_tries": 1]),
                    instance("train", "running", start), instance("report", "pending"),
                ]))
        let block = ProgressBlock(
            progress: state, logLines: [InstanceName(task: "train", mapIndex: -1): "epoch 3"], now: now)
        let lines = block.lines(columns: 79, rows: 24, colour: false)
        #expect(lines.count == 4)
        #expect(lines[0] == "▶ churn  manual__1  running  10s")
        #expect(lines[1] == "  ✔ extract  success    1.2s    ")
        #expect(lines[2] == "  ▶ train    running    8s        try 2/3  epoch 3")
        #expect(lines[3].hasPrefix("  · report   pending"))
    }

    @Test(
        "However many tasks and however small the terminal, the block fits",
        arguments: [(20, 5), (40, 10), (79, 24)])
    func blockFits(_ columns: Int, _ rows: Int) {
        let long = String(repeating: "日", count: 60)
        let instances = (0..<500).map { instance("task\($0)", $0 % 3 == 0 ? "running" : "success") }
        let state = progress(run("running", instances))
        let logs = Dictionary(
            uniqueKeysWithValues: (0..<500).map { (InstanceName(task: "task\($0)", mapIndex: -1), long) })
        let block = ProgressBlock(progress: state, logLines: logs, now: now, notice: long)
        let lines = block.lines(columns: columns, rows: rows, colour: false)
        #expect(lines.count < rows)
        for line in lines { #expect(line.displayWidth <= columns) }
        #expect(lines.contains { $0.hasPrefix("333 success") })
        #expect(!lines.contains { $0.contains("✔") })
    }

    @Test("Lines for where no terminal is: one for each change, with the time and the reason")
    func lines() {
        var state = progress(run("running", []))
        let event: JSONObject = [
            "task_instance": instance(
                "t", "failed", ["duration": 3, "try_number": 3, "max_tries": 3, "reason": "exit code 1"])
        ]
        let changes = state.apply(event: event)
        let lines = ProgressLines(now: now).lines(changes, in: state)
        #expect(lines == ["\(now.localTimeOfDay) t failed 3s try 3/3: exit code 1"])
    }

    @Test("The summary names failures with their reason and their log, metrics, and gates with their numbers")
    func summary() {
        let gate: JSONObject = [
            "passed": false,
            "conditions": [
                ["metric": "auc", "value": number(0.71), "min": number(0.8), "max": nil, "holds": false]
            ],
        ]
        let failed: JSONObject = [
            "reason": "its gate did not hold", "gate": .object(gate),
            "metrics": [["name": "auc", "value": number(0.71)]],
        ]
        let object = run(
            "failed", [instance("evaluate", "failed", failed), instance("deploy", "upstream_failed")])
        let lines = RunSummary(run: FollowedRun(object: object)).lines(colour: false)
        #expect(lines[0].contains("churn manual__1 failed"))
        #expect(lines.contains("  evaluate: auc=0.71"))
        #expect(lines.contains("  evaluate: gate ✘ auc = 0.71 (at least 0.8)"))
        #expect(lines.contains("  evaluate failed: its gate did not hold"))
        #expect(lines.contains("    orchestrator logs churn manual__1 evaluate"))
        #expect(!lines.contains { $0.contains("deploy failed") })
    }

    @Test(
        "Numbers for people",
        arguments: [
            (0.8412345678, "0.841235"), (12, "12"), (1234.56789, "1234.57"), (0.0000012, "1.2e-06"),
            (-3.5, "-3.5"),
        ])
    func short(_ value: Double, _ expected: String) {
        #expect(RunSummary.short(value) == expected)
    }

    @Test("The object of run --output json has the members of the contract, in their order")
    func result() {
        let object = run("success", [instance("a", "success", ["try_number": 1, "type": "task"])])
        let result = FollowedRun(object: object).result
        #expect(result.keys == ["dag_id", "run_id", "state", "task_instances"])
        #expect(
            result["task_instances"]?[0]?.objectValue?.keys
                == ["task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration"])
        #expect(throws: Never.self) { try FollowedRun(object: object).endCommand() }
        #expect(throws: CommandFailure.silent(.failed)) {
            try FollowedRun(object: run("cancelled", [])).endCommand()
        }
    }

    @Test("The last line of a log that comes in pieces")
    func lastLine() {
        var rest: [UInt8] = []
        #expect(LogTails.lastLine(&rest, Array("one\ntw".utf8)) == "one")
        #expect(LogTails.lastLine(&rest, Array("o\n\n  \n".utf8)) == "two")
        #expect(LogTails.lastLine(&rest, Array("50%\r60".utf8)) == "50%")
        #expect(rest == Array("60".utf8))
    }
}
