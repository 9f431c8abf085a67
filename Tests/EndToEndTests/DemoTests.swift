import Glibc
import JSONText
import Testing

/// The DAGs that ship, on the real tables with real training. `make test` has made the Python environment before.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(10))) struct DemoTests {
    private static let dags = Programs.project + "/dags"

    private func run(_ installation: Installation, _ dag: String, _ parameters: [String]) throws -> RunView {
        let options =
            parameters.flatMap { ["--param", $0] } + ["--param", "state_dir=\(installation.path("state"))"]
        let arguments = ["run", dag, "--dags", Self.dags, "--output", "json"] + options
        let result = try installation.call(arguments, seconds: 300)
        guard result.status == 0 else { throw HarnessError("\(dag) failed:\n\(result.errors)") }
        return RunView(json: try result.json())
    }

    private func newest(_ installation: Installation, _ dag: String) throws -> RunView {
        let shown = try installation.call(
            "runs", "show", dag, "latest", "--dags", Self.dags, "--output", "json")
        return RunView(json: try shown.json())
    }

    @Test func theShippedFilesAreValid() throws {
        try Installation.with { installation in
            let result = try installation.call("validate", Self.dags)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }
    }

    @Test func helloRuns() throws {
        try Installation.with { installation in
            let (status, run) = try installation.run("hello", "--dags", Self.dags)
            #expect(status == 0)
            #expect(Set(run.states.values) == ["success"])
        }
    }

    @Test func churnRetrainingEndsWithTheModelServed() throws {
        try Installation.with { installation in
            let port = try Self.freePort()
            let run = try run(installation, "churn_retraining", ["port=\(port)"])
            #expect(Set(run.states.values) == ["success"])
            let task = try installation.call(
                "tasks", "show", "churn_retraining", "latest", "evaluate", "--dags", Self.dags, "--output",
                "json")
            #expect(task.output.contains("roc_auc"))

            // Asked by another program than the one that deployed it.
            let answer = installation.path("answer")
            let program =
                "import urllib.request as u; print(u.urlopen('http://127.0.0.1:\(port)/model').read().decode())"
            let asking = try ChildProcess(
                Programs.project + "/.venv/bin/python", ["-c", program],
                environment: installation.surroundings(),
                folder: installation.folder, output: answer, errors: installation.path("answer.err"))
            _ = try asking.wait(seconds: 30)
            let model = try JSONValue.parse(Files.text(answer))
            let auc = try #require(model["metrics"]?["roc_auc"]?.doubleValue)
            #expect(auc > 0.8)
        }
    }

    @Test func driftStartsRetrainingAndABetterModelIsPromoted() throws {
        try Installation.with { installation in
            let quiet = try run(installation, "employment_monitoring", ["batch=2016"])
            #expect(quiet.state("trigger_retraining") == "skipped")

            let drifted = try run(installation, "employment_monitoring", ["batch=2018"])
            #expect(drifted.state("trigger_retraining") == "success")
            let retraining = try newest(installation, "employment_retraining")
            #expect(retraining.state == "success")
            #expect(retraining.state("promote") == "success")

            // The model that was promoted knows the batch: nothing is left to retrain for.
            let again = try run(installation, "employment_monitoring", ["batch=2018"])
            #expect(again.state("trigger_retraining") == "skipped")
        }
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
