import Glibc
import JSONText
import SchedulerService
import Testing

/// The daemon shot while many tasks run.
///
/// `ORCHESTRATOR_TEST_KILLS` is how often (100), `ORCHESTRATOR_TEST_SEED` repeats a series.
@FaultLane @Suite(.serialized, .timeLimit(.minutes(60))) struct CrashTests {
    @Test func killedAtRandom() throws {
        let kills = Programs.number("ORCHESTRATOR_TEST_KILLS", default: 100)
        let seed = Programs.seed
        print("CrashTests: \(kills) kills, ORCHESTRATOR_TEST_SEED=\(seed)")
        var random = SeededNumbers(state: UInt64(seed))
        try Installation.with { installation in
            let crowd = try Crowd(installation, width: 120)
            var acknowledged: [String] = []
            for round in 0..<kills {
                let isReady = Bool.random(using: &random)
                let daemon = try isReady ? installation.start() : installation.launch()
                if isReady, round.isMultiple(of: 4) || acknowledged.isEmpty {
                    acknowledged.append(try daemon.trigger(Crowd.name))
                }
                // It must not end by itself; meanwhile it gets as far as it gets.
                let patience = Int32.random(in: 0...300, using: &random)
                try #require(try daemon.ends(withinMilliseconds: patience) == nil, "\(daemon.report)")
                daemon.kill()
            }
            print("CrashTests: \(acknowledged.count) runs of \(crowd.width) tasks")
            try crowd.verify(try installation.start(), acknowledged: acknowledged)
        }
    }

    /// Every name in the source, each at its first, second and a later passage.
    @Test(arguments: Failpoint.allCases, [1, 2, 7])
    func killedAtAFailpoint(_ failpoint: Failpoint, _ count: Int) throws {
        try Installation.with { installation in
            let crowd = try Crowd(installation, width: 30)
            let name = "\(failpoint.rawValue)@\(count)"
            let daemon = try installation.launch(environment: ["ORCHESTRATOR_FAILPOINT": name])
            var acknowledged: [String] = []
            if try daemon.becomesReady(), let run = try? daemon.trigger(Crowd.name) {
                acknowledged.append(run)
            }
            #expect(
                try daemon.waitForEnd() == .signalled(SIGKILL), "\(name) was not passed: \(daemon.report)")
            let second = try installation.start()
            acknowledged.append(try second.trigger(Crowd.name))
            try crowd.verify(second, acknowledged: acknowledged)
        }
    }

    /// The process that forks the supervisors is shot as often as it is seen; the daemon makes a new one.
    @Test func theSpawnServerKilledAgainAndAgain() throws {
        try Installation.with { installation in
            let crowd = try Crowd(installation, width: 120)
            let daemon = try installation.start()
            let run = try daemon.trigger(Crowd.name)
            var kills = 0
            try installation.waiting.until("the end of the run", seconds: 120) {
                if let server = installation.spawnServer(), kill(server, SIGKILL) == 0 { kills += 1 }
                return try daemon.run(Crowd.name, run).isFinished ? true : nil
            }
            print("CrashTests: \(kills) spawn servers killed")
            #expect(kills > 0)
            try crowd.verify(daemon, acknowledged: [run])
        }
    }

    /// Killed again while it recovers, several times in a row.
    @Test func killedDuringRecovery() throws {
        try Installation.with { installation in
            let crowd = try Crowd(installation, width: 60)
            let daemon = try installation.start()
            let run = try daemon.trigger(Crowd.name)
            try installation.waiting.until("some starts") {
                Files.lines(installation.path("starts")).count > 15 ? true : nil
            }
            daemon.kill()
            for failpoint in Failpoint.allCases {
                let next = try installation.launch(environment: ["ORCHESTRATOR_FAILPOINT": failpoint.rawValue]
                )
                _ = try next.ends(withinMilliseconds: 2_000)
                next.kill()
            }
            try crowd.verify(try installation.start(), acknowledged: [run])
        }
    }
}
