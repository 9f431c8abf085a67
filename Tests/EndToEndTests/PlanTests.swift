import Foundation
import JSONText
import Testing

/// `plan`: the forecast as a person asks for it, without a daemon.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct PlanTests {
    @Test func thePoolThatIsTooSmallIsNamedInEveryForm() throws {
        try Installation.with { installation in
            for name in ["first", "second"] {
                try installation.dag(
                    name,
                    #"{"dag_id": "\#(name)", "schedule": {"every": "1h"}, "tasks": [{"task_id": "fit", "command": "true", "pool": "gpu"}]}"#
                )
            }
            #expect(try installation.call("pools", "set", "gpu", "1").status == 0)
            let json = try installation.call("plan", "--days", "1", "--output", "json")
            let rows = try json.json().arrayValue ?? []
            #expect((46...50).contains(rows.count), "\(rows.count)")
            // At every hour one of the two waits for the other.
            let waiting = rows.filter { $0["waits"]?[0]?["cause"] == "pool gpu" }
            #expect(waiting.count * 2 >= rows.count - 2 && waiting.count * 2 <= rows.count + 2)
            // The forecast may end, at this minute of tomorrow, while the last one waits.
            #expect(waiting.dropLast().allSatisfy { $0["waits"]?[0]?["seconds"] == 60 })
            #expect(waiting.allSatisfy { $0["basis"] == "assumed" })
            #expect(json.errors.contains("waiting in all: ") && json.errors.contains("pool gpu"))
            #expect(
                json.errors.contains("1m assumed for each task that never succeeded before: first, second"))

            let table = try installation.call("plan", "first", "--days", "1", "--output", "table")
            #expect(table.status == 0 && table.output.contains("WAITS FOR"))
            #expect(!table.output.contains("second"), "only what was asked for")
            let path = installation.path("plan.svg")
            #expect(try installation.call("plan", "--days", "1", "--svg", path).status == 0)
            let svg = try String(contentsOfFile: path, encoding: .utf8)
            #expect(svg.hasPrefix("<svg") && svg.contains("first") && svg.contains("pool gpu"))
            #expect(try installation.call("plan", "nobody").status == 66)
            #expect(try installation.call("plan", "--days", "0").status == 64)
        }
    }

    /// In any 372 days each change of the clock comes once or twice.
    @Test func theInstantsThatDaylightSavingShiftsAreMarked() throws {
        try Installation.with { installation in
            try installation.dag(
                "night",
                #"{"dag_id": "night", "schedule": "30 2 * * *", "timezone": "Europe/Berlin", "tasks": [{"task_id": "a", "command": "true"}]}"#
            )
            let result = try installation.call("plan", "--days", "372", "--output", "json")
            let rows = try result.json().arrayValue ?? []
            let marked = rows.filter { $0["daylight_saving"]?.stringValue != nil }
            #expect((2...4).contains(marked.count), "\(marked)")
            let spring = marked.first {
                $0["logical_date"]?.stringValue?.dropFirst(5).hasPrefix("03") == true
            }
            #expect(
                spring?["daylight_saving"]?.stringValue?.contains("02:30 does not exist") == true,
                "\(String(describing: spring))")
            #expect(spring?["local_time"]?.stringValue?.contains(" 03:00 ") == true)
            #expect(result.errors.contains("daylight saving touches \(marked.count) runs"))
        }
    }
}
