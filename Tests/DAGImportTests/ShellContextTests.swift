import Foundation
import JSONText
import Testing

@testable import DAGImport

/// What a variable must look like where it stands, tried with the real bash.
@Suite struct ShellContextTests {
    /// Commands in which `{{ run_id }}` stands for a text with blanks and quotes, and what they print.
    static let commands: [(command: String, prints: String)] = [
        (#"echo "{{ run_id }}""#, "it's $HOME\n"),
        (#"echo 'run: {{ run_id }}!'"#, "run: it's $HOME!\n"),
        (#"printf '%s|' {{ run_id }}"#, "it's|$HOME|"),
        (#"echo "$(echo '<{{ run_id }}>')""#, "<it's $HOME>\n"),
        (#"echo "a\"{{ run_id }}\"""#, "a\"it's $HOME\"\n"),
        (#"echo `echo "{{ run_id }}"`"#, "it's $HOME\n"),
        ("echo one # don't {{ run_id }}\necho '{{ run_id }}'", "one\nit's $HOME\n"),
        ("cat <<END\n'{{ run_id }}'\nEND\necho '{{ run_id }}'", "'it's $HOME'\nit's $HOME\n"),
        ("cat <<-END\n\t{{ run_id }}\n\tEND\necho '-{{ run_id }}'", "it's $HOME\n-it's $HOME\n"),
        (#"[[ "{{ run_id }}" == it* ]] && echo $((1 + (2))) '{{ run_id }}'"#, "3 it's $HOME\n"),
        (#"x=${y:-'it'}; echo "${x}" '{{ run_id }}'"#, "it it's $HOME\n"),
    ]

    @Test(arguments: commands)
    func theValueArrivesWhole(_ command: String, _ prints: String) throws {
        var translation = BashTranslation(parameters: [], vocabulary: .nothing, dag: [:])
        let text = translation.command(command)
        #expect(translation.failures.isEmpty)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", text]
        process.environment = ["PATH": "/usr/bin:/bin", "ORCHESTRATOR_RUN_ID": "it's $HOME"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(String(decoding: printed, as: UTF8.self) == prints, "\(text)")
    }

    @Test(
        arguments: [
            ("ds", "ds"), ("macros.ds_add(ds, -7)", "ds | add_days(-7)"),
            ("logical_date.strftime('%Y/%m')", "logical_date | date('%Y/%m')"),
            ("execution_date", "logical_date"), ("yesterday_ds_nodash", "ds | add_days(-1) | ds_nodash"),
            ("var.value.bucket", "var.value.bucket"), ("var.json['a']", "var.json.a"),
            ("task_instance.start_date", "ti.start_date"),
        ])
    func spellings(_ theirs: String, _ ours: String) {
        #expect(JinjaExpression.translate(theirs, parameters: []) == .template(ours))
    }

    @Test func paramsAndConf() {
        for text in ["params.x", "params['x']", "dag_run.conf[\"x\"]", "dag_run.conf.get('x')"] {
            #expect(JinjaExpression.translate(text, parameters: ["x"]) == .variable("ORCHESTRATOR_PARAM_X"))
        }
        #expect(JinjaExpression.translate("'{{'", parameters: []) == .text("{{"))
    }
}
