import DAGDomain
import JSONText

/// What the ends of tasks mean for the registry. The scheduler asks for an objection before it decides about the attempt, and
/// carries the claim out with what it has decided.
extension ModelRegistry {
    /// How the attempt ended that makes a claim.
    package enum ClaimEnd: Hashable, Sendable {
        case success(gateHolds: Bool)
        /// It failed for its gate alone: what it measured is still true.
        case gateFailure
    }

    /// Why a claim cannot be carried out any more: one sentence.
    package func objection(to claim: ModelClaim) -> String? {
        switch claim {
        case .trained(let draft):
            return draft.model.isValid ? nil : ModelRefusal.badName(draft.model.text).sentence
        case .judged(let judgement):
            let key = judgement.key
            guard contains(key) else { return ModelRefusal.unknownVersion(key).sentence }
            for (alias, expected) in judgement.expected.sorted(by: { $0.key < $1.key }) {
                let now = version(of: key.model, alias)
                if now != expected {
                    return "the alias `\(alias)` of model `\(key.model)` moved from "
                        + "\(Self.words(expected)) to \(Self.words(now)) while the task ran, so what it compared "
                        + "with is no longer the \(alias)"
                }
            }
            return nil
        }
    }

    /// What is added to the outputs of a task that trains: the version that its success will make.
    package func outputs(for claim: ModelClaim) -> [TaskOutput] {
        switch claim {
        case .trained(let draft):
            Self.outputs(of: draft.model, models[draft.model]?.next ?? 1)
        case .judged: []
        }
    }

    private static func outputs(of model: ModelName, _ version: Int) -> [TaskOutput] {
        [
            TaskOutput(name: ModelUse.outputNames[0], value: .string(model.text)),
            TaskOutput(name: ModelUse.outputNames[1], value: .integer(Int64(version))),
        ]
    }

    /// Carries out a claim to which there was no objection.
    package mutating func conclude(
        _ claim: ModelClaim, _ end: ClaimEnd, at now: Timestamp, by who: String
    ) -> [ModelChange] {
        switch (claim, end) {
        case (.trained(var draft), .success(let holds)):
            if !holds { draft.alias = nil }
            let created = models[draft.model] == nil ? [create(draft.model, at: now)] : []
            return created + add(draft, at: now, by: who)
        case (.trained, .gateFailure): return []
        case (.judged(let judgement), _):
            guard contains(judgement.key) else { return [] }
            var changes: [ModelChange] = []
            if !judgement.metrics.isEmpty {
                changes.append(
                    .versionMeasured(judgement.key, judgement.metrics, origin: judgement.origin))
            }
            if let alias = judgement.alias, end == .success(gateHolds: true) {
                if judgement.isRollback, let change = goBack(alias, to: judgement, at: now, by: who) {
                    return changes + [change]
                }
                changes += move(
                    alias, to: judgement.key, at: now, by: who, reason: judgement.reason,
                    origin: judgement.origin)
            }
            return changes
        }
    }

    /// Nil when the alias was somewhere else before.
    private mutating func goBack(
        _ alias: AliasName, to judgement: ModelJudgement, at now: Timestamp, by who: String
    ) -> ModelChange? {
        let model = judgement.key.model
        guard (try? versionBefore(alias, of: model)) == judgement.key.version else { return nil }
        return try? rollBack(
            alias, of: model, at: now, by: who, reason: judgement.reason, origin: judgement.origin
        ).first
    }

    private static func words(_ version: ModelVersionNumber?) -> String {
        version.map { "version \($0)" } ?? "nowhere"
    }
}

extension ModelRefusal {
    /// What is wrong, for a person.
    package var sentence: String {
        switch self {
        case .badName(let name):
            "`\(name)` is no name for a model: one line without / and : of at most 256 bytes"
        case .badAlias(let alias):
            "`\(alias)` is no alias: letters, digits, _ and - only, not `latest` and not a version such as v1"
        case .modelExists(let name): "there is a model `\(name)` already"
        case .unknownModel(let name): "there is no model `\(name)`"
        case .unknownVersion(let key): "model `\(key.model)` has no version \(key.version)"
        case .nothingBefore(let model, let alias, let version):
            if let version {
                "the alias `\(alias)` of model `\(model)` has never been anywhere but at version \(version)"
            } else {
                "the alias `\(alias)` of model `\(model)` has never pointed to a version"
            }
        }
    }
}
