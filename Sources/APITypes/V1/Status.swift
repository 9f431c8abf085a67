extension V1 {
    /// How the daemon is.
    package struct Status: Codable, Hashable, Sendable {
        package var version: String
        /// Null when no daemon runs.
        @Nullable package var pid: Int?
        @Nullable package var startedAt: String?
        /// Seconds.
        @Nullable package var uptime: Double?
        package var home: String
        @Nullable package var dagFolder: String?
        package var parallelism: Int
        package var health: Health
        package var dags: DAGCounts
        /// The unfinished states, and `success` and `failed` where the store counts them.
        package var runs: [StateCount]
        package var taskInstances: [StateCount]
        package var pools: [Pool]
        package var notices: NoticeCounts
        /// Of an MLflow server of the person's own.
        package var tracking: TrackingBacklog
        package var watchdog: Watchdog
        /// Null when nothing goes by itself.
        @Nullable package var retention: Retention?

        package init(
            version: String, pid: Int? = nil, startedAt: String? = nil, uptime: Double? = nil,
            home: String, dagFolder: String? = nil, parallelism: Int, health: Health, dags: DAGCounts,
            runs: [StateCount], taskInstances: [StateCount], pools: [Pool], notices: NoticeCounts,
            tracking: TrackingBacklog, watchdog: Watchdog, retention: Retention? = nil
        ) {
            self.version = version
            self.pid = pid
            self.startedAt = startedAt
            self.uptime = uptime
            self.home = home
            self.dagFolder = dagFolder
            self.parallelism = parallelism
            self.health = health
            self.dags = dags
            self.runs = runs
            self.taskInstances = taskInstances
            self.pools = pools
            self.notices = notices
            self.tracking = tracking
            self.watchdog = watchdog
            self.retention = retention
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case version, pid, uptime, home, parallelism, health, dags, runs, pools, notices, tracking,
                watchdog, retention
            case startedAt = "started_at"
            case dagFolder = "dag_folder"
            case taskInstances = "task_instances"
        }
    }

    /// Notices that have not reached anybody.
    package struct NoticeCounts: Codable, Hashable, Sendable {
        /// To be sent, now or later.
        package var unsent: Int
        /// Given up.
        package var failed: Int

        package init(unsent: Int, failed: Int) {
            self.unsent = unsent
            self.failed = failed
        }
    }

    /// What has not been told to the person's own MLflow server.
    package struct TrackingBacklog: Codable, Hashable, Sendable {
        /// Null when everything goes to this server.
        @Nullable package var url: String?
        package var undelivered: Int
        /// When the oldest of it happened.
        @Nullable package var oldest: String?
        /// Why it could not be told.
        @Nullable package var problem: String?

        package init(url: String?, undelivered: Int, oldest: String?, problem: String?) {
            self.url = url
            self.undelivered = undelivered
            self.oldest = oldest
            self.problem = problem
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case url, undelivered, oldest, problem
        }
    }

    /// Which finished runs go by themselves, and what the last look for them came to.
    package struct Retention: Codable, Hashable, Sendable {
        @Nullable package var days: Int?
        @Nullable package var runs: Int?
        /// Seconds between two looks.
        package var interval: Double
        /// Null before the first one.
        @Nullable package var lastLook: String?
        package var removedRuns: Int
        package var removedFiles: Int
        package var removedBytes: Int64
        @Nullable package var problem: String?

        package init(days: Int?, runs: Int?, interval: Double) {
            self.days = days
            self.runs = runs
            self.interval = interval
            lastLook = nil
            removedRuns = 0
            removedFiles = 0
            removedBytes = 0
            problem = nil
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case days, runs, interval, problem
            case lastLook = "last_look"
            case removedRuns = "removed_runs"
            case removedFiles = "removed_files"
            case removedBytes = "removed_bytes"
        }
    }

    /// What the watchdog has found since the daemon began.
    package struct Watchdog: Codable, Hashable, Sendable {
        /// Seconds between two looks; null when it is turned off.
        @Nullable package var interval: Double?
        package var looks: Int
        package var found: Int
        package var repaired: Int
        @Nullable package var lastLook: String?
        /// Seconds for which the last look held the scheduler up.
        package var lastCost: Double
        /// The newest ones, the newest last.
        package var findings: [WatchdogFinding]

        package init(
            interval: Double?, looks: Int, found: Int, repaired: Int, lastLook: String?, lastCost: Double,
            findings: [WatchdogFinding]
        ) {
            self.interval = interval
            self.looks = looks
            self.found = found
            self.repaired = repaired
            self.lastLook = lastLook
            self.lastCost = lastCost
            self.findings = findings
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case interval, looks, found, repaired, findings
            case lastLook = "last_look"
            case lastCost = "last_cost"
        }
    }

    /// Something that should have gone on and did not.
    package struct WatchdogFinding: Codable, Hashable, Sendable {
        package var at: String
        package var text: String
        package var repaired: Bool

        package init(at: String, text: String, repaired: Bool) {
            self.at = at
            self.text = text
            self.repaired = repaired
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case at, text, repaired
        }
    }

    /// DAGs by what becomes of their schedule.
    package struct DAGCounts: Codable, Hashable, Sendable {
        package var total: Int
        package var paused: Int
        package var broken: Int

        package init(total: Int, paused: Int, broken: Int) {
            self.total = total
            self.paused = paused
            self.broken = broken
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case total, paused, broken
        }
    }

    /// A state and how many are in it.
    package struct StateCount: Codable, Hashable, Sendable {
        package var state: String
        package var count: Int

        package init(state: String, count: Int) {
            self.state = state
            self.count = count
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, count
        }
    }

    /// Whether the daemon takes work.
    package struct Health: Codable, Hashable, Sendable {
        /// `healthy` or `degraded`.
        package var status: String
        @Nullable package var reason: String?

        package init(status: String, reason: String? = nil) {
            self.status = status
            self.reason = reason
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case status, reason
        }
    }
}
