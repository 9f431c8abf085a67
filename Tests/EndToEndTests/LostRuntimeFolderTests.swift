import Glibc
import JSONText
import Testing

/// The control files of running attempts are removed while nobody watches them.
@FaultLane @Suite(.serialized, .timeLimit(.minutes(60))) struct LostRuntimeFolderTests {
    /// The first try tells its process and a second one in a session of its own that ignores TERM, and waits for ever.
    /// The second try looks for both: a process that can still run code has a command line, one that is merely being
    /// buried has none.
    private static let script = #"""
        if [ "$ORCHESTRATOR_TRY_NUMBER" = 1 ]; then
            mkfifo ../apart
            setsid sh -c 'trap "" TERM; echo $$ > ../apart; read x < ../gate' &
            read other < ../apart
            echo "$$ $other" > ../told
            read x < ../gate
            exit 1
        fi
        for process in $(cat ../first); do
            [ -z "$(head -c 1 /proc/$process/cmdline 2> /dev/null)" ] || echo $process >> ../overlap
        done
        """#

    @Test func theFirstTryIsEndedBeforeTheSecondBegins() throws {
        try Installation.with { installation in
            let told = try installation.fifo("told")
            _ = try installation.fifo("gate")
            try Files.write(Self.script, to: installation.dags + "/task.sh")
            try installation.dag(
                "lost",
                #"{"dag_id": "lost", "tasks": [{"task_id": "t", "retries": 1, "retry_delay": 0, "command": ["sh", "task.sh"]}]}"#
            )
            let daemon = try installation.start()
            let runID = try daemon.trigger("lost")
            let line = try told.line()
            let first = line.split(separator: " ").compactMap { Int32($0) }
            try #require(first.count == 2, "\(line)")
            try Files.write(line, to: installation.path("first"))
            daemon.kill()
            #expect(first.allSatisfy { Processes.isAlive($0) })
            let runtimeFolder = Files.text(installation.home + "/runtime-folder")
            try #require(!Files.names(runtimeFolder).isEmpty)
            Files.removeTree(runtimeFolder)

            let second = try installation.start()
            let run = try second.waitForRun("lost", runID)
            #expect(run.state == "success" && run.tries("t") == 2, "\(run.json.text())")
            #expect(
                !Files.exists(installation.path("overlap")), "\(Files.text(installation.path("overlap")))")
            let tries = try second.task("lost", runID, "t")["tries"]
            #expect(tries?.arrayValue?.count == 2 && tries?[0]?["failure"] == "infrastructure")
            let ended = try #require(tries?[0]?["end_date"]?.stringValue)
            let began = try #require(tries?[1]?["start_date"]?.stringValue)
            #expect(ended <= began, "\(ended) \(began)")
            try installation.waitForQuiet(except: second)
        }
    }
}
