extension Migration {
    /// What was done to bring versions of models into service. The keys are words: a deployment outlives its run and its
    /// model.
    static let deployments = Migration(
        number: 18,
        sql: """
            CREATE TABLE deployment (
                id INTEGER PRIMARY KEY,
                attempt TEXT NOT NULL UNIQUE,
                model TEXT NOT NULL CHECK (model <> ''),
                version INTEGER NOT NULL CHECK (version >= 1),
                alias TEXT NOT NULL CHECK (alias <> ''),
                strategy TEXT NOT NULL,
                state TEXT NOT NULL
                    CHECK (state = 'running' OR state = 'healthy' OR state = 'failed' OR state = 'rolled_back'
                        OR state = 'replaced'),
                previous_version INTEGER,
                started_at INTEGER NOT NULL,
                ended_at INTEGER,
                dag_id TEXT NOT NULL,
                run_id TEXT NOT NULL,
                task_id TEXT NOT NULL,
                map_index INTEGER NOT NULL,
                detail TEXT NOT NULL,
                CHECK ((state = 'running') = (ended_at IS NULL))
            ) STRICT;
            CREATE INDEX deployment_by_model ON deployment (model, id);
            CREATE INDEX deployment_by_run ON deployment (dag_id, run_id);
            CREATE INDEX deployment_under_way ON deployment (attempt) WHERE state = 'running';
            CREATE UNIQUE INDEX deployment_in_service ON deployment (model, alias) WHERE state = 'healthy';

            """)
}
