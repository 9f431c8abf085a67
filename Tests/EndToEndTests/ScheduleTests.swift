import JSONText
import Testing

/// Schedules: previewed, and fired by the daemon.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ScheduleTests {
    private func instants(_ installation: Installation, _ arguments: String...) throws -> [String] {
        let result = try installation.call(["cron", "next"] + arguments + ["--output", "json"])
        return try result.json().arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test func cronNextIsAnArrayOfInstants() throws {
        try Installation.with { installation in
            #expect(
                try instants(installation, "30 6 * * 1-5", "--from", "2026-01-02T06:30:00Z", "--count", "2")
                    == ["2026-01-05T06:30:00.000000Z", "2026-01-06T06:30:00.000000Z"])
            #expect(
                try instants(installation, "@quarterly", "--from", "2026-01-01T00:00:00Z", "--count", "1")
                    == ["2026-04-01T00:00:00.000000Z"])
            #expect(
                try instants(
                    installation, "0 12 * * *", "--timezone", "Europe/Berlin", "--from",
                    "2026-03-28T00:00:00Z", "--count", "2")
                    == ["2026-03-28T11:00:00.000000Z", "2026-03-29T10:00:00.000000Z"])
            for bad in ["61 * * * *", "* * * *", "* * * * * *", "@never", "0 0 31 2 *"] {
                let result = try installation.call("cron", "next", bad, "--output", "json")
                #expect(
                    result.status == 65 && !result.errors.isEmpty && result.output.isEmpty,
                    "\(bad): \(result)")
            }
            #expect(try installation.call("cron", "next", "@daily", "--timezone", "Mars/Base").status == 65)
        }
    }

    @Test func dagsNextShowsClockChanges() throws {
        try Installation.with { installation in
            try installation.dag(
                "d",
                #"""
                {"dag_id": "d", "schedule": "30 2 * * *", "timezone": "Europe/Berlin", "start_date": "2099-03-28",
                 "tasks": [{"task_id": "t", "command": "true"}]}
                """#)
            let rows = try installation.call("dags", "next", "d", "--count", "3", "--output", "json").json()
            #expect(rows.arrayValue?.count == 3)
            #expect(rows[0]?["logical_date"] == "2099-03-28T01:30:00.000000Z")
            #expect(rows[0]?["daylight_saving"] == .null)
            // On 2099-03-29 the clock goes from 2 to 3.
            #expect(rows[1]?["daylight_saving"]?.stringValue?.isEmpty == false, "\(rows)")
            #expect(rows[1]?["local_time"]?.stringValue?.hasPrefix("2099-03-29") == true)
        }
    }

    private func dag(_ id: String, _ settings: String) -> String {
        "{\"dag_id\": \"\(id)\", \(settings), \"tasks\": [{\"task_id\": \"t\", \"command\": \"true\"}]}"
    }

    @Test func everyFiresAtItsTicks() throws {
        try Installation.with { installation in
            try installation.dag("tick", dag("tick", #""schedule": {"every": 0.5}"#))
            let daemon = try installation.start()
            let runs = try installation.waiting.until("three runs") {
                let runs = try daemon.runs("tick").filter { $0.state == "success" }
                return runs.count >= 3 ? runs : nil
            }
            let dates = runs.compactMap { $0.json["logical_date"]?.stringValue }
            #expect(Set(dates).count == dates.count)
            for date in dates { #expect(date.hasSuffix(".000000Z") || date.hasSuffix(".500000Z"), "\(date)") }
            for run in runs {
                #expect(run.runID.hasPrefix("scheduled__") && run.runID.hasSuffix("+00:00"), "\(run.runID)")
                #expect(run.json["run_type"] == "scheduled" && run.json["triggered_by"] == "timetable")
            }
        }
    }

    @Test func aPauseHoldsAndOutlivesARestart() throws {
        try Installation.with { installation in
            try installation.dag("tick", dag("tick", #""schedule": {"every": 0.2}"#))
            let daemon = try installation.start()
            try installation.waiting.until("a run") { try daemon.runs("tick").isEmpty ? nil : true }
            #expect(try installation.call("dags", "pause", "tick").status == 0)
            let before = try daemon.runs("tick").count
            #expect(try installation.call("dags", "list", "--output", "json").json()[0]?["is_paused"] == true)
            #expect(try daemon.stop() == .exited(0))
            let second = try installation.start()
            // Asked for by hand, a paused DAG runs all the same; meanwhile five ticks pass.
            for _ in 0..<2 { #expect(try installation.call("trigger", "tick", "--wait").status == 0) }
            let scheduled = try second.runs("tick").filter { $0.runID.hasPrefix("scheduled__") }
            #expect(scheduled.count == before)
            #expect(try installation.call("dags", "unpause", "tick").status == 0)
            #expect(try installation.call("dags", "unpause", "tick").status == 0)
            try installation.waiting.until("another run") {
                try second.runs("tick").contains { run in
                    run.runID.hasPrefix("scheduled__") && !scheduled.contains { $0.runID == run.runID }
                }
                    ? true : nil
            }
        }
    }

    @Test func catchupChoosesTheMissedTicks() throws {
        try Installation.with { installation in
            let yearly = #""schedule": "0 0 1 1 *", "start_date": "2020-01-01""#
            try installation.dag("all", dag("all", yearly + #", "catchup": true"#))
            try installation.dag("collapse", dag("collapse", yearly + #", "catchup": "collapse""#))
            try installation.dag("none", dag("none", yearly))
            try installation.dag("latest", dag("latest", yearly + #", "catchup": "latest""#))
            try installation.dag(
                "ended", dag("ended", yearly + #", "catchup": true, "end_date": "2023-06-01""#))
            let daemon = try installation.start()
            func dates(_ id: String, _ daemon: Daemon) throws -> [String] {
                try daemon.runs(id).compactMap { $0.json["logical_date"]?.stringValue }.sorted()
            }
            let ids = ["all", "collapse", "none", "latest"]
            try installation.waiting.until("the first runs") {
                try ids.allSatisfy { id in
                    let runs = try daemon.runs(id)
                    return !runs.isEmpty && runs.allSatisfy(\.isFinished)
                } ? true : nil
            }
            let newest = try #require(try dates("latest", daemon).first)
            let lastYear = try #require(Int(newest.prefix(4)))
            let years = (2020...lastYear).map { "\($0)-01-01T00:00:00.000000Z" }
            #expect(try dates("all", daemon) == years)
            #expect(try dates("none", daemon) == years.suffix(1))
            #expect(try dates("latest", daemon) == years.suffix(1))
            let collapsed = try daemon.runs("collapse")
            #expect(collapsed.count == 1)
            #expect(collapsed[0].json["data_interval_start"]?.stringValue == years.first)
            #expect(collapsed[0].json["data_interval_end"]?.stringValue == years.last)
            #expect(try dates("ended", daemon).isEmpty)
            // A restart adds nothing.
            let before = try ids.map { try dates($0, daemon) }
            #expect(try daemon.stop() == .exited(0))
            let second = try installation.start()
            #expect(try second.waitForRun("ended", second.trigger("ended")).state == "success")
            #expect(try ids.map { try dates($0, second) } == before)
        }
    }

    @Test func runsThatExcludeEachOther() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            try installation.dag(
                "one",
                #"""
                {"dag_id": "one", "params": {"t": "x"}, "max_consecutive_failed_dag_runs": 1,
                 "concurrency": {"key": "table {{ params.t }}", "on_conflict": "skip"},
                 "tasks": [{"task_id": "t", "command": "read go < ../gate; exit $go"}]}
                """#)
            try installation.dag(
                "scheduled_only",
                dag("scheduled_only", #""schedule": "@yearly", "allowed_run_types": ["scheduled"]"#))
            let daemon = try installation.start()
            let first = try daemon.trigger("one", ["run_id": "first"])
            let second = try daemon.trigger("one", ["run_id": "second"])
            #expect(try daemon.run("one", second).state == "success")
            let shown = try installation.call("runs", "show", "one", second, "--output", "json").json()
            #expect(shown["reason"]?.stringValue?.contains("run first of one is not finished") == true)
            let why = try installation.call("why", "one", second, "t")
            #expect(why.output.contains("skipped: run first of one is not finished"), "\(why)")
            let refused = try installation.call("trigger", "scheduled_only")
            #expect(refused.status == 65 && refused.errors.contains("allowed_run_types"), "\(refused)")
            // Over a restart the limit holds; then a failure pauses the DAG.
            daemon.kill()
            let next = try installation.start()
            #expect(try next.run("one", next.trigger("one", ["run_id": "third"])).state == "success")
            _ = try installation.call("runs", "cancel", "one", first)
            _ = try next.waitForRun("one", first)
            let other = try next.trigger("one", ["run_id": "other", "conf": ["t": "y"]])
            gate.release()
            #expect(try next.waitForRun("one", other).state == "success")
            let failing = try next.trigger("one", ["run_id": "failing"])
            try next.waitForTask("one", failing, "t", "running")
            try Files.write("1\n", to: gate.path)
            #expect(try next.waitForRun("one", failing).state == "failed")
            let dag = try installation.call("dags", "show", "one", "--output", "json").json()
            #expect(dag["is_paused"] == true)
            #expect(dag["pause_reason"]?.stringValue?.contains("failed") == true, "\(dag)")
        }
    }

    @Test func intervalsOnceAndContinuous() throws {
        try Installation.with { installation in
            let yearly = #""schedule": "0 0 1 1 *", "start_date": "2020-01-01", "interval": true"#
            try installation.dag("all", dag("all", yearly + #", "catchup": true"#))
            try installation.dag("collapse", dag("collapse", yearly + #", "catchup": "collapse""#))
            try installation.dag("once", dag("once", #""schedule": "@once""#))
            try installation.dag("again", dag("again", #""schedule": "@continuous""#))
            let daemon = try installation.start()
            try installation.waiting.until("the first runs") {
                try ["all", "collapse", "once"].allSatisfy { id in
                    let runs = try daemon.runs(id)
                    return !runs.isEmpty && runs.allSatisfy(\.isFinished)
                } && daemon.runs("again").count >= 2 ? true : nil
            }
            func texts(_ run: RunView) -> [String] {
                ["logical_date", "data_interval_start", "data_interval_end"].compactMap {
                    run.json[$0]?.stringValue
                }
            }
            let all = try daemon.runs("all").sorted { texts($0)[0] < texts($1)[0] }
            #expect(all.first.map(texts)?[0] == "2020-01-01T00:00:00.000000Z")
            for (run, next) in zip(all, all.dropFirst()) {
                #expect(texts(run)[0] == texts(run)[1] && texts(run)[2] == texts(next)[1])
            }
            let collapsed = try daemon.runs("collapse")
            #expect(collapsed.count == 1)
            #expect(
                collapsed.first.map(texts)
                    == [texts(all[0])[0], texts(all[0])[0], texts(all[all.count - 1])[2]])
            #expect(try daemon.runs("once").count == 1)
            let coming = try installation.call("dags", "next", "all", "--count", "1", "--output", "json")
                .json()
            #expect(coming[0]?["logical_date"]?.stringValue == texts(all[all.count - 1])[2])
            #expect(coming[0]?["run_after"] == coming[0]?["data_interval_end"])
            #expect(try daemon.stop() == .exited(0))
            let second = try installation.start()
            #expect(try second.waitForRun("once", second.trigger("once")).state == "success")
            #expect(try second.runs("once").count { $0.runID.hasPrefix("scheduled__") } == 1)
        }
    }
}
