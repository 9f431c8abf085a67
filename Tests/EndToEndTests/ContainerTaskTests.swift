import JSONText
import Testing

/// `container` tasks up to the command line of the engine: a stub stands for podman, and no container runs.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ContainerTaskTests {
    /// Notes what it was called with, does what the container would, and on `stop` ends the `run`.
    private static let stub = #"""
        #!/bin/sh
        notes=$(dirname "$0")
        for word; do printf '%s\n' "$word"; done > "$notes/$1.arguments"
        case $1 in
        run)
          env > "$notes/environment"
          echo $$ > "$notes/pid"
          echo "hello from inside"
          echo greeted=true >> "$ORCHESTRATOR_OUTPUT"
          if [ "$SLOW" = yes ]; then
            trap 'exit 143' USR1
            trap '' TERM
            echo begun > "$notes/begun"
            while :; do sleep 0.05; done
          fi
          exit ${CODE:-0} ;;
        stop) kill -USR1 "$(cat "$notes/pid")" ;;
        esac
        """#

    private func prepare(_ installation: Installation) throws -> String {
        let folder = installation.path("engines")
        try Files.makeFolder(folder)
        try Files.write(Self.stub, to: folder + "/podman", mode: 0o755)
        return folder
    }

    @Test func callsTheEngine() throws {
        try Installation.with { installation in
            let engines = try prepare(installation)
            let file = try installation.dag(
                "box",
                #"""
                {"dag_id": "box", "params": {"who": "you"}, "env": {"PATH": "\#(engines):/usr/bin:/bin"}, "tasks": [
                 {"task_id": "one", "env": {"TOKEN": "secret {{ params.who }}"},
                  "container": {"image": "alpine:{{ params.who }}", "command": "echo \"$1\"", "args": ["{{ params.who }}", "a b"],
                   "env": {"INSIDE": "x\ny", "HOME": "/home/it"}, "volumes": ["/data:/data:ro"]}},
                 {"task_id": "two", "depends_on": ["one"], "command": ["echo", "{{ outputs.one.greeted }}"]},
                 {"task_id": "code", "depends_on": ["two"], "env": {"CODE": "7"},
                  "container": {"image": "i", "command": ["/bin/prog", "x"], "args": ["y"]}}]}
                """#)
            let (status, run) = try installation.run(file)
            #expect(status == 1)
            #expect(run.states == ["one": "success", "two": "success", "code": "failed"])
            #expect(try installation.call("logs", "box", "latest", "two").output == "true\n")
            #expect(
                try installation.call("logs", "box", "latest", "one").output.contains("hello from inside"))
            #expect(try installation.call("why", "box", "latest", "code").output.contains("7"))
            let words = Files.lines(engines + "/run.arguments")
            #expect(words.prefix(4) == ["run", "--rm", "--init", "--name"])
            #expect(words.suffix(5) == ["--entrypoint", "/bin/prog", "i", "x", "y"])
            #expect(words.contains("ORCHESTRATOR_RUN_ID"))
            #expect(!words.contains("HOSTNAME") && !words.contains("LANG"))
            let names = ["OUTPUT", "METRICS", "ARTIFACTS", "CHECKPOINTS", "PARAMS", "INPUTS"]
            let volumes = zip(words, words.dropFirst()).filter { $0.0 == "--volume" }.map(\.1)
            let environment = Files.lines(engines + "/environment")
            for name in names {
                let line = environment.first { $0.hasPrefix("ORCHESTRATOR_\(name)=") }
                let path = (line ?? "").drop { $0 != "=" }.dropFirst()
                #expect(!path.isEmpty && volumes.contains { $0.hasPrefix(path + ":" + path) })
            }
            #expect(Files.lines(engines + "/rm.arguments").prefix(2) == ["rm", "--force"])
        }
    }

    @Test func passesVariablesWithoutArguments() throws {
        try Installation.with { installation in
            let engines = try prepare(installation)
            let file = try installation.dag(
                "box",
                #"""
                {"dag_id": "box", "env": {"PATH": "\#(engines):/usr/bin:/bin"}, "tasks": [
                 {"task_id": "one", "env": {"TOKEN": "secret"},
                  "container": {"image": "i", "env": {"INSIDE": "hidden", "HOME": "/home/it"}, "volumes": ["/d:/d:ro"]}}]}
                """#)
            #expect(try installation.run(file).status == 0)
            let words = Files.lines(engines + "/run.arguments")
            #expect(words.contains("TOKEN") && words.contains("INSIDE") && words.contains("HOME=/home/it"))
            #expect(words.contains("/d:/d:ro") && words.last == "i")
            #expect(!words.contains { $0.contains("secret") || $0.contains("hidden") })
            let environment = Files.lines(engines + "/environment")
            #expect(environment.contains("TOKEN=secret") && environment.contains("INSIDE=hidden"))
        }
    }

    @Test func stopsAContainerThatIsEnded() throws {
        try Installation.with { installation in
            let engines = try prepare(installation)
            try installation.dag(
                "slow",
                #"""
                {"dag_id": "slow", "env": {"PATH": "\#(engines):/usr/bin:/bin", "SLOW": "yes"},
                 "tasks": [{"task_id": "t", "termination_grace": "30s", "container": {"image": "i"}}]}
                """#)
            try installation.start()
            let id = try installation.call("trigger", "slow").line
            try installation.waiting.until("the container runs") {
                Files.exists(engines + "/begun") ? true : nil
            }
            #expect(try installation.call("runs", "cancel", "slow", id).status == 0)
            try installation.waiting.until("the run is over") {
                let run = try installation.call("runs", "show", "slow", id, "--output", "json")
                return RunView(json: try run.json()).state == "cancelled" ? true : nil
            }
            #expect(Files.lines(engines + "/stop.arguments").prefix(3) == ["stop", "-t", "28"])
            #expect(Files.exists(engines + "/rm.arguments"))
        }
    }

    @Test func saysWhatIsMissing() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "none",
                #"""
                {"dag_id": "none", "env": {"PATH": "/nowhere"},
                 "tasks": [{"task_id": "t", "container": {"image": "i"}}]}
                """#)
            #expect(try installation.run(file).status == 1)
            let log = try installation.call("logs", "none", "latest", "t").output
            #expect(log.contains("error: a container needs podman or docker"))
            #expect(log.contains("apt-get install podman catatonit"))
        }
    }
}
