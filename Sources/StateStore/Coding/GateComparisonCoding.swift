import DAGDomain
import JSONText

/// How the comparison of a gate's condition is stored: members of the condition's object. Conditions of earlier versions of
/// the program have none of them.
enum GateComparisonCoding {
    static func encode(_ comparison: GateComparison, into object: inout JSONObject) {
        switch comparison {
        case .minus(let other): object["minus"] = .string(other)
        case .slices(let kind): object["slices"] = .string(kind.rawValue)
        case .version(let version):
            object["vs"] = .string(version.alias.text)
            object["baseline_from"] = .string(version.baseline.rawValue)
            object["min_delta"] = version.minimumDelta.map(GateVerdictCoding.encode)
            object["max_delta"] = version.maximumDelta.map(GateVerdictCoding.encode)
            if let bootstrap = version.bootstrap {
                object["confidence"] = GateVerdictCoding.encode(bootstrap.confidence)
                object["predictions"] = .string(bootstrap.predictions)
            }
        }
    }

    static func decode(_ object: JSONObject) -> GateComparison? {
        if let other = object["minus"]?.stringValue { return .minus(other) }
        if let kind = object["slices"]?.stringValue.flatMap(GateSlices.init(rawValue:)) {
            return .slices(kind)
        }
        guard let alias = object["vs"]?.stringValue else { return nil }
        var bootstrap: GateBootstrap?
        if let confidence = object["confidence"].flatMap(GateVerdictCoding.decodeNumber),
            let predictions = object["predictions"]?.stringValue
        {
            bootstrap = GateBootstrap(confidence: confidence, predictions: predictions)
        }
        return .version(
            VersionComparison(
                alias: AliasName(alias),
                baseline: object["baseline_from"]?.stringValue.flatMap(GateBaseline.init(rawValue:))
                    ?? .reported,
                minimumDelta: object["min_delta"].flatMap(GateVerdictCoding.decodeNumber),
                maximumDelta: object["max_delta"].flatMap(GateVerdictCoding.decodeNumber),
                bootstrap: bootstrap))
    }
}
