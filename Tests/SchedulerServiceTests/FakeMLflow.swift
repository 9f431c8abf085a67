import DAGDomain
import JSONText
import Synchronization

@testable import SchedulerService

/// The registry of an MLflow server in memory, which can be silent, refuse, and lose its answers. It numbers versions
/// from 7.
final class FakeMLflow: TrackingTransport {
    struct State {
        var isSilent = false
        /// The path of a request that is carried out once without an answer.
        var losesAnswer: String?
        /// A model that is always refused.
        var refused: String?
        var models: Set<String> = []
        var versions: [(model: String, number: String, tags: [String: String])] = []
        var aliases: [String: String] = [:]
        var runs = 0
        var calls: [String] = []
    }

    let state = Mutex(State())
    /// Each call that was answered, as `METHOD path`.
    let answered: AsyncStream<String>
    private let tell: AsyncStream<String>.Continuation

    init() {
        (answered, tell) = AsyncStream.makeStream()
    }

    func close() {}

    /// Returns when a call was answered.
    func waits(for call: String) async {
        for await answer in answered where answer == call { return }
    }

    func send(_ request: TrackingRequest) async throws(TrackingServerFailure) -> JSONObject {
        let whole = request.url.replacing("http://mlflow:5000/api/2.0/mlflow/", with: "")
        let path = String(whole.prefix { $0 != "?" })
        let call = "\(request.method) \(path)"
        let body: JSONObject = if case .json(let object) = request.content { object } else { [:] }
        let answer = state.withLock { state -> Result<JSONObject, TrackingServerFailure> in
            if state.isSilent { return .failure(TrackingServerFailure(.unreachable, "nobody there")) }
            state.calls.append(call)
            let answer = Self.answer(call, body, String(whole.dropFirst(path.count)), &state)
            if state.losesAnswer == path {
                state.losesAnswer = nil
                return .failure(TrackingServerFailure(.unreachable, "the connection is lost"))
            }
            return answer
        }
        if case .success = answer { tell.yield(call) }
        return try answer.get()
    }

    private static func answer(
        _ call: String, _ body: JSONObject, _ query: String, _ state: inout State
    ) -> Result<JSONObject, TrackingServerFailure> {
        let name = body["name"]?.stringValue ?? ""
        if !name.isEmpty, name == state.refused {
            return .failure(TrackingServerFailure(status: 400, ["message": "no"], host: "mlflow"))
        }
        switch call {
        case "GET experiments/get-by-name": return .success(["experiment": ["experiment_id": "1"]])
        case "POST runs/search": return .success(["runs": []])
        case "POST runs/create":
            state.runs += 1
            return .success(["run": ["info": ["run_id": .string("r\(state.runs)")]]])
        case "GET runs/get":
            return .success([
                "run": ["info": ["run_id": .string("r\(state.runs)"), "artifact_uri": "s3://bucket"]]
            ])
        case "POST registered-models/create": return create(name, &state)
        case "POST registered-models/rename": return rename(name, body["new_name"]?.stringValue ?? "", &state)
        case "GET model-versions/search":
            let mark = String(query.prefix { $0 != "&" }.dropLast(3).suffix(32))
            let found = state.versions.filter { $0.tags[TrackingServer.markTag] == mark }
            return .success(["model_versions": .array(found.map { ["version": .string($0.number)] })])
        case "POST model-versions/create":
            let number = "\(7 + state.versions.count)"
            let tags = (body["tags"]?.arrayValue ?? []).map {
                ($0["key"]?.stringValue ?? "", $0["value"]?.stringValue ?? "")
            }
            state.versions.append((name, number, Dictionary(tags) { $1 }))
            return .success(["model_version": ["version": .string(number)]])
        case "POST registered-models/alias":
            state.aliases["\(name)@\(body["alias"]?.stringValue ?? "")"] = body["version"]?.stringValue
        case "DELETE registered-models/alias":
            state.aliases["\(name)@\(body["alias"]?.stringValue ?? "")"] = nil
        default: break
        }
        return .success([:])
    }

    private static func create(
        _ name: String, _ state: inout State
    ) -> Result<JSONObject, TrackingServerFailure> {
        guard state.models.insert(name).inserted else {
            return .failure(
                TrackingServerFailure(
                    status: 400, ["error_code": "RESOURCE_ALREADY_EXISTS"], host: "mlflow"))
        }
        return .success([:])
    }

    private static func rename(
        _ name: String, _ newName: String, _ state: inout State
    ) -> Result<JSONObject, TrackingServerFailure> {
        guard state.models.remove(name) != nil else {
            return .failure(
                TrackingServerFailure(
                    status: 404, ["error_code": "RESOURCE_DOES_NOT_EXIST"], host: "mlflow"))
        }
        state.models.insert(newName)
        return .success([:])
    }
}
