/// One numbered step of the schema. A step that has been released is never edited; a change is a new step.
struct Migration: Sendable {
    /// The `user_version` of a database after the step.
    let number: Int
    let sql: String

    /// All steps, in order, numbered from 1.
    static let all: [Migration] = [
        .firstSchema, .mappedInstances, .values, .backfills, .runLimits, .notices, .movedRuns, .assets,
        .models, .datasets, .retraining, .tracking, .cache, .assetAliases, .reproductions, .pins,
        .lineageNotes, .deployments, .trackingSteps, .redeployments,
    ]

    /// The schema that this program writes.
    static let newest = all.count
    /// `PRAGMA application_id` of our databases: "ORCH" in ASCII.
    static let applicationID = 0x4F52_4348
}
