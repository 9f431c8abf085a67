import APITypes

extension CaseIterable where Self: CodingKey {
    fileprivate static var names: Set<String> { Set(allCases.map(\.stringValue)) }
}

extension AirflowV2.DAGPatchBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.TriggerDAGRunPostBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.DAGRunPatchBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.DAGRunClearBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.PatchTaskInstanceBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.UpdateHITLDetailPayload: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.ClearTaskInstancesBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.PoolBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.PoolPatchBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.BackfillPostBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.BackfillBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.PruneBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.AssetBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.TriggerBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.RunFileBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.PathBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.SelectionBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.PauseBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.PoolBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.TaskPreviewBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.DecisionBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.VariableBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.ConnectionBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.BulkBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.VariableBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.ConnectionBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension AirflowV2.CreateAssetEventsBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.AssetEventBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.WebhookBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.AliasBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}

extension V1.RollbackBody: StrictBody {
    static var knownKeys: Set<String> { CodingKeys.names }
}
