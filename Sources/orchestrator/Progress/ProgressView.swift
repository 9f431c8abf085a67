import DAGDomain
import SchedulerService

/// Shows a run's progress to a person: a block that is redrawn on a terminal, lines elsewhere.
struct ProgressView {
    private let terminal: Terminal
    private let tails: LogTails
    private let notice: Notice?
    private var screen: ProgressScreen?

    init(terminal: Terminal, tails: LogTails, notice: Notice? = nil) {
        self.terminal = terminal
        self.tails = tails
        self.notice = notice
        screen = terminal.isInteractive ? ProgressScreen(terminal: terminal) : nil
    }

    var needsTimer: Bool { screen != nil }

    /// On a terminal the timer draws; a line is written at once.
    mutating func show(_ changes: RunProgress.Changes, _ progress: RunProgress) {
        if screen != nil {
            tails.follow(progress.instances.filter(\.isRunning))
            if progress.isFinished { redraw(progress) }
        } else {
            for line in ProgressLines(now: WallClock.now()).lines(changes, in: progress) { write(line) }
        }
    }

    /// The reason of a state that was shown before.
    func show(reason: String, of name: InstanceName) {
        if screen == nil {
            write("\(WallClock.now().localTimeOfDay) \(name.text): \(reason)".withoutControls)
        }
    }

    mutating func redraw(_ progress: RunProgress) {
        screen?.draw(
            ProgressBlock(
                progress: progress, logLines: tails.lines, now: WallClock.now(), notice: notice?.text))
    }

    func end(_ run: FollowedRun) {
        for line in RunSummary(run: run).lines(colour: terminal.usesColour) { write(line) }
    }

    func stop() {
        tails.stop()
    }

    private func write(_ line: String) {
        try? terminal.write(line + "\n")
    }
}
