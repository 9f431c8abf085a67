import DAGDomain

/// Why the scheduler cannot run on this machine or must stop; none of these is a user's bad input.
package enum HostError: Error, Sendable {
    /// A system call failed: its name and errno.
    case system(String, Int32)
    /// The supervisor program is not there or not executable.
    case supervisorMissing(path: String)
    /// A DAG version that an unfinished run is pinned to cannot be read back from the database.
    case versionUnreadable(DAGID, DAGVersionHash, String)
    /// A run that the scheduler knows is not in the database.
    case runUnreadable(RunNumber)
}
