import DAGDomain
import Foundation
import Hummingbird

/// The parameters in a request's path: decoded once and held to the rules of ids before anything sees them.
extension APIContext {
    /// A path parameter, decoded.
    ///
    /// - Throws: `APIError.badRequest` when the encoding is wrong.
    func text(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding else {
            throw APIError.badRequest("the path is not well encoded")
        }
        return text
    }

    func dagID() throws -> DAGID {
        let id = DAGID(try text("dag_id"))
        guard id.isValidName else { throw APIError.badRequest("that is not the form of a DAG id") }
        return id
    }

    /// Nil for `~`, which stands for all of them.
    func dagIDOrAll() throws -> DAGID? { try text("dag_id") == "~" ? nil : try dagID() }

    func runID() throws -> RunID {
        let id = RunID(try text("dag_run_id"))
        guard id.isValid else { throw APIError.badRequest("that is not the form of a run id") }
        return id
    }

    /// Nil for `~`, which stands for all of them.
    func runIDOrAll() throws -> RunID? { try text("dag_run_id") == "~" ? nil : try runID() }

    func taskID() throws -> TaskID {
        let id = TaskID(try text("task_id"))
        guard id.isValidName else { throw APIError.badRequest("that is not the form of a task id") }
        return id
    }

    func poolName() throws -> PoolName {
        let name = PoolName(try text("pool_name"))
        guard name.isValidName else { throw APIError.badRequest("that is not the form of a pool's name") }
        return name
    }

    /// A number in the path, from `range`.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int {
        guard let value = Int(try text(name)), range.contains(value) else {
            throw APIError.badRequest(
                "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
