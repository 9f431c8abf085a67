import JSONText

/// The best of the instances of a mapped task.
package struct BestTrial: Hashable, Sendable {
    package let mapIndex: Int
    package let value: Double

    /// The first of those with the best value; what is not a number, or was not reported, cannot be best. Nil without any.
    package init?(_ selection: TrialSelection, values: [(mapIndex: Int, value: Double?)]) {
        var best: (mapIndex: Int, value: Double)?
        for (index, value) in values.sorted(by: { $0.mapIndex < $1.mapIndex }) {
            guard let value, !value.isNaN else { continue }
            if let known = best, !selection.mode.isBetter(value, than: known.value) { continue }
            best = (index, value)
        }
        guard let best else { return nil }
        mapIndex = best.mapIndex
        value = best.value
    }

    /// What is seen of it downstream, by the names of `TrialSelection.outputNames`.
    package func outputs(parameters: JSONObject) -> JSONObject {
        [
            "best_map_index": .integer(Int64(mapIndex)),
            "best_value": JSONValue(value) ?? .string("\(value)"), "best_params": .object(parameters),
        ]
    }
}
