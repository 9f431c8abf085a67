import JSONText
import Testing

/// `drift` and `profile`.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DriftTests {
    private func table(_ installation: Installation, _ name: String, shift: Int) throws {
        let rows = (0..<400).map {
            "\($0),\($0 % 90 + shift),\($0 % 10 < (shift == 0 ? 3 : 8) ? "MA" : "NH")\n"
        }
        try Files.write("id,age,state\n" + rows.joined(), to: installation.path(name))
    }

    @Test func columnsAreComparedAndTheWholeJudged() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            try table(installation, "new.csv", shift: 40)
            let same = try installation.call("drift", "old.csv", "old.csv", "--output", "json", "--fail")
            #expect(same.status == 0)
            #expect(try same.json()["drifted"] == false)
            #expect(try same.json()["drift_share"]?.doubleValue == 0)
            let moved = try installation.call(
                "drift", "old.csv", "new.csv", "--columns", "age,state", "--output", "json")
            #expect(moved.status == 0)
            let json = try moved.json()
            #expect(json["drifted"] == true)
            #expect(json["drifted_columns"] == ["age", "state"])
            #expect(json["columns"]?[0]?["ks"]?.doubleValue.map { abs($0 - 0.5) < 1e-12 } == true)
            #expect(json["columns"]?[1]?["chi_square_p_value"]?.doubleValue.map { $0 < 1e-9 } == true)
            #expect(try installation.call("drift", "old.csv", "new.csv", "--fail").status == 1)
            let shown = try installation.call("drift", "old.csv", "new.csv", "--output", "table")
            #expect(shown.output.contains("age") && shown.errors.contains("2 of 3 columns drifted"))
        }
    }

    @Test func whatCannotBeComparedIsSaid() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            #expect(try installation.call("drift", "old.csv", "none.csv").status == 66)
            #expect(try installation.call("drift", "old.csv", "old.csv", "--method", "x").status == 64)
            let column = try installation.call("drift", "old.csv", "old.csv", "--columns", "ages")
            #expect(column.status == 65 && column.errors.contains("id, age, state"))
            try Files.write("a,b\n1\n", to: installation.path("broken.csv"))
            let broken = try installation.call("drift", "old.csv", "broken.csv")
            #expect(broken.status == 65 && broken.errors.contains("line 2"))
            #expect(try installation.call("drift", "old.csv", "/dev/zero").status == 65)
        }
    }

    /// Inside a task the numbers are its metrics, on which a gate decides.
    @Test func aTaskReportsItsDrift() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            try table(installation, "new.csv", shift: 40)
            try installation.dag(
                "watch",
                #"""
                {"dag_id": "watch", "tasks": [{"task_id": "compare", "type": "monitor",
                  "command": ["\#(Programs.orchestrator)", "drift", "../old.csv", "../new.csv", "--columns", "age"],
                  "gate": [{"metric": "max_psi", "max": 0.2}, {"metric": "ks.age", "max": 1}]}]}
                """#)
            #expect(try installation.run("watch").status == 1)
            let why = try installation.call("why", "watch", "latest", "compare").output
            #expect(why.contains("its gate did not hold: max_psi"), "\(why)")
        }
    }

    @Test func aTableIsDescribed() throws {
        try Installation.with { installation in
            try table(installation, "old.csv", shift: 0)
            let json = try installation.call(
                "profile", "old.csv", "--unique", "id,age", "--output", "json"
            ).json()
            #expect(json["rows"] == 400)
            #expect(json["columns"]?[0]?["duplicates"] == 0)
            #expect(json["columns"]?[1]?["duplicates"] == 310)
            #expect(json["columns"]?[1]?["max"]?.doubleValue == 89)
            #expect(json["columns"]?[2]?["type"] == "text")
        }
    }
}
