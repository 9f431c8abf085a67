import APITypes
import DAGDomain
import Foundation
import JSONText
import SchedulerService
import StateStore

/// What both answers about a DAG tell of it.
private struct DAGFacts {
    let row: DAGRow
    let dag: DAG?
    let next: UpcomingRun?
    let dagFolder: String?

    var id: String { row.status.dagID.text }
    var isStale: Bool { !row.status.isActive }
    var owners: [String] { row.owner.isEmpty ? [] : [row.owner] }
    var settings: DAGSettings { dag?.settings ?? DAGSettings() }
    var fileToken: String { Data(row.path.utf8).base64EncodedString() }

    var relativePath: String {
        guard let dagFolder, row.path.hasPrefix(dagFolder + "/") else { return row.path }
        return String(row.path.dropFirst(dagFolder.count + 1))
    }

    var tags: [AirflowV2.DagTagResponse] {
        row.tags.map { AirflowV2.DagTagResponse(dagDisplayName: id, dagID: id, name: $0) }
    }

    var runTypes: [AirflowV2.DagRunType] {
        [DAGRunType.backfill, .scheduled, .manual, .assetTriggered, .assetMaterialization]
            .filter { settings.allowedRunTypes?.contains($0) ?? true }.compactMap {
                AirflowV2.DagRunType(rawValue: $0.rawValue)
            }
    }

    /// Inside `Backend.reading` only.
    init(_ row: DAGRow, _ backend: Backend) throws {
        self.row = row
        dag = try backend.definition(row)
        next = row.status.isPaused ? nil : backend.nextRun(of: row.status.dagID)
        dagFolder = backend.controlPlane.settings.dagFolder
    }
}

extension Backend {
    /// The next tick of a DAG that is in the folder; nil for any other.
    func nextRun(of dagID: DAGID) -> UpcomingRun? {
        guard controlPlane.catalog.entry(dagID)?.dag != nil else { return nil }
        return try? controlPlane.upcomingRuns(dagID: dagID, count: 1, after: nil, until: nil).first
    }
}

extension AirflowV2.DAGResponse {
    /// Inside `Backend.reading` only.
    init(_ row: DAGRow, _ backend: Backend) throws {
        let facts = try DAGFacts(row, backend)
        self.init(
            allowedRunTypes: facts.runTypes, dagDisplayName: facts.id, dagID: facts.id,
            description: row.description.isEmpty ? nil : row.description, fileToken: facts.fileToken,
            fileloc: row.path, hasImportErrors: row.hasImportErrors, hasTaskConcurrencyLimits: false,
            isPaused: row.status.isPaused, isStale: facts.isStale,
            lastParsedTime: row.versionCreatedAt.rfc3339, maxActiveRuns: facts.settings.maximumActiveRuns,
            maxActiveTasks: facts.settings.maximumActiveTasks,
            nextDagrunDataIntervalEnd: facts.next?.dataIntervalEnd.rfc3339,
            nextDagrunDataIntervalStart: facts.next?.dataIntervalStart.rfc3339,
            nextDagrunLogicalDate: facts.next?.logicalDate.rfc3339,
            nextDagrunRunAfter: facts.next?.runAfter.rfc3339, owners: facts.owners,
            relativeFileloc: facts.relativePath, tags: facts.tags,
            timetableDescription: facts.settings.scheduleSummary,
            timetableSummary: facts.settings.scheduleSummary)
    }
}

extension AirflowV2.DAGDetailsResponse {
    /// Inside `Backend.reading` only.
    init(_ row: DAGRow, _ backend: Backend) throws {
        let facts = try DAGFacts(row, backend)
        let settings = facts.settings
        let counts = try backend.store.runCounts(of: [row.status.dagID])
        let latest = try backend.store.versions(of: row.status.dagID, limit: 1).rows.first
        self.init(
            activeRunsCount: counts.filter { !$0.state.isFinished }.reduce(0) { $0 + $1.runs },
            allowedRunTypes: facts.runTypes, assetExpression: settings.assetExpression,
            catchup: settings.catchup == .all,
            concurrency: settings.maximumActiveTasks, dagDisplayName: facts.id, dagID: facts.id,
            dagRunTimeout: settings.runTimeout.map { "PT\($0.inSeconds)S" },
            description: row.description.isEmpty ? nil : row.description,
            docMD: settings.documentation.isEmpty ? nil : settings.documentation,
            endDate: settings.endDate?.rfc3339, fileToken: facts.fileToken, fileloc: row.path,
            hasImportErrors: row.hasImportErrors, hasTaskConcurrencyLimits: false,
            isPaused: row.status.isPaused,
            isPausedUponCreation: backend.controlPlane.settings.pausedAtCreation, isStale: facts.isStale,
            lastParsed: row.versionCreatedAt.rfc3339, lastParsedTime: row.versionCreatedAt.rfc3339,
            latestDagVersion: latest.map { AirflowV2.DagVersionResponse($0) },
            maxActiveRuns: settings.maximumActiveRuns, maxActiveTasks: settings.maximumActiveTasks,
            nextDagrunDataIntervalEnd: facts.next?.dataIntervalEnd.rfc3339,
            nextDagrunDataIntervalStart: facts.next?.dataIntervalStart.rfc3339,
            nextDagrunLogicalDate: facts.next?.logicalDate.rfc3339,
            nextDagrunRunAfter: facts.next?.runAfter.rfc3339, owners: facts.owners,
            params: Self.params(settings.parameters), relativeFileloc: facts.relativePath,
            startDate: settings.startDate?.rfc3339, tags: facts.tags,
            timetableDescription: settings.scheduleSummary, timetableSummary: settings.scheduleSummary,
            timezone: settings.timeZone.text)
    }

    /// Each parameter with its value and schema, as Airflow writes `Param`.
    private static func params(_ parameters: [ParameterDefinition]) -> JSONObject {
        JSONObject(
            parameters.map { parameter in
                var schema = parameter.schema
                schema["default"] = nil
                let description = schema["description"] ?? .null
                schema["description"] = nil
                return (
                    parameter.name,
                    [
                        "value": parameter.defaultValue ?? .null, "schema": .object(schema),
                        "description": description,
                    ]
                )
            })
    }
}
