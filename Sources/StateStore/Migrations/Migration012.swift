extension Migration {
    /// What is logged through MLflow's protocol: experiments, runs with params, metrics, tags and datasets, and logged
    /// models.
    ///
    /// Times are milliseconds, as MLflow's clients send them. A NaN is stored as 0 with `is_nan`, so that it can be part
    /// of a key. The task instance of a run is named by texts, because the record outlives the instance.
    static let tracking = Migration(
        number: 12, sql: experimentTables + runTables + datasetTables + modelTables)

    private static let experimentTables = """
        CREATE TABLE experiment (
            id INTEGER PRIMARY KEY CHECK (id >= 0),
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            artifact_location TEXT NOT NULL,
            stage TEXT NOT NULL CHECK (stage = 'active' OR stage = 'deleted'),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX experiment_by_creation ON experiment (created_at, id);
        INSERT INTO experiment VALUES
            (0, 'Default', 'mlflow-artifacts:/0', 'active', unixepoch() * 1000, unixepoch() * 1000);
        CREATE TABLE experiment_tag (
            experiment INTEGER NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (experiment, key)
        ) STRICT, WITHOUT ROWID;

        """

    private static let runTables = """
        CREATE TABLE tracking_run (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            experiment INTEGER NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            user_id TEXT NOT NULL,
            status TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            deleted_at INTEGER,
            stage TEXT NOT NULL CHECK (stage = 'active' OR stage = 'deleted'),
            artifact_location TEXT NOT NULL,
            dag_id TEXT,
            run_id TEXT,
            task_id TEXT,
            map_index INTEGER,
            attempt TEXT,
            CHECK ((attempt IS NULL) = (dag_id IS NULL) AND (attempt IS NULL) = (run_id IS NULL)
                AND (attempt IS NULL) = (task_id IS NULL) AND (attempt IS NULL) = (map_index IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tracking_run_by_start ON tracking_run (experiment, started_at, id);
        CREATE INDEX tracking_run_by_instance ON tracking_run (dag_id, run_id, task_id, map_index)
            WHERE dag_id IS NOT NULL;
        CREATE TABLE tracking_tag (
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (run, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tracking_tag_by_value ON tracking_tag (key, value);
        CREATE TABLE tracking_param (
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (run, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tracking_metric (
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            step INTEGER NOT NULL,
            value REAL NOT NULL,
            is_nan INTEGER NOT NULL CHECK (is_nan = 0 OR is_nan = 1),
            PRIMARY KEY (run, key, timestamp, step, value, is_nan)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tracking_latest_metric (
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            step INTEGER NOT NULL,
            value REAL NOT NULL,
            is_nan INTEGER NOT NULL CHECK (is_nan = 0 OR is_nan = 1),
            PRIMARY KEY (run, key)
        ) STRICT, WITHOUT ROWID;

        """

    private static let datasetTables = """
        CREATE TABLE tracking_dataset (
            id INTEGER PRIMARY KEY,
            experiment INTEGER NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            source_type TEXT NOT NULL,
            source TEXT NOT NULL,
            schema TEXT,
            profile TEXT,
            UNIQUE (experiment, name, digest)
        ) STRICT;
        CREATE TABLE tracking_input (
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            dataset INTEGER NOT NULL REFERENCES tracking_dataset (id) ON DELETE CASCADE,
            PRIMARY KEY (run, dataset)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tracking_input_tag (
            run TEXT NOT NULL,
            dataset INTEGER NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (run, dataset, key),
            FOREIGN KEY (run, dataset) REFERENCES tracking_input (run, dataset) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        """

    private static let modelTables = """
        CREATE TABLE logged_model (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            experiment INTEGER NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            artifact_location TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            status INTEGER NOT NULL,
            stage TEXT NOT NULL CHECK (stage = 'active' OR stage = 'deleted'),
            model_type TEXT,
            source_run TEXT,
            status_message TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX logged_model_by_experiment ON logged_model (experiment, created_at);
        CREATE TABLE logged_model_tag (
            model TEXT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (model, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE logged_model_param (
            model TEXT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (model, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE logged_model_metric (
            model TEXT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            step INTEGER NOT NULL,
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            value REAL NOT NULL,
            is_nan INTEGER NOT NULL CHECK (is_nan = 0 OR is_nan = 1),
            dataset_name TEXT,
            dataset_digest TEXT,
            PRIMARY KEY (model, key, timestamp, step, run)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE tracking_model (
            run TEXT NOT NULL REFERENCES tracking_run (id) ON DELETE CASCADE,
            direction TEXT NOT NULL CHECK (direction = 'input' OR direction = 'output'),
            model TEXT NOT NULL,
            step INTEGER NOT NULL,
            PRIMARY KEY (run, direction, model, step)
        ) STRICT, WITHOUT ROWID;

        """
}
