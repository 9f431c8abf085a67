import JSONText

/// Connections as one line of text, by the rules of Airflow's `Connection.get_uri` and `_parse_from_uri`.
extension Connection {
    /// The member of the query that holds an `extra` which is not an object of texts.
    private static let extraKey = "__extra__"

    /// `type://login:password@host:port/schema?extra`, each part percent-encoded.
    package var uri: String {
        var text = type.lowercased().replacing("_", with: "-") + "://"
        var name = host
        if let host, let mark = host.firstRange(of: "://") {
            text += host[..<mark.upperBound]
            name = String(host[mark.upperBound...])
        }
        var authority = login?.percentEncoded ?? ""
        if let password { authority += ":" + password.percentEncoded }
        if !authority.isEmpty { text += authority + "@" }
        text += (name ?? "").percentEncoded
        if let port { text += ((name ?? "").isEmpty && authority.isEmpty ? "@" : "") + ":\(port)" }
        if let schema, !schema.isEmpty { text += "/" + schema.percentEncoded }
        guard let extra, !extra.isEmpty else { return text }
        return text + (schema?.isEmpty ?? true ? "/?" : "?") + Self.query(of: extra)
    }

    private static func query(of extra: String) -> String {
        let members = (try? JSONValue.parse(extra))?.objectValue
        if let members, !members.isEmpty, members.allSatisfy({ $0.value.stringValue != nil }) {
            return members.map { "\($0.key.percentEncoded)=\(($0.value.stringValue ?? "").percentEncoded)" }
                .joined(separator: "&")
        }
        return "\(extraKey)=\(extra.percentEncoded)"
    }

    /// A text that is not a connection.
    package struct URIError: Error, Hashable, Sendable {
        package let reason: String
    }

    package init(id: String, uri: String) throws(URIError) {
        guard let mark = uri.firstRange(of: "://") else {
            throw URIError(reason: "it has no `type://` at its beginning")
        }
        let scheme = uri[..<mark.lowerBound].lowercased().replacing("-", with: "_")
        guard !scheme.isEmpty else { throw URIError(reason: "it has no `type://` at its beginning") }
        self.init(id: id, type: scheme == "postgresql" ? "postgres" : scheme)
        var rest = uri[mark.upperBound...]
        var hostProtocol = ""
        if let second = rest.firstRange(of: "://"),
            !rest[..<second.lowerBound].contains(where: { "/?@:".contains($0) })
        {
            hostProtocol = String(rest[..<second.upperBound])
            rest = rest[second.upperBound...]
        }
        let (place, query) = rest.split(at: "?")
        let (network, path) = place.split(at: "/")
        if let path, !path.isEmpty { schema = try Self.decoded(path) }
        try readNetwork(network, hostProtocol)
        if let query, !query.isEmpty { extra = try Self.extra(ofQuery: query) }
    }

    private mutating func readNetwork(_ text: Substring, _ hostProtocol: String) throws(URIError) {
        var place = text
        if let mark = text.lastIndex(of: "@") {
            let (login, password) = text[..<mark].split(at: ":")
            if !login.isEmpty { self.login = try Self.decoded(login) }
            if let password { self.password = try Self.decoded(password) }
            place = text[text.index(after: mark)...]
        }
        let afterAddress = place.lastIndex(of: "]").map { place.index(after: $0) } ?? place.startIndex
        var name = place
        if let mark = place[afterAddress...].lastIndex(of: ":") {
            let digits = place[place.index(after: mark)...]
            if !digits.isEmpty {
                guard let port = Int(digits), (0...65_535).contains(port) else {
                    throw URIError(reason: "its port is not a number from 0 to 65535")
                }
                self.port = port
            }
            name = place[..<mark]
        }
        let text = hostProtocol + (try Self.decoded(name))
        if !text.isEmpty { host = text }
    }

    private static func extra(ofQuery query: Substring) throws(URIError) -> String {
        var members = JSONObject()
        for pair in query.split(separator: "&") {
            let (name, value) = pair.split(at: "=")
            members[try decoded(name, isForm: true)] = .string(try decoded(value ?? "", isForm: true))
        }
        return members[extraKey]?.stringValue ?? JSONValue.object(members).text()
    }

    private static func decoded(_ text: Substring, isForm: Bool = false) throws(URIError) -> String {
        guard let decoded = text.percentDecoded(isForm: isForm) else {
            throw URIError(reason: "a part of it is not well percent-encoded")
        }
        return decoded
    }
}

extension Substring {
    /// What is before and after the first `mark`; nothing after it when there is none.
    fileprivate func split(at mark: Character) -> (Substring, Substring?) {
        guard let place = firstIndex(of: mark) else { return (self, nil) }
        return (self[..<place], self[index(after: place)...])
    }

    fileprivate func percentDecoded(isForm: Bool) -> String? {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) else {
                    return nil
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(isForm && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension StringProtocol {
    /// Everything but the unreserved characters of RFC 3986 as `%XX`.
    package var percentEncoded: String { percentEncoded(keeping: "") }

    /// - Parameter kept: further ASCII characters that stay as they are.
    package func percentEncoded(keeping kept: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            case _ where kept.utf8.contains(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
