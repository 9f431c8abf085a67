/// Which finished runs go by themselves.
package struct RetentionSettings: Hashable, Sendable {
    /// Only runs that ended so long ago.
    package var age: Duration?
    /// Of each DAG the newest so many stay.
    package var keptRuns: Int?
    /// How often the daemon looks.
    package var interval: Duration

    package static let standardInterval = Duration.seconds(3_600)

    /// - Returns: nil when neither an age nor a number says that anything may go.
    package init?(age: Duration?, keptRuns: Int?, interval: Duration = standardInterval) {
        guard age != nil || keptRuns != nil else { return nil }
        self.age = age
        self.keptRuns = keptRuns
        self.interval = interval
    }
}
