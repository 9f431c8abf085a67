/// What happens to the ticks of a schedule that passed while nobody could start them: the daemon was stopped,
/// the DAG was paused, or its file is new and has a `start_date` in the past.
package enum CatchupPolicy: Hashable, Sendable {
    /// `false`, the default: the newest missed tick runs, the others are skipped.
    case none
    /// `true`: every missed tick runs.
    case all
    /// `"latest"`: the newest missed tick runs, the others are skipped.
    case latest
    /// `"collapse"`: one run stands for all missed ticks; its data interval spans them.
    case collapse
    /// Missed ticks not older than the window run, older ones are skipped.
    case window(Duration)
}
