import DAGDomain
import JSONText

/// A forecast as a picture: a band for each DAG, in it a bar for each run, from left to right through time.
struct GanttChart {
    private let from: Timestamp
    private let until: Timestamp
    private let bands: [Band]
    private let summary: [String]

    /// A run that can be drawn.
    struct Bar {
        let runID: String
        /// When it was due; the bar is light from here to `start`.
        let due: Timestamp
        let start: Timestamp
        /// Nil when it goes on beyond the right edge.
        let end: Timestamp?
        /// When it stands still between `start` and `end`.
        let standstills: [(start: Timestamp, end: Timestamp)]
        let isAssumed: Bool
        let isMoved: Bool
        let note: String
    }

    /// The runs of a DAG, in as many lanes as run at once.
    struct Band {
        let dag: String
        var lanes: [[Bar]] = []
    }

    init(_ plan: JSONObject, _ rows: [JSONObject]) {
        func instant(_ value: JSONValue?) -> Timestamp? {
            value?.stringValue.flatMap { try? Timestamp(rfc3339: $0) }
        }
        let from = instant(plan["from"]) ?? .epoch
        let until = max(instant(plan["until"]) ?? .epoch, from + .seconds(1))
        var bands: [Band] = []
        var places: [String: Int] = [:]
        for row in rows {
            guard let dag = row["dag_id"]?.stringValue, let due = instant(row["run_after"]) else { continue }
            let start = instant(row["start_date"])
            let bar = Bar(
                runID: row["run_id"]?.stringValue ?? "", due: max(due, from),
                start: max(start ?? until, from),
                end: instant(row["end_date"]),
                standstills: (row["standstills"]?.arrayValue ?? []).compactMap { span in
                    guard let start = instant(span["start"]), let end = instant(span["end"]) else {
                        return nil
                    }
                    return (start, end)
                }, isAssumed: row["basis"]?.stringValue != "history",
                isMoved: (row["daylight_saving"] ?? .null) != .null, note: PlanSummary.waits(row))
            let place = places[dag] ?? bands.count
            if place == bands.count {
                places[dag] = place
                bands.append(Band(dag: dag))
            }
            bands[place].add(bar)
        }
        (self.from, self.until) = (from, until)
        self.bands = bands.sorted { $0.dag < $1.dag }
        summary = PlanSummary(plan, rows).lines
    }

    // MARK: Measures, in pixels

    private static let width = 1_280.0
    private static let laneHeight = 16.0
    private static let laneGap = 3.0
    private static let bandGap = 9.0
    private static let right = 24.0

    private var left: Double {
        min(300, max(120, Double(bands.map { $0.dag.count }.max() ?? 0) * 7.4 + 28))
    }

    private var top: Double { 84 + Double(summary.count) * 17 }

    private func x(_ instant: Timestamp) -> Double {
        let share = (instant - from).inSeconds / (until - from).inSeconds
        return left + min(1, max(0, share)) * (Self.width - left - Self.right)
    }

    private func height(of band: Band) -> Double {
        Double(band.lanes.count) * (Self.laneHeight + Self.laneGap) - Self.laneGap + Self.bandGap
    }

    // MARK: Drawing

