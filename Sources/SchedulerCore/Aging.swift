import DAGDomain

/// How waiting raises an instance in the line for slots: by one priority weight for every interval.
///
/// The rank is fixed when the instance begins to wait, so a heap stays a heap: two instances that both wait grow
/// older together, and only the difference counts. Nobody waits for ever, because whoever comes more than
/// (difference of the weights + 1) intervals later has a lower rank. Inside one interval of the clock the order is
/// Airflow's: weight, then logical date, then place in the file.
package struct Aging: Hashable, Sendable {
    /// Nil: waiting changes nothing.
    package let interval: Duration?

    package init(interval: Duration?) {
        self.interval = interval.flatMap { $0 > .zero ? $0 : nil }
    }

    /// - Parameter since: when the instance became ready.
    /// - Returns: higher is earlier in line.
    package func rank(priority: Int32, since: Timestamp?) -> Int64 {
        guard let interval, let since else { return Int64(priority) }
        let length = max(interval.microseconds, 1)
        let instant = since.microsecondsSinceEpoch
        let quotient = instant / length
        let intervals = instant % length < 0 ? quotient - 1 : quotient
        let (rank, overflow) = Int64(priority).subtractingReportingOverflow(intervals)
        return overflow ? .min : rank
    }
}

extension Aging {
    /// One weight for every five minutes.
    package static let standard = Aging(interval: .seconds(300))
    package static let none = Aging(interval: nil)
}
