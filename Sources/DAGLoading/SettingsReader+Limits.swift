import DAGDomain
import JSONText

/// The keys that say which runs there may be, and how many.
extension SettingsReader {
    mutating func readConcurrency(_ node: JSONNode?) -> RunConcurrency? {
        guard let node, node.members != nil else { return nil }
        let fields = Fields(node, .concurrency)
        return RunConcurrency(
            key: fields["key"].flatMap { readKey($0) }, limit: fields.integer("limit") ?? 1,
            onConflict: fields.choice("on_conflict") ?? .queue)
    }

    mutating func readRunTypes(_ node: JSONNode?) -> Set<DAGRunType>? {
        guard let elements = node?.elements else { return nil }
        return Set(elements.compactMap { $0.stringValue.flatMap(DAGRunType.init(rawValue:)) })
    }

    /// What needs params, schedule and limits at hand.
    mutating func checkLimits(_ fields: Fields, _ settings: DAGSettings) {
        if let types = settings.allowedRunTypes, settings.schedule != .manual, !types.contains(.scheduled),
            let node = fields["allowed_run_types"]
        {
            diagnostics.error(
                "without \"scheduled\" in \"allowed_run_types\" the schedule could not start a run",
                at: node.position)
        }
        if let types = settings.allowedRunTypes, settings.assets != nil, !types.contains(.assetTriggered),
            let node = fields["allowed_run_types"]
        {
            diagnostics.error(
                "without \"asset_triggered\" in \"allowed_run_types\" the assets could not start a run",
                at: node.position)
        }
        guard let place = fields["concurrency"].flatMap({ Fields($0, .concurrency)["key"] }) else { return }
        for case .parameter(let name) in settings.concurrency?.key?.segments ?? []
        where !settings.parameters.contains(where: { $0.name == name }) {
            let hint = NearestWord.find(name, in: settings.parameters.map(\.name))
            diagnostics.error(
                "{{ params.\(name) }}: the DAG has no such param"
                    + (hint.map { "; did you mean \"\($0)\"?" } ?? ""), at: place.position)
        }
    }

    /// Literal text with `{{ NAME }}` in it.
    private mutating func readKey(_ node: JSONNode) -> ConcurrencyKey? {
        guard let text = node.stringValue, !text.isEmpty else { return nil }
        var segments: [ConcurrencyKey.Segment] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex {
                segments.append(.literal(String(rest[..<open.lowerBound])))
            }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                diagnostics.error("\"key\": \"{{\" without \"}}\"", at: node.position)
                return nil
            }
            let name = String(rest[open.upperBound..<close.lowerBound].filter { $0 != " " })
            guard let segment = Self.segment(name) else {
                let names = ConcurrencyKey.Field.allCases.map(\.rawValue).joined(separator: ", ")
                diagnostics.error(
                    "\"key\": {{ \(name) }} is not known when a run is made; there are params.NAME, \(names)",
                    at: node.position)
                return nil
            }
            segments.append(segment)
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { segments.append(.literal(String(rest))) }
        return ConcurrencyKey(segments: segments)
    }

    private static func segment(_ name: String) -> ConcurrencyKey.Segment? {
        if let field = ConcurrencyKey.Field(rawValue: name) { return .field(field) }
        guard name.hasPrefix("params.") else { return nil }
        let parameter = String(name.dropFirst("params.".count))
        return TextRule.variable.accepts(parameter) ? .parameter(parameter) : nil
    }
}
