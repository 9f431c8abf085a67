import HTTPTypes
import Hummingbird
import JSONText

/// The members of a request of MLflow's protocol: of the body, or of the query of a GET. Numbers may be texts, as
/// protobuf's JSON has 64-bit integers and special floats; a member that is null is not there.
struct TrackingFields: Sendable {
    let members: JSONObject

    init(_ members: JSONObject) {
        self.members = members
    }

    init(_ request: Request) async throws {
        if request.method == .get || request.method == .head {
            self.init(try QueryItems(request).grouped)
            return
        }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        let bytes = Array(try await request.body.collect(upTo: Gatekeeper.maximumBodyBytes).readableBytesView)
        guard !bytes.isEmpty else {
            self.init(try QueryItems(request).grouped)
            return
        }
        guard type == "application/json" else {
            throw TrackingError.invalid("Bad Request. Content-Type must be one of ['application/json'].")
        }
        do {
            guard let object = try JSONValue.parse(bytes: bytes).objectValue else {
                throw TrackingError.invalid("The request body should be a JSON object.")
            }
            self.init(object)
        } catch let error as JSONSyntaxError {
            throw TrackingError.invalid("The request body is not JSON: \(error)")
        }
    }

    subscript(name: String) -> JSONValue? {
        members[name].flatMap { $0.isNull ? nil : $0 }
    }

    func text(_ name: String) throws -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.stringValue else { throw wrong(name, value) }
        guard !text.utf8.contains(0) else { throw TrackingError.invalid("'\(name)' holds a NUL character") }
        return text
    }

    /// Neither absent nor empty.
    func required(_ name: String) throws -> String {
        guard let text = try text(name), !text.isEmpty else { throw TrackingError.missing(name) }
        return text
    }

    /// The id of a run, also under its old name.
    func runID() throws -> String {
        if let id = try text("run_id"), !id.isEmpty { return id }
        guard let id = try text("run_uuid"), !id.isEmpty else { throw TrackingError.missing("run_id") }
        return id
    }

    func integer(_ name: String) throws -> Int64? {
        guard let value = self[name] else { return nil }
        if let number = value.intValue { return number }
        guard let text = value.stringValue, let number = Int64(text) else { throw wrong(name, value) }
        return number
    }

    func number(_ name: String) throws -> Double? {
        guard let value = self[name] else { return nil }
        if let number = value.doubleValue { return number }
        switch value.stringValue {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        case let text?:
            guard let number = Double(text), number.isFinite else { throw wrong(name, value) }
            return number
        case nil: throw wrong(name, value)
        }
    }

    func flag(_ name: String) throws -> Bool? {
        guard let value = self[name] else { return nil }
        if let flag = value.boolValue { return flag }
        switch value.stringValue?.lowercased() {
        case "true": return true
        case "false": return false
        default: throw wrong(name, value)
        }
    }

    /// Of a query, a list of one is a text.
    func list(_ name: String) throws -> [JSONValue] {
        guard let value = self[name] else { return [] }
        if let list = value.arrayValue { return list }
        guard value.stringValue != nil else { throw wrong(name, value) }
        return [value]
    }

    func texts(_ name: String) throws -> [String] {
        try list(name).map { value in
            guard let text = value.stringValue else { throw wrong(name, value) }
            return text
        }
    }

    func objects(_ name: String) throws -> [TrackingFields] {
        try list(name).map { value in
            guard let object = value.objectValue else { throw wrong(name, value) }
            return TrackingFields(object)
        }
    }

    func wrong(_ name: String, _ value: JSONValue) -> TrackingError {
        .invalid("Invalid value \(value.text()) for parameter '\(name)' supplied: it is \(value.kind).")
    }
}

extension QueryItems {
    /// All items by name; what comes several times is a list.
    var grouped: JSONObject {
        var object = JSONObject()
        for name in names {
            let values = all(name).map(JSONValue.string)
            object[name] = values.count == 1 ? values[0] : .array(values)
        }
        return object
    }
}
