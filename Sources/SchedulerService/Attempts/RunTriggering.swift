import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore

/// Performs `trigger_dag` tasks: the new run and the end of the task that asked for it are one commit, so a crash
/// can neither lose the run nor ask twice.
struct RunTriggering: Sendable {
    let engine: SchedulerEngine
    let catalog: DAGCatalog
    let values: ValueService

    func perform(_ action: TriggerDAGAction, _ parameters: JSONObject, for context: AttemptContext) {
        let request = request(action, parameters, for: context)
            .mapError { Refused(text: values.masked($0.text, of: context.run.number)) }
        engine.submit { engine in
            switch request {
            case .success(let request):
                finish(context, engine.handle(.runRequested(request)), on: engine)
            case .failure(let failure):
                fail(context, failure.text, on: engine)
            }
        }
    }

    private struct Refused: Error {
        let text: String
    }

    private func request(
        _ action: TriggerDAGAction, _ parameters: JSONObject, for context: AttemptContext
    ) -> Result<RunRequest, Refused> {
        do throws(ControlPlaneError) {
            let dag = try catalog.triggerable(action.dagID)
            do throws(ParameterResolution.Failure) {
                let resolved = try ParameterResolution(dag.settings.parameters).resolve(conf: parameters)
                return .success(
                    RunRequest(
                        dagID: dag.id, type: .manual, trigger: .task, parameters: resolved,
                        parent: context.key,
                        dag: dag))
            } catch {
                return .failure(Refused(text: "\(action.dagID) refuses the params: \(error)"))
            }
        } catch {
            return .failure(Refused(text: "\(action.dagID) cannot be triggered: \(error.sentence)"))
        }
    }

    private func finish(
        _ context: AttemptContext, _ decision: SchedulerDecision, on engine: isolated SchedulerEngine
    ) {
        guard let run = decision.createdRun else {
            return fail(context, "the run was refused: \(decision.refusal.map { "\($0)" } ?? "")", on: engine)
        }
        let now = WallClock.now()
        engine.handle(.attemptStarted(context.attempt, processID: 0, at: now))
        engine.handle(
            .attemptFinished(
                AttemptReport(
                    attempt: context.attempt, outcome: .exited(0), startDate: now, endDate: now,
                    outputs: [
                        TaskOutput(name: "triggered_dag_id", value: .string(run.dagID.text)),
                        TaskOutput(name: "triggered_run_id", value: .string(run.runID.text)),
                    ])))
    }

    private func fail(_ context: AttemptContext, _ text: String, on engine: isolated SchedulerEngine) {
        engine.handle(
            .attemptFinished(
                AttemptReport(
                    attempt: context.attempt, outcome: .notStarted(exitCode: 126, text), startDate: nil,
                    endDate: WallClock.now())))
    }
}
