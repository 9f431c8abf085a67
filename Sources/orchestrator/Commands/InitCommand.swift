import ArgumentParser
import DAGLoading
import JSONText

/// `init`
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first working DAG, and the schema that lets editors help with it.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The folder; made if it is not there.", valueName: "dir"))
    var folder: String

    func run() async throws {
        let invocation = try Invocation(global)
        let dag = folder + "/hello.json"
        // Names with a dot are passed over by the DAG folder: the schema is no DAG.
        let schema = folder + "/.dag.schema.json"
        for path in [dag, schema] where FileAccess.exists(path) {
            throw CommandFailure(
                .badData, "\(path) exists already; nothing was written", hint: "choose another folder")
        }
        try FileAccess.makeFolder(folder)
        try FileAccess.create(schema, text: DAGSchema.json.text(pretty: true) + "\n")
        try FileAccess.create(dag, text: Self.hello)
        invocation.output.say("wrote \(dag) and \(schema)")
        invocation.output.say("next: orchestrator run \(dag)")
    }

    /// Two tasks, a parameter and an output: enough to see how data flows.
    static let hello = """
        {
          "$schema": "./.dag.schema.json",
          "dag_id": "hello",
          "description": "Greets somebody and counts the letters of the name.",
          "params": { "name": "world" },
          "tasks": [
            {
              "task_id": "greet",
              "command": "echo \\"Hello, $ORCHESTRATOR_PARAM_NAME!\\"; \
        echo \\"letters=${#ORCHESTRATOR_PARAM_NAME}\\" >> \\"$ORCHESTRATOR_OUTPUT\\""
            },
            {
              "task_id": "report",
              "depends_on": ["greet"],
              "command": ["echo", "the name has", "{{ outputs.greet.letters }}", "letters"]
            }
          ]
        }

        """
}
