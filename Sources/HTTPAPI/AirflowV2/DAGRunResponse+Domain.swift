import APITypes
import DAGDomain
import StateStore

extension AirflowV2.DAGRunResponse {
    init(_ run: DAGRun, version: AirflowV2.DagVersionResponse?) {
        self.init(
            conf: run.parameters, dagDisplayName: run.dagID.text, dagID: run.dagID.text,
            dagRunID: run.runID.text, dagVersions: version.map { [$0] } ?? [],
            dataIntervalEnd: run.dataIntervalEnd?.rfc3339, dataIntervalStart: run.dataIntervalStart?.rfc3339,
            duration: run.duration, endDate: run.endDate?.rfc3339, logicalDate: run.logicalDate?.rfc3339,
            note: run.note, queuedAt: run.queuedAt.rfc3339, runAfter: run.runAfter.rfc3339,
            runType: AirflowV2.DagRunType(run.type), startDate: run.startDate?.rfc3339,
            state: AirflowV2.DagRunState(run.state),
            triggeredBy: AirflowV2.DagRunTriggeredByType(run.trigger))
    }

    /// Inside `Backend.reading` only.
    init(_ row: RunRow, _ backend: Backend) throws {
        var versions = VersionRows()
        self.init(row.run, version: try versions.response(for: row.run, backend.store))
    }
}
