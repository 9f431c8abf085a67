import DAGDomain
import Testing

@testable import SchedulerService

/// What tasks are told of the tracking server, and the tokens that let them in.
@Suite struct TrackingEndpointTests {
    private func instance(task: String = "fit", mapIndex: Int = -1, dag: String = "leavers")
        -> TrackedInstance
    {
        TrackedInstance(
            run: RunNumber(7), dagID: DAGID(dag), runID: RunID("r"), taskID: TaskID(task), mapIndex: mapIndex)
    }

    private func opened(secret: String = "a secret of the home") -> TrackingEndpoint {
        let endpoint = TrackingEndpoint()
        endpoint.open(url: "http://127.0.0.1:8080", secret: secret)
        return endpoint
    }

    private func token(_ endpoint: TrackingEndpoint, _ attempt: String = "7-1-abc") throws -> String {
        try #require(endpoint.variables(AttemptID(attempt), of: instance())["MLFLOW_TRACKING_TOKEN"])
    }

    @Test func withoutAServerNothingIsTold() {
        #expect(TrackingEndpoint().variables(AttemptID("a"), of: instance()).isEmpty)
        #expect(TrackingEndpoint().attempt(of: "task.a.00") == nil)
    }

    @Test func aTokenNamesItsAttempt() throws {
        let endpoint = opened()
        #expect(endpoint.attempt(of: Substring(try token(endpoint))) == AttemptID("7-1-abc"))
        // Also after a restart.
        #expect(opened().attempt(of: Substring(try token(endpoint))) == AttemptID("7-1-abc"))
        #expect(opened(secret: "another").attempt(of: Substring(try token(endpoint))) == nil)
    }

    @Test func whatIsChangedIsNoToken() throws {
        let endpoint = opened()
        let good = try token(endpoint)
        let parts = good.split(separator: ".")
        for bad in [
            "", "task.", "task..", ".", good + "0", String(good.dropLast()),
            good.replacing("abc", with: "abd"),
            good.replacing("task.", with: ""), "task.\(parts[1]).",
            "task.\(parts[1]).\(parts[2].dropLast())é",
            "task.\(parts[1]).\(String(repeating: "0", count: 64))", good + "." + good,
        ] {
            #expect(endpoint.attempt(of: Substring(bad)) == nil, "\(bad)")
        }
    }

    @Test func eachInstanceHasARunOfItsOwn() throws {
        let endpoint = opened()
        let others = [
            instance(), instance(task: "other"), instance(mapIndex: 0), instance(mapIndex: 1),
            instance(task: "1 fit"),
        ]
        let runs = others.compactMap { endpoint.runID(of: $0) }
        #expect(Set(runs).count == others.count)
        #expect(runs.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
        #expect(endpoint.runID(of: instance()) == runs[0])
        #expect(endpoint.variables(AttemptID("x"), of: instance())["MLFLOW_RUN_ID"] == runs[0])
    }

    @Test func experimentsAreExactInEveryLanguage() {
        let numbers = ["a", "b", "leavers", "Default"].map { TrackingEndpoint.experiment(of: DAGID($0)) }
        #expect(Set(numbers).count == 4)
        #expect(numbers.allSatisfy { (1_000_000_000_000_000..<9_007_199_254_740_992).contains($0) })
    }

    @Test func aServerOfOnesOwnIsToldInstead() {
        let place = TrackingPlace(url: "http://mlflow:5000/", authorities: "/ca.pem")
        let endpoint = TrackingEndpoint(elsewhere: place) { .token("t") }
        endpoint.open(url: "http://127.0.0.1:8080", secret: "x")
        let always = [
            "MLFLOW_TRACKING_URI": "http://mlflow:5000", "MLFLOW_TRACKING_TOKEN": "t",
            "MLFLOW_TRACKING_SERVER_CERT_PATH": "/ca.pem",
        ]
        let (told, other) = (AttemptID("a"), AttemptID("b"))
        endpoint.tell(["MLFLOW_RUN_ID": "r", "MLFLOW_EXPERIMENT_ID": "7"], to: told)
        #expect(
            endpoint.variables(told, of: instance())
                == always.merging(["MLFLOW_RUN_ID": "r", "MLFLOW_EXPERIMENT_ID": "7"]) { $1 })
        #expect(
            endpoint.variables(other, of: instance())
                == always.merging(["MLFLOW_EXPERIMENT_NAME": "leavers"]) { $1 })
        #expect(endpoint.secrets == ["t"])
        let login = TrackingEndpoint(elsewhere: place) { .login("me", password: "p") }
        let variables = login.variables(told, of: instance())
        #expect(variables["MLFLOW_TRACKING_USERNAME"] == "me" && variables["MLFLOW_TRACKING_PASSWORD"] == "p")
        #expect(variables["MLFLOW_TRACKING_TOKEN"] == nil)
    }

    @Test func theFileWinsWhereBothHaveANameAndStep() {
        let logged = [
            Metric(name: "a", value: 1, step: 0), Metric(name: "a", value: 2, step: 1),
            Metric(name: "b", value: 3, step: 5),
        ]
        let file = [Metric(name: "a", value: 9), Metric(name: "b", value: 8, step: 6)]
        #expect(
            logged.joined(withFile: file) == [
                Metric(name: "a", value: 2, step: 1), Metric(name: "b", value: 3, step: 5),
                Metric(name: "a", value: 9), Metric(name: "b", value: 8, step: 6),
            ])
        #expect([Metric]().joined(withFile: file) == file)
    }
}