    /// The whole document.
    var svg: String {
        let bottom = top + bands.reduce(0) { $0 + height(of: $1) }
        let size = "\(number(Self.width)) \(number(bottom + 56))"
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(number(Self.width))" \
            height="\(number(bottom + 56))" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="#ffffff"/>
            <defs><pattern id="waiting" width="5" height="5" patternUnits="userSpaceOnUse" \
            patternTransform="rotate(45)"><rect width="5" height="5" fill="#f1f3f5"/>\
            <line x1="0" y1="0" x2="0" y2="5" stroke="#adb5bd" stroke-width="2"/></pattern></defs>
            """
        ]
        parts += header
        var y = top
        for (place, band) in bands.enumerated() {
            parts += draw(band, at: y, place)
            y += height(of: band)
        }
        parts.insert(
            contentsOf: GanttAxis(from: from, until: until, x: x).lines(from: top, to: bottom), at: 2)
        parts += legend(at: bottom + 24)
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private var header: [String] {
        let title = "Forecast from \(minute(from)) to \(minute(until)) UTC"
        return [text(title, x: 20, y: 30, "font-size=\"17\" font-weight=\"600\" fill=\"#212529\"")]
            + summary.enumerated().map { place, line in
                text(line, x: 20, y: 50 + Double(place) * 17, "fill=\"#495057\"")
            }
    }

    private func draw(_ band: Band, at y: Double, _ place: Int) -> [String] {
        let height = height(of: band)
        let colour = Self.colours[place % Self.colours.count]
        var parts = [
            place.isMultiple(of: 2)
                ? rect(
                    x: 0, y: y, width: Self.width, height: height, "fill=\"#495057\" fill-opacity=\"0.045\"")
                : "",
            text(
                band.dag.count > 36 ? "\(band.dag.prefix(35))…" : band.dag, x: 20,
                y: y + Self.bandGap / 2 + 12, "fill=\"#212529\""),
        ]
        for (lane, bars) in band.lanes.enumerated() {
            let top = y + Self.bandGap / 2 + Double(lane) * (Self.laneHeight + Self.laneGap)
            for bar in bars { parts.append(draw(bar, at: top, colour)) }
        }
        return parts.filter { !$0.isEmpty }
    }

    private func draw(_ bar: Bar, at y: Double, _ colour: String) -> String {
        let (due, start) = (x(bar.due), x(bar.start))
        let end = bar.end.map { x($0) } ?? Self.width - Self.right
        var parts = ["<g><title>\(escaped(tooltip(bar)))</title>"]
        if start - due >= 1 {
            parts.append(
                rect(
                    x: due, y: y + 3, width: start - due, height: Self.laneHeight - 6,
                    "fill=\"url(#waiting)\" rx=\"2\""))
        }
        let look =
            bar.isAssumed
            ? "fill=\"\(colour)\" fill-opacity=\"0.35\" stroke=\"\(colour)\" stroke-dasharray=\"3 2\" rx=\"3\""
            : "fill=\"\(colour)\" rx=\"3\""
        if bar.start < until {
            parts.append(
                rect(x: start, y: y, width: max(2.5, end - start), height: Self.laneHeight, look))
        }
        for span in bar.standstills {
            let (from, to) = (x(span.start), x(span.end))
            guard to - from >= 1 else { continue }
            parts.append(
                rect(
                    x: from, y: y + 1, width: to - from, height: Self.laneHeight - 2,
                    "fill=\"url(#waiting)\" fill-opacity=\"0.9\" rx=\"2\""))
        }
        if bar.isMoved {
            parts.append(
                "<path d=\"M\(number(start - 4)) \(number(y - 4)) h8 l-4 6 z\" fill=\"#e03131\"/>")
        }
        return parts.joined() + "</g>"
    }

    private func tooltip(_ bar: Bar) -> String {
        let end = bar.end.map { minute($0) } ?? "later"
        let waits = bar.note.isEmpty ? "" : ", waits \(bar.note)"
        return "\(bar.runID): \(minute(bar.start)) to \(end)\(waits)"
    }

    private func legend(at y: Double) -> [String] {
        let colour = Self.colours[0]
        let swatches: [(String, String)] = [
            ("fill=\"\(colour)\" rx=\"3\"", "runs"),
            (
                "fill=\"\(colour)\" fill-opacity=\"0.35\" stroke=\"\(colour)\" stroke-dasharray=\"3 2\" rx=\"3\"",
                "runs, duration assumed"
            ), ("fill=\"url(#waiting)\" rx=\"2\"", "waits for a limit"),
        ]
        var parts: [String] = []
        var x = left
        for (look, words) in swatches {
            parts.append(rect(x: x, y: y, width: 26, height: 12, look))
            parts.append(text(words, x: x + 34, y: y + 10.5, "fill=\"#495057\""))
            x += 60 + Double(words.count) * 6.6
        }
        parts.append("<path d=\"M\(number(x)) \(number(y + 2)) h10 l-5 8 z\" fill=\"#e03131\"/>")
        parts.append(text("moved by daylight saving", x: x + 18, y: y + 10.5, "fill=\"#495057\""))
        return parts
    }

    /// Told apart also by those who see fewer colours (Okabe and Ito, 2008), without the yellow.
    private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"]

    private func minute(_ instant: Timestamp) -> String {
        String(instant.rfc3339.prefix(16)).replacing("T", with: " ")
    }
}

extension GanttChart.Band {
    /// Puts a bar into the first lane that is free by then.
    fileprivate mutating func add(_ bar: GanttChart.Bar) {
        let free = lanes.firstIndex { lane in
            lane.last.map { last in last.end.map { $0 <= bar.due } ?? false } ?? true
        }
        if let free { lanes[free].append(bar) } else { lanes.append([bar]) }
    }
}

/// The elements that a chart is made of.
private func rect(x: Double, y: Double, width: Double, height: Double, _ look: String) -> String {
    "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\" \(look)/>"
}

func text(_ words: String, x: Double, y: Double, _ look: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" \(look)>\(escaped(words))</text>"
}

/// With one decimal.
func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
