extension Migration {
    /// Runs, instances, attempts, what they report, DAG versions, pools and the record of who did what.
    ///
    /// Instants are microseconds since 1970. States are stored as Airflow's texts. Tables that hang on a task
    /// instance begin their key with it, so that one run's rows lie together and go with it. Nothing random is
    /// indexed for finished rows, so that a long history does not slow a commit.
    static let firstSchema = Migration(
        number: 1,
        sql: ledgerTables + dagTables + runTables + runCounters + attemptTables + reportTables + recordTables)

    /// A condition that the column holds one of the words. SQLite builds a temporary table for each row that is checked
    /// against `IN` with more than two elements, which more than doubles the cost of a commit.
    private static func oneOf(_ column: String, _ words: String) -> String {
        words.split(separator: " ").map { "\(column) = '\($0)'" }.joined(separator: " OR ")  // constant
    }

    private static let ledgerTables = """
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            transactions INTEGER NOT NULL CHECK (transactions >= 0),
            stopped_cleanly INTEGER NOT NULL CHECK (stopped_cleanly IN (0, 1)),
            next_run INTEGER NOT NULL CHECK (next_run >= 1)
        ) STRICT;
        INSERT INTO ledger VALUES (1, 0, 0, 1);
        CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        """

    private static let dagTables = """
        CREATE TABLE dag_version (
            id INTEGER PRIMARY KEY,
            dag_id TEXT NOT NULL CHECK (dag_id <> ''),
            number INTEGER NOT NULL CHECK (number >= 1),
            hash TEXT NOT NULL CHECK (hash <> ''),
            source BLOB NOT NULL,
            path TEXT NOT NULL,
            folder TEXT NOT NULL,
            description TEXT NOT NULL,
            owner TEXT NOT NULL,
            tags TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            UNIQUE (dag_id, hash),
            UNIQUE (dag_id, number)
        ) STRICT;
        CREATE TABLE dag_version_task (
            version INTEGER NOT NULL REFERENCES dag_version (id) ON DELETE CASCADE,
            task INTEGER NOT NULL CHECK (task >= 0),
            task_id TEXT NOT NULL,
            role TEXT NOT NULL,
            pool TEXT NOT NULL,
            pool_slots INTEGER NOT NULL,
            PRIMARY KEY (version, task),
            UNIQUE (version, task_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dag (
            dag_id TEXT PRIMARY KEY,
            version TEXT NOT NULL,
            is_paused INTEGER NOT NULL CHECK (is_paused IN (0, 1)),
            is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
            watermark INTEGER NOT NULL,
            schedule_fingerprint TEXT NOT NULL,
            FOREIGN KEY (dag_id, version) REFERENCES dag_version (dag_id, hash)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE pool (
            name TEXT PRIMARY KEY CHECK (name <> ''),
            slots INTEGER NOT NULL CHECK (slots >= -1),
            description TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO pool VALUES ('default_pool', 128, 'Default pool');

        """

    private static let runTables = """
        CREATE TABLE dag_run (
            number INTEGER PRIMARY KEY CHECK (number >= 1),
            dag_id TEXT NOT NULL,
            run_id TEXT NOT NULL CHECK (run_id <> ''),
            version INTEGER NOT NULL REFERENCES dag_version (id),
            type TEXT NOT NULL CHECK (\(oneOf("type", "scheduled manual backfill asset_triggered"))),
            triggered_by TEXT NOT NULL CHECK (\(oneOf("triggered_by", "cli rest_api timetable operator backfill"))),
            logical_date INTEGER,
            data_interval_start INTEGER,
            data_interval_end INTEGER,
            run_after INTEGER NOT NULL,
            queued_at INTEGER NOT NULL,
            parameters TEXT NOT NULL,
            note TEXT,
            parent_run INTEGER,
            parent_task INTEGER,
            parent_map_index INTEGER,
            state TEXT NOT NULL CHECK (\(oneOf("state", "queued running success failed cancelled"))),
            start_date INTEGER,
            end_date INTEGER,
            reason TEXT CHECK (\(oneOf("reason", "timed_out all_tasks_deadlocked cancelled marked"))),
            CHECK ((parent_run IS NULL) = (parent_task IS NULL)
                AND (parent_run IS NULL) = (parent_map_index IS NULL)),
            UNIQUE (dag_id, run_id)
        ) STRICT;
        CREATE UNIQUE INDEX dag_run_logical_date ON dag_run (dag_id, logical_date);
        CREATE INDEX dag_run_unfinished ON dag_run (number) WHERE state IN ('queued', 'running');
        CREATE INDEX dag_run_history ON dag_run (dag_id, number);
        CREATE INDEX dag_run_history_by_state ON dag_run (dag_id, state, number);
        CREATE INDEX dag_run_by_state ON dag_run (state, number);
        CREATE INDEX dag_run_by_run_after ON dag_run (run_after);
        CREATE INDEX dag_run_history_by_run_after ON dag_run (dag_id, run_after);
        CREATE INDEX dag_run_history_by_start ON dag_run (dag_id, start_date);
        CREATE INDEX dag_run_history_by_end ON dag_run (dag_id, end_date);
        CREATE INDEX dag_run_by_version ON dag_run (version);
        CREATE INDEX dag_run_by_parent ON dag_run (parent_run, parent_task, parent_map_index)
            WHERE parent_run IS NOT NULL;
        CREATE TABLE task_instance (
            run INTEGER NOT NULL REFERENCES dag_run (number) ON DELETE CASCADE,
            task INTEGER NOT NULL CHECK (task >= 0),
            map_index INTEGER NOT NULL CHECK (map_index >= -1),
            state TEXT NOT NULL CHECK (\(oneOf("state", "pending scheduled queued running up_for_retry success failed skipped upstream_failed removed cancelled"))),
            try_number INTEGER NOT NULL CHECK (try_number >= 0),
            maximum_tries INTEGER NOT NULL,
            tries_since_clear INTEGER NOT NULL CHECK (tries_since_clear BETWEEN 0 AND try_number),
            scheduled_at INTEGER,
            queued_at INTEGER,
            start_date INTEGER,
            end_date INTEGER,
            not_before INTEGER,
            attempt TEXT,
            failure TEXT CHECK (\(oneOf("failure", "user_error timeout infrastructure out_of_memory cancelled gate upstream"))),
            reason TEXT,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (run, task, map_index)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX task_instance_active ON task_instance (state, run, task, map_index)
            WHERE \(oneOf("state", "scheduled queued running"));

        """

