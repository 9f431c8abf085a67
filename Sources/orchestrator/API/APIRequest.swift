import JSONText

/// One question to the API, without saying how it travels.
struct APIRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    let method: Method
    /// Starts with `/`; every part is percent-encoded already.
    let path: String
    let query: [(name: String, value: String)]
    let body: JSONValue?

    /// - Parameters:
    ///   - parts: the parts of the path as they are, for example `["api", "v1", "dags", id]`.
    ///   - query: pairs whose value is nil are left out.
    init(_ method: Method, _ parts: [String], query: [(String, String?)] = [], body: JSONValue? = nil) {
        self.method = method
        path = parts.map { "/" + $0.percentEncoded }.joined()
        self.query = query.compactMap { name, value in value.map { (name: name, value: $0) } }
        self.body = body
    }

    /// Path and query.
    var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.map { $0.name.percentEncoded + "=" + $0.value.percentEncoded }
        return path + "?" + pairs.joined(separator: "&")
    }
}

extension String {
    /// Everything but the unreserved characters of RFC 3986 as `%XX`, so that `+` and `/` of run ids survive.
    var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
