extension V1 {
    /// What came of what.
    package struct Lineage: Codable, Hashable, Sendable {
        /// The ids of the nodes that were asked about.
        package var starts: [String]
        package var nodes: [LineageNode]
        package var edges: [LineageEdge]
        /// Whether there is more than is shown.
        package var isCut: Bool

        package init(starts: [String], nodes: [LineageNode], edges: [LineageEdge], isCut: Bool) {
            self.starts = starts
            self.nodes = nodes
            self.edges = edges
            self.isCut = isCut
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case starts, nodes, edges
            case isCut = "is_cut"
        }
    }

    package struct LineageNode: Codable, Hashable, Sendable {
        package var id: String
        /// `code`, `parameters`, `run`, `task`, `data`, `model` or `alias`.
        package var kind: String
        package var title: String
        /// Steps from the beginning, for a drawing.
        package var layer: Int
        package var details: [LineageDetail]

        package init(id: String, kind: String, title: String, layer: Int, details: [LineageDetail]) {
            self.id = id
            self.kind = kind
            self.title = title
            self.layer = layer
            self.details = details
        }
    }

    package struct LineageDetail: Codable, Hashable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// From what came first to what came of it.
    package struct LineageEdge: Codable, Hashable, Sendable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }
}
