import DAGDomain

extension APIContext {
    /// Who asks, for the record. Accounts will say more.
    var actor: String { origin.isTrusted ? "cli" : "api" }

    /// What a run is marked with that this request asks for.
    var runTrigger: RunTrigger { origin.isTrusted ? .commandLine : .restAPI }
}