    /// Counts of runs by DAG, state and type, kept by triggers, so that totals never count a long history.
    private static let runCounters = """
        CREATE TABLE dag_run_count (
            dag_id TEXT NOT NULL,
            state TEXT NOT NULL,
            type TEXT NOT NULL,
            runs INTEGER NOT NULL CHECK (runs >= 0),
            PRIMARY KEY (dag_id, state, type)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER dag_run_counted AFTER INSERT ON dag_run BEGIN
            INSERT INTO dag_run_count VALUES (NEW.dag_id, NEW.state, NEW.type, 1)
                ON CONFLICT DO UPDATE SET runs = runs + 1;
        END;
        CREATE TRIGGER dag_run_recounted AFTER UPDATE OF state ON dag_run WHEN OLD.state <> NEW.state BEGIN
            UPDATE dag_run_count SET runs = runs - 1
                WHERE dag_id = OLD.dag_id AND state = OLD.state AND type = OLD.type;
            INSERT INTO dag_run_count VALUES (NEW.dag_id, NEW.state, NEW.type, 1)
                ON CONFLICT DO UPDATE SET runs = runs + 1;
        END;
        CREATE TRIGGER dag_run_uncounted AFTER DELETE ON dag_run BEGIN
            UPDATE dag_run_count SET runs = runs - 1
                WHERE dag_id = OLD.dag_id AND state = OLD.state AND type = OLD.type;
        END;

        """

    private static let attemptTables = """
        CREATE TABLE attempt (
            run INTEGER NOT NULL,
            task INTEGER NOT NULL,
            map_index INTEGER NOT NULL,
            try_number INTEGER NOT NULL CHECK (try_number >= 1),
            id TEXT NOT NULL CHECK (id <> ''),
            created_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (\(oneOf("state", "starting running succeeded skipped failed timed_out cancelled lost"))),
            process_id INTEGER,
            start_date INTEGER,
            end_date INTEGER,
            exit_code INTEGER,
            signal INTEGER,
            failure TEXT CHECK (\(oneOf("failure", "user_error timeout infrastructure out_of_memory cancelled gate upstream"))),
            reason TEXT,
            PRIMARY KEY (run, task, map_index, try_number),
            FOREIGN KEY (run, task, map_index)
                REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX attempt_live ON attempt (run, task, map_index)
            WHERE state IN ('starting', 'running');
        CREATE UNIQUE INDEX attempt_live_id ON attempt (id) WHERE state IN ('starting', 'running');

        """

    private static let reportTables = """
        CREATE TABLE task_output (
            run INTEGER NOT NULL,
            task INTEGER NOT NULL,
            map_index INTEGER NOT NULL,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (run, task, map_index, name),
            FOREIGN KEY (run, task, map_index)
                REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE metric (
            run INTEGER NOT NULL,
            task INTEGER NOT NULL,
            map_index INTEGER NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            value REAL,
            step INTEGER,
            PRIMARY KEY (run, task, map_index, position),
            FOREIGN KEY (run, task, map_index)
                REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE metric_last (
            run INTEGER NOT NULL,
            task INTEGER NOT NULL,
            map_index INTEGER NOT NULL,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (run, task, map_index, name),
            FOREIGN KEY (run, task, map_index, position)
                REFERENCES metric (run, task, map_index, position) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE artifact (
            run INTEGER NOT NULL,
            task INTEGER NOT NULL,
            map_index INTEGER NOT NULL,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
            PRIMARY KEY (run, task, map_index, name),
            FOREIGN KEY (run, task, map_index)
                REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE gate_verdict (
            run INTEGER NOT NULL,
            task INTEGER NOT NULL,
            map_index INTEGER NOT NULL,
            passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
            verdict TEXT NOT NULL,
            PRIMARY KEY (run, task, map_index),
            FOREIGN KEY (run, task, map_index)
                REFERENCES task_instance (run, task, map_index) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        """

    private static let recordTables = """
        CREATE TABLE skipped_tick (
            id INTEGER PRIMARY KEY,
            dag_id TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count >= 0),
            first_date INTEGER NOT NULL,
            last_date INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX skipped_tick_by_dag ON skipped_tick (dag_id, id);
        CREATE TABLE import_error (
            path TEXT PRIMARY KEY,
            message TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE event_log (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            who TEXT NOT NULL,
            event TEXT NOT NULL,
            dag_id TEXT,
            run_id TEXT,
            task_id TEXT,
            map_index INTEGER,
            detail TEXT
        ) STRICT;
        CREATE INDEX event_log_by_dag ON event_log (dag_id, id);

        """
}
