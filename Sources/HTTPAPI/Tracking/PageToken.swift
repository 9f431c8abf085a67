import Foundation
import JSONText

/// Where the next page of a search begins, as MLflow writes it.
enum PageToken {
    static func text(_ offset: Int) -> String {
        Data("{\"offset\": \(offset)}".utf8).base64EncodedString()
    }

    static func offset(of token: String) throws(TrackingError) -> Int {
        guard let data = Data(base64Encoded: token) else {
            throw .invalid("Invalid page token, could not base64-decode")
        }
        let value = (try? JSONValue.parse(bytes: Array(data)))?["offset"]
        guard let offset = value?.intValue ?? value?.stringValue.flatMap({ Int64($0) }), offset >= 0,
            offset < Int64(Int32.max)
        else { throw .invalid("Invalid page token, decoded value=\(String(decoding: data, as: UTF8.self))") }
        return Int(offset)
    }
}
