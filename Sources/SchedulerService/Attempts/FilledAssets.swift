import DAGDomain
import JSONText

/// The assets of a task whose URIs had places to fill in, as they were filled in when an attempt began; kept in a file
/// until it ends.
struct FilledAssets: Sendable {
    let assets: [Asset]

    struct Failure: Error {
        let text: String
        var isMachineFault = false
    }

    /// - Parameter fixed: assets of the same list that had nothing to fill in; none may come up twice.
    init(
        _ templates: [AssetTemplate], in key: String, _ rendering: TemplateRendering, _ masker: SecretMasker,
        besides fixed: [Asset] = []
    ) throws(Failure) {
        var seen = Set(fixed.map(\.uri))
        var assets: [Asset] = []
        for template in templates {
            let text: String
            do throws(TemplateRendering.Failure) { text = try rendering.text(template.uri) } catch {
                throw Failure(text: error.text, isMachineFault: error.isMachineFault)
            }
            guard masker.masked(text) == text else {
                throw Failure(text: "a URI in \"\(key)\" holds a secret, and everybody may see URIs")
            }
            let uri = AssetURI(text)
            guard uri.isValid else {
                throw Failure(
                    text: "`\(text.prefix(200))` in \"\(key)\" is not a URI: up to "
                        + "\(AssetURI.maximumLength) printable ASCII characters")
            }
            guard seen.insert(uri).inserted else {
                throw Failure(text: "`\(uri)` comes up twice in \"\(key)\"")
            }
            assets.append(template.filled(uri))
        }
        self.assets = assets
    }

    var json: JSONValue {
        .array(
            assets.map {
                [
                    "uri": .string($0.uri.text), "name": .string($0.name), "group": .string($0.group),
                    "extra": .object($0.extra),
                ]
            })
    }

    /// Reads `json` back; nil when it is something else.
    static func read(_ bytes: [UInt8]) -> [Asset]? {
        guard let rows = try? JSONValue.parse(bytes: bytes).arrayValue else { return nil }
        let assets = rows.compactMap { row -> Asset? in
            guard let uri = row["uri"]?.stringValue, let name = row["name"]?.stringValue,
                let group = row["group"]?.stringValue, let extra = row["extra"]?.objectValue
            else { return nil }
            return Asset(AssetURI(uri), name: name, group: group, extra: extra)
        }
        return assets.count == rows.count ? assets : nil
    }
}

extension AttemptPreparation {
    /// Checks the assets that are known only now, and keeps those that the task's success will update.
    func fillAssets(_ context: AttemptContext, _ rendering: TemplateRendering) throws(Failure) {
        let late = context.task.lateAssets
        guard !late.inlets.isEmpty || !late.outlets.isEmpty else { return }
        let masker: SecretMasker
        do throws(ValueError) { masker = try values.masker(for: context.run.number) } catch {
            throw Failure(text: error.sentence, isMachineFault: true)
        }
        let outlets: FilledAssets
        do throws(FilledAssets.Failure) {
            _ = try FilledAssets(late.inlets, in: "inlets", rendering, masker)
            outlets = try FilledAssets(
                late.outlets, in: "outlets", rendering, masker, besides: context.task.outlets)
        } catch {
            throw Failure(text: error.text, isMachineFault: error.isMachineFault)
        }
        guard !late.outlets.isEmpty else { return }
        try Self.writeForStart(outlets.json.text() + "\n", to: context.files.filledOutlets)
    }
}
