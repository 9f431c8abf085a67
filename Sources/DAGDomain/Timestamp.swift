/// An instant in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds, as POSIX counts them.
///
/// The whole product keeps time in this one type, so that the pure rooms need no clock and no calendar.
/// Rows store `microsecondsSinceEpoch`; text is RFC 3339 in UTC with microseconds.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let microsecondsSinceEpoch: Int64

    package init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    package init(secondsSinceEpoch: Int64) {
        self.init(microsecondsSinceEpoch: secondsSinceEpoch.multipliedClamped(by: 1_000_000))
    }

    /// The whole seconds, rounded down, also before 1970.
    package var secondsSinceEpoch: Int64 {
        let (quotient, remainder) = microsecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    /// Addition saturates at the ends of the representable range (about 292,000 years), so no input can trap.
    package static func + (instant: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflow) = instant.microsecondsSinceEpoch.addingReportingOverflow(duration.microseconds)
        if overflow { return duration.microseconds > 0 ? .distantFuture : .distantPast }
        return Timestamp(microsecondsSinceEpoch: sum)
    }

    package static func - (instant: Timestamp, duration: Duration) -> Timestamp {
        instant + .microseconds(-duration.microseconds)
    }

    /// The time from `earlier` to `later`; negative when the order is reversed.
    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        let (difference, overflow) = later.microsecondsSinceEpoch
            .subtractingReportingOverflow(earlier.microsecondsSinceEpoch)
        if overflow { return .microseconds(later > earlier ? Int64.max : Int64.min + 1) }
        return .microseconds(difference)
    }

    package static let epoch = Timestamp(microsecondsSinceEpoch: 0)
    package static let distantPast = Timestamp(microsecondsSinceEpoch: Int64.min + 1)
    package static let distantFuture = Timestamp(microsecondsSinceEpoch: Int64.max)
}

extension Duration {
    /// The duration in microseconds, rounded towards zero and clamped to what 64 bits hold.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedClamped(by: 1_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        if overflow { return seconds > 0 ? Int64.max : Int64.min + 1 }
        return max(sum, Int64.min + 1)
    }

    /// The duration in seconds as a floating-point number, for display and JSON.
    package var inSeconds: Double {
        Double(microseconds) / 1_000_000
    }
}

extension Int64 {
    /// Multiplication that stops at the ends of the range instead of trapping.
    func multipliedClamped(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        if !overflow { return product }
        return (self < 0) == (factor < 0) ? Int64.max : Int64.min + 1
    }
}
