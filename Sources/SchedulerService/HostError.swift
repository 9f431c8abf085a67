import DAGDomain

/// Why the scheduler cannot run on this machine or must stop; none of these is a user's bad input.
package enum HostError: Error, Sendable {
    /// A system call failed: its name and errno.
    case system(String, Int32)
    /// A DAG version that an unfinished run is pinned to cannot be read back from the database.
    case versionUnreadable(DAGID, DAGVersionHash, String)
    /// A run that the scheduler knows is not in the database.
    case runUnreadable(RunNumber)
}
