import DAGDomain

/// The words of templates: what is known, what Airflow knows besides, and what to write instead.
enum TemplateVocabulary {
    /// Airflow's names that have another way of saying the same here.
    private static let instead: [String: String] = [
        "execution_date": "{{ logical_date }}", "dag_id": "{{ dag.dag_id }}",
        "task_id": "{{ task.task_id }}", "try_number": "{{ ti.try_number }}",
        "map_index": "{{ ti.map_index }}", "dag_run_id": "{{ run_id }}", "conf": "{{ dag_run.conf.NAME }}",
        "yesterday_ds": "{{ ds | add_days(-1) }}", "tomorrow_ds": "{{ ds | add_days(1) }}",
        "yesterday_ds_nodash": "{{ ds | add_days(-1) | ds_nodash }}",
        "tomorrow_ds_nodash": "{{ ds | add_days(1) | ds_nodash }}",
        "macros": "a filter such as {{ ds | add_days(-1) }} or {{ ts | date('%Y/%m/%d') }}",
        "inputs": "{{ outputs.TASK.NAME }}", "artifacts": "the file \"$ORCHESTRATOR_INPUTS\"",
        "xcom": "{{ outputs.TASK.NAME }}",
    ]

    /// Airflow's names that belong to a later version.
    private static let later: Set<String> = [
        "inlets", "outlets", "inlet_events", "outlet_events", "expanded_ti_count",
    ]

    private static let branches = ["params", "outputs", "var", "conn", "dag_run.conf"]

    /// The first word of everything that somebody may take for a name: what marks a text as a template of ours.
    static let roots: Set<String> = {
        var roots = Set(TemplateName.allCases.map { String($0.rawValue.prefix { $0 != "." }) })
        roots.formUnion(["params", "outputs", "var", "conn", "task_instance"])
        roots.formUnion(instead.keys)
        roots.formUnion(later)
        return roots
    }()

    /// The fact that a dotted name stands for; `task_instance` is Airflow's other word for `ti`.
    static func name(_ parts: [String]) -> TemplateName? {
        var parts = parts
        if parts.first == "task_instance" { parts[0] = "ti" }
        return TemplateName(rawValue: parts.joined(separator: "."))
    }

    /// The end of a sentence about an unknown name.
    static func hint(for name: String) -> String {
        let root = String(name.prefix { $0 != "." })
        if let better = instead[name] ?? instead[root] { return "is not known here; write \(better)" }
        if later.contains(root) { return "is not supported yet" }
        if root == "ti" || root == "task_instance", name.contains("xcom") {
            return "is not known here; write {{ outputs.TASK.NAME }}"
        }
        let candidates = TemplateName.allCases.map(\.rawValue) + branches
        if let nearest = NearestWord.find(name, in: candidates) {
            return "is not a known name; did you mean \"\(nearest)\"?"
        }
        let known = candidates.filter { $0.hasPrefix(root + ".") }
        if !known.isEmpty { return "is not a known name; there are \(known.joined(separator: ", "))" }
        return "is not a known name; docs/dag-file.md lists them, for example params.NAME, "
            + "outputs.TASK.NAME and ds"
    }

    static func filter(_ name: String) -> TemplateFilter.Kind? {
        TemplateFilter.Kind(rawValue: name) ?? TemplateFilter.aliases[name]
    }

    /// The end of a sentence about an unknown filter.
    static func hint(forFilter name: String) -> String {
        let names = TemplateFilter.Kind.allCases.map(\.rawValue) + TemplateFilter.aliases.keys.sorted()
        if let nearest = NearestWord.find(name, in: names) { return "; did you mean \"\(nearest)\"?" }
        let known = TemplateFilter.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        return "; there are \(known)"
    }
}
