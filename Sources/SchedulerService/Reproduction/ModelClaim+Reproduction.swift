import DAGDomain

extension ModelClaim {
    /// What the same success means in a run that only reproduces a version: it makes one that says so, and judges none. No alias
    /// moves.
    func reproducing(_ key: ModelVersionKey) -> ModelClaim? {
        switch self {
        case .trained(var draft):
            draft.alias = nil
            draft.tags["reproduces"] = "\(key)"
            return .trained(draft)
        case .judged: return nil
        }
    }
}
