import JSONText
import Testing

/// `import`, from a file of another tool to a run.
@Suite(.timeLimit(.minutes(60))) struct ImportTests {
    private static let crontab = """
        GREETING=hello
        # Says hello
        0 1 * * * echo "$GREETING $(cat)" > ../said%to the world
        """

    private static let fixtures = Programs.project + "/Tests/DAGImportTests/Fixtures"

    @Test func aCrontabEntryRuns() throws {
        try Installation.with { installation in
            try Files.write(Self.crontab, to: installation.path("tab"))
            let result = try installation.call(
                "import", "crontab", installation.path("tab"), "--to", installation.dags, "--timezone",
                "Europe/Berlin")
            #expect(result.status == 0 && result.output == "\(installation.dags)/echo.json\n", "\(result)")
            let (status, run) = try installation.run(installation.dags + "/echo.json")
            #expect(status == 0 && run.state == "success")
            #expect(Files.text(installation.path("said")) == "hello to the world\n")
            // The same again is refused, and changes nothing.
            try Files.write("0 2 * * * echo other", to: installation.path("tab"))
            let again = ["import", "crontab", installation.path("tab"), "--output-dir", installation.dags]
            #expect(try installation.call(again).status == 65)
            #expect(Files.text(installation.dags + "/echo.json").contains("Says hello"))
            #expect(try installation.call(again + ["--overwrite"]).status == 0)
            #expect(!Files.text(installation.dags + "/echo.json").contains("Says hello"))
        }
    }

    @Test func whatIsNotTranslatedIsListedAndTheExitStatusSaysSo() throws {
        try Installation.with { installation in
            let file = Self.fixtures + "/airflow-3.3.2/untranslatable.json"
            let result = try installation.call("import", "airflow", file, "--to", installation.dags)
            #expect(result.status == 1)
            #expect(
                result.errors.contains("not translated: untranslatable/extract: task_type: PythonOperator"))
            #expect(try installation.call("validate").status == 0)
            let json = try installation.call("import", "airflow", file, "--output", "json")
            let notes = try json.json()["notes"]?.arrayValue ?? []
            #expect(
                json.status == 1
                    && notes.contains { $0["task_id"] == "extract" && $0["kind"] == "untranslated" })
            #expect(try json.json()["dags"]?[0]?["dag"]?["dag_id"] == "untranslatable")
            #expect(json.errors.split(separator: "\n").count == notes.count + 1)
        }
    }

    @Test func aPipelineOfDVCRunsInItsFolder() throws {
        try Installation.with { installation in
            let project = installation.path("project")
            try Files.makeFolder(project)
            try Files.write(
                """
                stages:
                  count:
                    cmd: wc -l < ${input} > count.txt
                    deps: [rows.txt]
                    outs: [count.txt]
                  judge:
                    cmd: echo "{\\"count\\":" $(cat count.txt) "}" > metrics.json
                    deps: [count.txt]
                    metrics: [metrics.json]
                """, to: project + "/dvc.yaml")
            try Files.write("input: rows.txt\n", to: project + "/params.yaml")
            try Files.write("a\nb\nc\n", to: project + "/rows.txt")
            let result = try installation.call(
                "import", "dvc", project + "/dvc.yaml", "--to", installation.dags)
            #expect(result.status == 0, "\(result)")
            let (status, run) = try installation.run(installation.dags + "/project.json")
            #expect(status == 0, "\(run.json.text())")
            let shown = try installation.call(
                "tasks", "show", "project", "latest", "judge", "--output", "json")
            #expect(shown.output.contains("count"), "\(shown)")
            #expect(Files.text(project + "/count.txt").contains("3"))
        }
    }

    @Test func refusals() throws {
        try Installation.with { installation in
            #expect(try installation.call("import", "airflow", installation.path("nowhere")).status == 66)
            try Files.write("0 1 * * * a\n0 2 * * * b\n", to: installation.path("two"))
            let two = try installation.call("import", "crontab", installation.path("two"))
            #expect(two.status == 64 && two.errors.contains("--output-dir") && two.output.isEmpty)
            for kind in ["airflow", "dvc", "crontab"] {
                try Files.write("[", to: installation.path("bad"))
                let bad = try installation.call("import", kind, installation.path("bad"))
                #expect(bad.status == 65 && bad.output.isEmpty, "\(bad)")
            }
        }
    }
}
