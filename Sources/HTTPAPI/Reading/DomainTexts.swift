import DAGDomain
import JSONText

/// How values of the domain are written for people and programs.
extension Schedule {
    /// As a person would write it: `0 2 * * *`, `every 6h`; nil without a schedule.
    var summary: String? {
        switch self {
        case .manual: nil
        case .cron(let expressions): expressions.map(\.text).joined(separator: ", ")
        case .every(let period): "every \(DurationText.describe(period))"
        case .once: "@once"
        case .continuous: "@continuous"
        }
    }
}

extension DAGSettings {
    /// As a person would say when it runs: the schedule, the assets, or both; nil for neither.
    var scheduleSummary: String? {
        let texts = [
            retraining.map { "retrain_when: \($0)" }, assets.map { "assets: \($0)" }, schedule.summary,
        ].compactMap(\.self)
        return texts.isEmpty ? nil : texts.joined(separator: "; or ")
    }

    /// The condition in the form of Airflow's `asset_expression`.
    var assetExpression: JSONObject? {
        guard let assets else { return nil }
        let names = Dictionary(scheduleAssets.map { ($0.uri, $0) }) { first, _ in first }
        return assets.expression { names[$0] ?? Asset($0) }.objectValue
    }
}

extension AssetCondition {
    fileprivate func expression(_ asset: (AssetURI) -> Asset) -> JSONValue {
        switch self {
        case .asset(let uri):
            let known = asset(uri)
            return [
                "asset": [
                    "uri": .string(uri.text), "name": .string(known.name), "group": .string(known.group),
                ]
            ]
        case .alias(let alias):
            return ["alias": ["name": .string(alias.text), "group": .string(Asset.defaultGroup)]]
        case .all(let parts): return ["all": .array(parts.map { $0.expression(asset) })]
        case .any(let parts): return ["any": .array(parts.map { $0.expression(asset) })]
        }
    }
}

extension CatchupPolicy {
    var summary: String {
        switch self {
        case .none: "false"
        case .all: "true"
        case .latest: "latest"
        case .collapse: "collapse"
        case .window(let window): DurationText.describe(window)
        }
    }
}

extension RunReason {
    var sentence: String {
        switch self {
        case .timedOut: "The run took longer than its dagrun_timeout."
        case .deadlocked: "Tasks were left, but none of them could ever start."
        case .cancelledByUser: "The run was cancelled."
        case .markedByUser: "The state of the run was set by hand."
        case .skippedByConcurrency: "The run was skipped because its concurrency group was full."
        case .cancelledByConcurrency: "The run was cancelled because its concurrency group was full."
        case .failedByConcurrency: "The run failed because its concurrency group was full."
        case .superseded: "The run was cancelled for a newer one of its concurrency group."
        case .coalesced: "The run was skipped and a newer one of its concurrency group stands for it."
        }
    }
}

extension DAGRun {
    /// Why it ended as it did, when its tasks do not say it.
    var reasonSentence: String? {
        reason.map { reason in reasonDetail.map { "\(reason.sentence.dropLast()): \($0)." } ?? reason.sentence
        }
    }
}

extension DAGRun {
    /// Seconds from the start to the end; nil unless it has ended.
    var duration: Double? {
        guard let startDate, let endDate else { return nil }
        return (endDate - startDate).inSeconds
    }
}

extension TaskInstance {
    /// Seconds of the last attempt; nil while it runs.
    var duration: Double? {
        guard let startDate, let endDate else { return nil }
        return (endDate - startDate).inSeconds
    }
}

extension Attempt {
    var duration: Double? {
        guard let startDate, let endDate else { return nil }
        return (endDate - startDate).inSeconds
    }
}
