import DAGDomain

extension ZoneRules {
    /// The calendar day that the hands show at an instant, counted since 1970-01-01.
    package func day(of instant: Timestamp) -> Int {
        let second = instant.secondsSinceEpoch
        return Int((second + Int64(offset(at: instant))).flooredDivision(by: 86_400))
    }

    /// The first instant of a calendar day; where the hands jump over midnight, the first one after the jump.
    package func start(ofDay day: Int) -> Timestamp {
        Timestamp(secondsSinceEpoch: firstSecond(ofWall: Int64(day) * 86_400))
    }

    /// The instant at which the hands first show a wall-clock time or a later one. What was reached before a
    /// period only grows, so a search in it finds the period.
    private func firstSecond(ofWall wall: Int64) -> Int64 {
        var low = 0
        var high = periods.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if periods[middle].reachedWall <= wall { low = middle } else { high = middle }
        }
        return max(periods[low].start, wall - periods[low].offset)
    }
}
