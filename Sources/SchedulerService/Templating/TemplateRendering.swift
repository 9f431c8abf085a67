import DAGDomain
import JSONText

/// Fills templates in: one pass, each place one literal value. Strings stand as they are, other values as JSON.
struct TemplateRendering: Sendable {
    /// Of the instance: those of the run, and over them what a mapped instance adds.
    let parameters: JSONObject
    /// Outputs by task and name, of the tasks that the template may look at.
    let outputs: [TaskID: JSONObject]
    let facts: TemplateFacts
    /// Variables and connections.
    let values: any ValueSource

    /// Why a place cannot be filled in.
    struct Failure: Error, Hashable {
        let text: String
        /// There is no value now (the filter `default` gives one); otherwise the value does not fit its filter.
        var isMissing = false
        /// The machine's fault (database, key) and not the task's.
        var isMachineFault = false

        static func missing(_ text: String) -> Failure { Failure(text: text, isMissing: true) }
    }

    func text(_ template: TemplateText) throws(Failure) -> String {
        var result = ""
        for segment in template.segments {
            let text: String
            switch segment {
            case .literal(let literal): text = literal
            case .place(let place): text = try value(of: place).text
            }
            guard !text.utf8.contains(0) else {
                throw Failure(text: "a value with a NUL byte cannot be an argument or a variable")
            }
            result += text
        }
        return result
    }

    /// A template that is one place alone keeps the value's type; anything else is text.
    func value(_ template: TemplateText) throws(Failure) -> JSONValue {
        if template.segments.count == 1, case .place(let place) = template.segments[0] {
            return try value(of: place).json
        }
        return .string(try text(template))
    }

    private func value(of place: TemplatePlace) throws(Failure) -> TemplateValue {
        var filters = place.filters[...]
        var value: TemplateValue
        do throws(Failure) {
            value = try self.value(of: place.reference)
        } catch {
            // Jinja: only `default` accepts what is not there, wherever it stands in the chain.
            guard error.isMissing, let index = filters.firstIndex(where: { $0.kind == .default }) else {
                throw error
            }
            value = .json(filters[index].arguments[0])
            filters = filters[(index + 1)...]
        }
        for filter in filters { value = try filter.applied(to: value) }
        return value
    }

    private func value(of reference: TemplateReference) throws(Failure) -> TemplateValue {
        switch reference {
        case .text(let text): return .json(.string(text))
        case .parameters: return .json(.object(parameters))
        case .parameter(let name, let path):
            guard let value = parameters[name] else {
                throw .missing("the run has no parameter `\(name)`")
            }
            return .json(try value.descending(path, in: "params.\(name)"))
        case .configuration(let path):
            return .json(try JSONValue.object(facts.run.parameters).descending(path, in: "dag_run.conf"))
        case .output(let task, let name):
            guard let value = outputs[task]?[name] else {
                throw .missing("`\(task)` has no output `\(name)` in this run")
            }
            return .json(value)
        case .fact(let name): return try facts.value(of: name)
        case .variable(let key): return .json(.string(try variable(key)))
        case .variableJSON(let key, let path):
            guard let value = try? JSONValue.parse(try variable(key)) else {
                throw Failure(text: "the variable `\(key)` is not JSON")
            }
            return .json(try value.descending(path, in: "var.json.\(key)"))
        case .connection(let id, let field): return .json(try field.value(in: try connection(id)))
        }
    }

    private func variable(_ key: String) throws(Failure) -> String {
        guard let value = try Self.found({ () throws(ValueError) in try values.variable(key) }) else {
            throw .missing("there is no variable `\(key)`")
        }
        return value
    }

    private func connection(_ id: String) throws(Failure) -> Connection {
        guard let value = try Self.found({ () throws(ValueError) in try values.connection(id) }) else {
            throw .missing("there is no connection `\(id)`")
        }
        return value
    }

    private static func found<Value>(
        _ body: () throws(ValueError) -> Value?
    ) throws(Failure) -> Value? {
        do { return try body() } catch {
            if case .database(let text) = error { throw Failure(text: text, isMachineFault: true) }
            throw Failure(text: error.sentence)
        }
    }
}

extension JSONValue {
    /// What lies at the end of some steps: keys of objects, positions of lists.
    func descending(_ path: [String], in name: String) throws(TemplateRendering.Failure) -> JSONValue {
        var value = self
        var place = name
        for step in path {
            place += "." + step
            guard let next = value[step] ?? Int(step).flatMap({ value[$0] }) else {
                throw .missing("there is no `\(place)`")
            }
            value = next
        }
        return value
    }
}

extension ConnectionField {
    fileprivate func value(in connection: Connection) throws(TemplateRendering.Failure) -> JSONValue {
        let text: String?
        switch self {
        case .id: text = connection.id
        case .type: text = connection.type
        case .host: text = connection.host
        case .login: text = connection.login
        case .password: text = connection.password
        case .schema: text = connection.schema
        case .description: text = connection.description
        case .uri: text = connection.uri
        case .port:
            guard let port = connection.port else {
                throw .missing("the connection `\(connection.id)` has no port")
            }
            return .integer(Int64(port))
        case .extra(let path):
            if path.isEmpty { return .string(connection.extra ?? "{}") }
            let extra = connection.extra.flatMap { try? JSONValue.parse($0) } ?? .object(JSONObject())
            return try extra.descending(path, in: "conn.\(connection.id).extra")
        }
        guard let text else {
            let word = Self.words.first { $0.field == self }?.word ?? "value"
            throw .missing("the connection `\(connection.id)` has no \(word)")
        }
        return .string(text)
    }
}
