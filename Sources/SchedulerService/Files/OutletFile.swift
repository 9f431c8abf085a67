import DAGDomain
import JSONText

/// The file behind `ORCHESTRATOR_OUTLETS`: one JSON object in a line.
///
/// `{"asset": URI, "extra": {...}}` says something of the update of an outlet; the last line of an asset wins, and an
/// outlet that is not named is updated all the same. `{"alias": NAME, "asset": URI, "extra": {...}}` updates an asset
/// under an alias; as in Airflow, lines that differ in the extra are updates of their own, and lines that differ in the
/// alias alone are one.
enum OutletFile {
    static let sizeLimitBytes = 1024 * 1024

    /// What was said.
    struct Content {
        var extras: [AssetURI: JSONObject] = [:]
        var aliased: [OutletReport.AliasUpdate] = []
    }

    private struct Update: Hashable {
        let asset: AssetURI
        let extra: JSONObject
    }

    static func parse(
        _ bytes: [UInt8], of outlets: [AssetURI], aliases: [AssetAliasName] = []
    ) throws(OutputFile.Problem) -> Content {
        guard let lines = TextLines.lines(of: bytes) else {
            throw OutputFile.Problem(text: "the outlets file is not UTF-8")
        }
        var content = Content()
        var places: [Update: Int] = [:]
        for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let place = "line \(number + 1) of the outlets file"
            let (update, alias) = try entry(line, place, hasAliases: !aliases.isEmpty)
            guard let alias else {
                guard outlets.contains(update.asset) else {
                    let hint = aliases.isEmpty ? "" : "; an update under an alias names the \"alias\""
                    throw OutputFile.Problem(
                        text: "\(place): `\(update.asset)` is not one of the task's outlets\(hint)")
                }
                content.extras[update.asset] = update.extra
                continue
            }
            guard aliases.contains(alias) else {
                throw OutputFile.Problem(text: "\(place): `\(alias)` is not one of the task's aliases")
            }
            guard update.asset.isValid else {
                throw OutputFile.Problem(
                    text: "\(place): an asset is named by up to \(AssetURI.maximumLength) printable ASCII "
                        + "characters")
            }
            if let known = places[update] {
                if !content.aliased[known].aliases.contains(alias) {
                    content.aliased[known].aliases.append(alias)
                }
            } else {
                places[update] = content.aliased.count
                content.aliased.append(
                    OutletReport.AliasUpdate(asset: update.asset, extra: update.extra, aliases: [alias]))
            }
        }
        return content
    }

    private static func entry(
        _ line: Substring, _ place: String, hasAliases: Bool
    ) throws(OutputFile.Problem) -> (Update, AssetAliasName?) {
        guard let value = try? JSONValue.parse(String(line)), let asset = value["asset"]?.stringValue,
            let extra = (value["extra"] ?? .object(JSONObject())).objectValue,
            value["alias"] == nil || value["alias"]?.stringValue != nil
        else {
            let form = "{\(hasAliases ? "\"alias\": NAME, " : "")\"asset\": URI, \"extra\": {...}}"
            throw OutputFile.Problem(text: "\(place) is not \(form)")
        }
        let alias = value["alias"]?.stringValue.map { AssetAliasName($0) }
        return (Update(asset: AssetURI(asset), extra: extra), alias)
    }
}
