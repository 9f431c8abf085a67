import Foundation
import JSONText
import Testing

@testable import orchestrator

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct GanttChartTests {
    private func run(_ dag: String, _ due: Int, _ start: Int?, _ end: Int?, moved: Bool = false) -> JSONObject
    {
        func instant(_ hour: Int?) -> JSONValue {
            hour.map { .string("2026-03-28T\($0 < 10 ? "0" : "")\($0):00:00.000000Z") } ?? .null
        }
        return [
            "dag_id": .string(dag), "run_id": .string("scheduled__<\(dag)>"), "run_after": instant(due),
            "start_date": instant(start), "end_date": instant(end), "basis": "history",
            "daylight_saving": moved ? .string("moved") : .null, "waits": [],
        ]
    }

    private func chart(_ rows: [JSONObject]) throws -> (svg: String, elements: [String: Int]) {
        let plan: JSONObject = [
            "from": "2026-03-28T00:00:00.000000Z", "until": "2026-03-29T00:00:00.000000Z",
            "waits": [["cause": "pool gpu", "seconds": 7_200]], "assumed_duration": 60,
        ]
        let svg = GanttChart(plan, rows).svg
        let counter = ElementCounter()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = counter
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        return (svg, counter.counts)
    }

    /// Each run has its bar; what runs at once lies in lanes of its own; the file is well-formed.
    @Test func drawsEachRun() throws {
        let (svg, elements) = try chart([
            run("a", 1, 1, 3), run("a", 2, 4, 5), run("b & c", 6, nil, nil), run("a", 8, 8, nil, moved: true),
        ])
        // One for the document and one for each run.
        #expect(elements["title"] == 4)
        // The moved run, and the legend.
        #expect(elements["path"] == 2)
        #expect(svg.contains("b &amp; c") && svg.contains("waiting in all: 2h (2h pool gpu)"))
        #expect(svg.contains("scheduled__&lt;a&gt;"))
    }

    @Test func drawsNothingAsWell() throws {
        #expect(try chart([]).elements["title"] == nil)
    }

    private final class ElementCounter: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            counts[name, default: 0] += 1
        }
    }
}
