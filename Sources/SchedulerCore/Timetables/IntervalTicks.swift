import DAGDomain

/// The instants anchor + k × period, for every whole k. Counted in 128 bits, so nothing overflows on the way.
struct IntervalTicks: Hashable, Sendable {
    private let anchor: Int128
    private let period: Int128

    /// Nil when the period is not longer than zero.
    init?(period: Duration, anchor: Timestamp) {
        guard period.microseconds > 0 else { return nil }
        self.period = Int128(period.microseconds)
        self.anchor = Int128(anchor.microsecondsSinceEpoch)
    }

    /// The earliest tick after an instant; nil at the end of the representable range.
    func next(after instant: Timestamp) -> Timestamp? {
        tick(number: number(atOrBefore: instant) + 1)
    }

    func latest(atOrBefore instant: Timestamp) -> Timestamp? {
        tick(number: number(atOrBefore: instant))
    }

    /// The number of ticks after an instant through another.
    func count(after first: Timestamp, through last: Timestamp) -> Int {
        Int(clamping: max(0, number(atOrBefore: last) - number(atOrBefore: first)))
    }

    private func number(atOrBefore instant: Timestamp) -> Int128 {
        (Int128(instant.microsecondsSinceEpoch) - anchor).flooredDivision(by: period)
    }

    private func tick(number: Int128) -> Timestamp? {
        Int64(exactly: anchor + number * period).map(Timestamp.init(microsecondsSinceEpoch:))
    }
}
