import DAGDomain

/// The grid and the labels of time: steps that fit, and days that stand out.
struct GanttAxis {
    let from: Timestamp
    let until: Timestamp
    let x: (Timestamp) -> Double

    /// Steps in hours; there are at most fourteen labels.
    private static let steps: [Int64] = [1, 2, 3, 6, 12, 24, 48, 168, 336, 730, 2_190, 8_760]

    func lines(from top: Double, to bottom: Double) -> [String] {
        let hours = (until - from).inSeconds / 3_600
        let step = (Self.steps.first { hours / Double($0) <= 14 } ?? 8_760) * 3_600
        var parts: [String] = []
        var second = (from.secondsSinceEpoch + step - 1) / step * step
        while second <= until.secondsSinceEpoch {
            let instant = Timestamp(secondsSinceEpoch: second)
            let isDay = second % 86_400 == 0
            let place = number(x(instant))
            parts.append(
                "<line x1=\"\(place)\" y1=\"\(number(top - 6))\" x2=\"\(place)\" y2=\"\(number(bottom))\" "
                    + "stroke=\"\(isDay ? "#adb5bd" : "#e3e6e9")\"/>")
            let written = instant.rfc3339
            let label =
                isDay ? String(written.dropFirst(5).prefix(5)) : String(written.dropFirst(11).prefix(5))
            parts.append(
                text(
                    label, x: x(instant), y: top - 12,
                    "text-anchor=\"middle\" fill=\"#495057\"\(isDay ? " font-weight=\"600\"" : "")"))
            second += step
        }
        return parts
    }
}
