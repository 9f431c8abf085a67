/// Which keys of Airflow's serialized form have no effect on what runs when: they say where the source is, how the
/// page looks, or what is written out elsewhere in the file.
enum AirflowKeys {
    static let ignoredDAG: Set<String> = [
        "fileloc", "relative_fileloc", "_processor_dags_folder", "edge_info", "dag_dependencies",
        "disable_bundle_versioning", "rerun_with_latest_version", "default_view", "orientation", "timezone",
        "bundle_name", "bundle_version", "_concurrency", "_default_view", "_orientation", "dataset_triggers",
        "params", "default_args",
    ]

    static let ignoredTask: Set<String> = [
        "_task_module", "_needs_expansion", "_is_empty", "_is_sensor", "reschedule", "_is_mapped",
        "_operator_extra_links",
        "operator_extra_links", "_log_config_logger_name", "_logger_name", "_expand_input_attr",
        "_disallow_kwargs_override", "_can_skip_downstream", "_is_teardown", "_operator_name",
        "operator_name",
        "ui_color", "ui_fgcolor", "template_fields", "template_ext", "template_fields_renderers", "deps",
        "label",
        "start_trigger_args", "start_from_trigger", "downstream_task_ids", "task_id", "task_type",
        "_task_type",
        "params", "owner", "is_stub", "multiple_outputs", "_BaseOperator__instantiated",
    ]

    /// What to do instead, by key.
    static let advice: [String: String] = [
        "queue": "start the task's program where it has to run from its command",
        "executor": "start the task's program where it has to run from its command",
        "executor_config": "set limits in the command, for example with systemd-run",
        "email":
            "\"on_failure\" and \"on_retry\" send e-mails",
        "has_on_failure_callback": callback("on_failure"),
        "on_failure_callback": callback("on_failure"),
        "has_on_success_callback": callback("on_success"),
        "on_success_callback": callback("on_success"),
        "has_on_retry_callback": callback("on_retry"),
        "on_retry_callback": callback("on_retry"),
        "has_on_execute_callback": callback("on_execute"),
        "on_execute_callback": callback("on_execute"),
        "has_on_skipped_callback": callback("on_skipped"),
        "on_skipped_callback": callback("on_skipped"),
        "has_retry_policy": "name the exit codes to try again in \"retry_on_exit_codes\"",
        "run_as_user": "run a daemon as that user, or use sudo in the command",
        "render_template_as_native_obj":
            "values in the environment are texts; the params file keeps their types",
        "access_control": "whoever has the token may do everything",
        "fail_fast": "let the tasks that must not run depend on those that may fail",
        "fail_stop": "let the tasks that must not run depend on those that may fail",
        "max_consecutive_failed_dag_runs": "`orchestrator dags pause` stops the schedule by hand",
        "deadline": "see \"deadline\" in docs/dag-file.md",
        "depends_on_past": "max_active_runs 1 keeps runs from overlapping",
        "wait_for_downstream": "max_active_runs 1 keeps runs from overlapping",
        "max_active_tis_per_dag": "a pool of that many slots limits it",
        "max_active_tis_per_dagrun": "a pool of that many slots limits it",
        "inlets": "", "outlets": "let this DAG start those that need it with a trigger_dag task",
        "do_xcom_push": "", "map_index_template": "",
    ]

    private static func callback(_ event: String) -> String {
        "\"\(event)\" tells by a command, a webhook or an e-mail; a program finds the facts in $ORCHESTRATOR_NOTICE"
    }
}
