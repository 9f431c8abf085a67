import Glibc
import JSONText
import Testing

/// A model's whole life on real customers: served, watched, retrained because of drift, replaced, and taken back; what
/// `make demo-drift` shows.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ModelLifeTests {
    @Test func driftedCustomersLeadToABetterChampionAndTheWayBack() throws {
        try Installation.with { installation in
            let port = try Self.freePort()
            try Self.copyDAGs(to: installation, port: port)
            let (status, first) = try installation.run(
                "churn_retraining", "--param", "customers=without_fiber", seconds: 300)
            #expect(status == 0 && Set(first.states.values) == ["success"], "\(first.states)")
            let before = try Self.served(installation, port)
            #expect(
                (before["validation_roc_auc"]?[before["candidate"]?.stringValue ?? ""]?.doubleValue ?? 0)
                    > 0.8)

            let daemon = try installation.start()
            let quiet = try daemon.trigger("churn_monitoring", ["conf": ["batch": "without_fiber"]])
            #expect(try daemon.waitForRun("churn_monitoring", quiet).state == "success")
            #expect(try daemon.runs("churn_retraining").count == 1)
            #expect(try Self.metric("max_psi", daemon, quiet) < 0.1)

            let drifted = try daemon.trigger("churn_monitoring", ["conf": ["batch": "fiber"]])
            #expect(try daemon.waitForRun("churn_monitoring", drifted).state == "success")
            #expect(try Self.metric("max_psi", daemon, drifted) > 1)
            #expect(try Self.metric("decay.roc_auc", daemon, drifted) > 0.05)
            let asked = try #require(
                try daemon.runs("churn_retraining").first { $0.json["run_type"] == "scheduled" })
            let runID = try #require(asked.json["run_id"]?.stringValue)
            let second = try daemon.waitForRun("churn_retraining", runID, seconds: 300)
            #expect(Set(second.states.values) == ["success"], "\(second.states)")
            #expect(second.json.text().contains("drift max_psi above 0.2"))
            let after = try Self.served(installation, port)
            #expect(after["model_sha256"] != before["model_sha256"])
            #expect(try Self.champion(daemon) == 2)

            let back = try installation.call("models", "rollback", "churn")
            #expect(back.status == 0 && back.output.contains("churn@1"), "\(back.output)\(back.errors)")
            #expect(try Self.champion(daemon) == 1)
            #expect(try Self.served(installation, port) == before)
            let deployments = try installation.call("models", "deployments", "churn", "--output", "json")
            #expect((try deployments.json().arrayValue ?? []).count == 3, "\(deployments.output)")
        }
    }

    /// The files that ship, in a folder of their own, so that neither the model that is served nor its port is
    /// anybody else's.
    private static func copyDAGs(to installation: Installation, port: Int) throws {
        for name in ["churn_retraining", "lib", "churn_monitoring.json", "requirements.txt"] {
            try link("\(Programs.project)/dags/\(name)", "\(installation.dags)/\(name)")
        }
        let text = Files.text(Programs.project + "/dags/churn_retraining.json")
        let parts = text.split(separator: "\"default\": 8765", omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        try installation.dag("churn_retraining", parts.joined(separator: "\"default\": \(port)"))
        try Files.makeFolder(installation.path(".demo"))
        try link(Programs.project + "/.demo/data", installation.path(".demo/data"))
        try link(Programs.project + "/.venv", installation.path(".venv"))
    }

    private static func link(_ target: String, _ path: String) throws {
        guard symlink(target, path) == 0 else { throw HarnessError("cannot link \(path): errno \(errno)") }
    }

    /// What the service says of its model, asked by another program than the one that deployed it.
    private static func served(_ installation: Installation, _ port: Int) throws -> JSONValue {
        let answer = installation.path("answer")
        unlink(answer)
        let program =
            "import urllib.request as u; print(u.urlopen('http://127.0.0.1:\(port)/model').read().decode())"
        let asking = try ChildProcess(
            Programs.project + "/.venv/bin/python", ["-c", program], environment: installation.surroundings(),
            folder: installation.folder, output: answer, errors: installation.path("answer.err"))
        _ = try asking.wait(seconds: 30)
        return try JSONValue.parse(Files.text(answer))
    }

    private static func metric(_ name: String, _ daemon: Daemon, _ run: String) throws -> Double {
        let task = try daemon.task("churn_monitoring", run, "compare")
        let rows = task["task_instance"]?["metrics"]?.arrayValue ?? []
        guard let row = rows.first(where: { $0["name"]?.stringValue == name }),
            let value = row["value"]?.doubleValue
        else { throw HarnessError("no metric \(name)") }
        return value
    }

    private static func champion(_ daemon: Daemon) throws -> Int64? {
        let model = try daemon.get("/api/v1/models/churn")
        return model["aliases"]?["champion"]?.intValue
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
        }
        guard result == 0 else { throw HarnessError("no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
