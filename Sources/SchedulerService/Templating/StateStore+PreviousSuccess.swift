import DAGDomain
import StateStore

extension StateStore {
    /// The successful run of the same DAG with the latest logical date before the run's own; looked for when called.
    func previousSuccess(of run: DAGRun) -> @Sendable () throws(TemplateRendering.Failure) -> DAGRun? {
        { () throws(TemplateRendering.Failure) in
            guard let date = run.logicalDate else { return nil }
            var filter = RunFilter()
            filter.dagIDs = [run.dagID]
            filter.states = [.success]
            filter.logicalDate = TimestampRange()
            filter.logicalDate?.through = date - .microseconds(1)
            filter.order = .logicalDate
            filter.descending = true
            filter.limit = 1
            do throws(StateStoreError) { return try self.runs(filter).rows.first?.run } catch {
                throw TemplateRendering.Failure(text: error.sentence)
            }
        }
    }
}
