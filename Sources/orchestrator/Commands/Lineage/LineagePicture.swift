import JSONText
import LifecycleCore

/// A lineage as a picture: from left to right what came of what, a box for each thing.
struct LineagePicture {
    private let graph: LineageGraph
    private let layout: LineageLayout
    private let starts: Set<String>

    init(_ lineage: JSONObject) {
        var graph = LineageGraph()
        for node in lineage["nodes"]?.arrayValue ?? [] {
            guard let id = node["id"]?.stringValue,
                let kind = node["kind"]?.stringValue.flatMap(LineageGraph.Kind.init(rawValue:))
            else { continue }
            graph.add(
                .init(
                    id: id, kind: kind, title: node["title"]?.stringValue ?? "",
                    details: (node["details"]?.arrayValue ?? []).map {
                        .init($0["name"]?.stringValue ?? "", $0["value"]?.stringValue ?? "")
                    }))
        }
        for edge in lineage["edges"]?.arrayValue ?? [] {
            guard let from = edge["from"]?.stringValue, let to = edge["to"]?.stringValue else { continue }
            graph.connect(from, to)
        }
        self.graph = graph
        layout = LineageLayout(graph)
        starts = Set((lineage["starts"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    // MARK: Measures, in pixels

    private static let boxWidth = 240.0
    private static let columnGap = 76.0
    private static let rowGap = 16.0
    private static let lineHeight = 15.0
    private static let margin = 24.0
    private static let top = 62.0
    private static let shownDetails = 5
    private static let shownCharacters = 30

    private func height(_ node: Int) -> Double {
        let details = graph.nodes[node].details.count
        let lines = min(details, Self.shownDetails) + (details > Self.shownDetails ? 1 : 0)
        return 44 + Double(lines) * Self.lineHeight + (lines > 0 ? 6 : 0)
    }

    private func height(of column: [Int]) -> Double {
        column.reduce(0) { $0 + height($1) + Self.rowGap } - (column.isEmpty ? 0 : Self.rowGap)
    }

    private struct Box {
        let x: Double
        let y: Double
        let height: Double
        var middle: Double { y + height / 2 }
    }

    private func boxes(_ tallest: Double) -> [Box] {
        var boxes = [Box](repeating: Box(x: 0, y: 0, height: 0), count: graph.nodes.count)
        for (place, column) in layout.columns.enumerated() {
            var y = Self.top + (tallest - height(of: column)) / 2
            for node in column {
                let height = height(node)
                boxes[node] = Box(
                    x: Self.margin + Double(place) * (Self.boxWidth + Self.columnGap), y: y, height: height)
                y += height + Self.rowGap
            }
        }
        return boxes
    }

    // MARK: Drawing

    /// The whole document.
    var svg: String {
        let tallest = layout.columns.map { height(of: $0) }.max() ?? 0
        let columns = Double(max(1, layout.columns.count))
        let width = max(
            760, Self.margin * 2 + columns * Self.boxWidth + (columns - 1) * Self.columnGap)
        let bottom = Self.top + tallest + 24
        let size = "width=\"\(number(width))\" height=\"\(number(bottom))\""
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(bottom))" \(size) \
            font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="#ffffff"/>
            <defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" \
            orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#868e96"/></marker></defs>
            """
        ]
        parts += legend()
        let boxes = boxes(tallest)
        let places = Dictionary(
            graph.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for edge in graph.edges {
            guard let from = places[edge.from], let to = places[edge.to] else { continue }
            parts.append(way(boxes[from], boxes[to], isLight: graph.nodes[from].kind == .run))
        }
        for index in graph.nodes.indices { parts += draw(graph.nodes[index], boxes[index]) }
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    /// - Parameter isLight: for the ways from a run to each of its tasks, which say the least.
    private func way(_ from: Box, _ to: Box, isLight: Bool) -> String {
        let (x1, x2) = (from.x + Self.boxWidth, to.x)
        let bend = max(Self.columnGap / 2, (x2 - x1) / 2)
        let curve =
            "M\(number(x1)) \(number(from.middle)) C\(number(x1 + bend)) \(number(from.middle)) "
            + "\(number(x2 - bend)) \(number(to.middle)) \(number(x2)) \(number(to.middle))"
        let look =
            isLight
            ? "stroke=\"#ced4da\" stroke-dasharray=\"2 4\"" : "stroke=\"#868e96\" stroke-width=\"1.4\""
        return "<path d=\"\(curve)\" fill=\"none\" \(look) marker-end=\"url(#arrow)\"/>"
    }

    private func draw(_ node: LineageGraph.Node, _ box: Box) -> [String] {
        let colour = Self.colour(node.kind)
        let isAsked = starts.contains(node.id)
        let tooltip = ([node.title] + node.details.map { "\($0.name): \($0.value)" }).joined(separator: "\n")
        let frame =
            "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(Self.boxWidth))\" height=\"\(number(box.height))\""
        var parts = [
            "<g><title>\(escaped(tooltip))</title>",
            "<rect \(frame) rx=\"6\" fill=\"#ffffff\" stroke=\"\(colour)\" stroke-width=\"\(isAsked ? "3" : "1.2")\"/>",
            "<rect \(frame) rx=\"6\" fill=\"\(colour)\" fill-opacity=\"0.09\"/>",
            text(
                Self.word(node.kind), x: box.x + 12, y: box.y + 17,
                "fill=\"\(colour)\" font-size=\"10\" font-weight=\"700\" letter-spacing=\"0.6\""),
            text(
                shortened(node.title, Self.shownCharacters - 5), x: box.x + 12, y: box.y + 34,
                "fill=\"#212529\" font-weight=\"600\""),
        ]
        var y = box.y + 34 + 6
        for detail in node.details.prefix(Self.shownDetails) {
            y += Self.lineHeight
            parts.append(
                text(
                    shortened("\(detail.name) \(detail.value)", Self.shownCharacters), x: box.x + 12, y: y,
                    "fill=\"#495057\" font-size=\"11\""))
        }
        if node.details.count > Self.shownDetails {
            let more = "\(node.details.count - Self.shownDetails) more"
            parts.append(
                text(more, x: box.x + 12, y: y + Self.lineHeight, "fill=\"#868e96\" font-size=\"11\""))
        }
        return parts + ["</g>"]
    }

    private func legend() -> [String] {
        var x = Self.margin
        var parts: [String] = []
        for kind in LineageGraph.Kind.allCases where graph.nodes.contains(where: { $0.kind == kind }) {
            let colour = Self.colour(kind)
            parts.append(
                "<rect x=\"\(number(x))\" y=\"22\" width=\"14\" height=\"14\" rx=\"3\" fill=\"\(colour)\"/>")
            parts.append(text(kind.rawValue, x: x + 20, y: 33.5, "fill=\"#495057\""))
            x += 44 + Double(kind.rawValue.count) * 7.2
        }
        return parts
    }

    private static func word(_ kind: LineageGraph.Kind) -> String { kind.rawValue.uppercased() }

    /// Told apart also by those who see fewer colours (Okabe and Ito, 2008).
    private static func colour(_ kind: LineageGraph.Kind) -> String {
        switch kind {
        case .code: "#495057"
        case .parameters: "#b07d00"
        case .run: "#0072b2"
        case .task: "#009e73"
        case .data: "#d55e00"
        case .model: "#cc79a7"
        case .alias: "#6741d9"
        case .deployment: "#c2255c"
        }
    }

    /// Cut in the middle: the ends of ids and paths tell them apart.
    private func shortened(_ text: String, _ limit: Int) -> String {
        guard text.count > limit else { return text }
        return "\(text.prefix(limit / 2))…\(text.suffix(limit - limit / 2 - 1))"
    }
}
