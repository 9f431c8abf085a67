import DAGDomain
import JSONText

/// The file behind `ORCHESTRATOR_OUTLETS`: one JSON object in a line, `{"asset": URI, "extra": {...}}`, for each update
/// of which the task wants to say something. The last line of an asset wins; an asset that is not named is updated
/// all the same.
enum OutletFile {
    static let sizeLimitBytes = 1024 * 1024

    static func parse(
        _ bytes: [UInt8], of outlets: [AssetURI]
    ) throws(OutputFile.Problem) -> [AssetURI: JSONObject] {
        guard let lines = TextLines.lines(of: bytes) else {
            throw OutputFile.Problem(text: "the outlets file is not UTF-8")
        }
        var extras: [AssetURI: JSONObject] = [:]
        for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let (asset, extra) = try entry(line, number + 1)
            guard outlets.contains(asset) else {
                throw OutputFile.Problem(
                    text:
                        "line \(number + 1) of the outlets file: `\(asset)` is not one of the task's outlets")
            }
            extras[asset] = extra
        }
        return extras
    }

    private static func entry(
        _ line: Substring, _ number: Int
    ) throws(OutputFile.Problem) -> (AssetURI, JSONObject) {
        guard let value = try? JSONValue.parse(String(line)), let asset = value["asset"]?.stringValue,
            let extra = (value["extra"] ?? .object(JSONObject())).objectValue
        else {
            throw OutputFile.Problem(
                text: "line \(number) of the outlets file is not {\"asset\": URI, \"extra\": {...}}")
        }
        return (AssetURI(asset), extra)
    }
}
