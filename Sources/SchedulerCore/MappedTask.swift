import DAGDomain
import JSONText

/// The instances of one mapped task of a run. Those of a wide one are made as earlier ones start, so that neither
/// memory nor a commit grows with the width.
struct MappedTask: Hashable, Sendable {
    /// Rows by map index, as far as they have been made.
    var rows: [Int] = []
    /// How many instances there will be.
    var width: Int
    /// What the instances that are yet to be made get; nil when all have been made.
    var parameters: MappedParameters?
    /// Rows that have been made and wait for their start.
    var unstarted = 0

    /// Instances that are made at once.
    static let chunk = 1_000

    var isComplete: Bool { rows.count == width }

    /// The same with its rows in one order: where they are in memory is a matter of history.
    var withoutRows: MappedTask {
        var copy = self
        copy.rows = Array(rows.indices)
        return copy
    }
}

/// The params of every instance of a mapped task, computed by index.
package struct MappedParameters: Hashable, Sendable {
    private enum Source: Hashable, Sendable {
        case product([(name: String, values: [JSONValue])])
        case rows([JSONObject])

        static func == (left: Source, right: Source) -> Bool {
            switch (left, right) {
            case (.rows(let left), .rows(let right)): left == right
            case (.product(let left), .product(let right)):
                left.elementsEqual(right) { $0.name == $1.name && $0.values == $1.values }
            default: false
            }
        }

        func hash(into hasher: inout Hasher) {
            switch self {
            case .rows(let rows): hasher.combine(rows.count)
            case .product(let axes): hasher.combine(axes.count)
            }
        }
    }

    private let source: Source
    package let count: Int

    /// Why a mapping has no instances that could be told.
    package struct Problem: Error, Hashable {
        package let text: String
    }

    /// - Parameter output: the value of an upstream output; for a mapped task the list by map index; nil when there
    ///   is none.
    package init(
        _ mapping: TaskMapping, output: (TaskID, String) -> JSONValue?
    ) throws(Problem) {
        switch mapping.form {
        case .product(let axes):
            self.init(product: try Self.resolve(axes, output))
        case .matrix(let axes, let include, let exclude):
            let product = MappedParameters(product: try Self.resolve(axes, output))
            try Self.check(product.count)
            self.init(rows: Self.matrix(product, include: include, exclude: exclude))
        case .rows(let values):
            var rows: [JSONObject] = []
            for (index, value) in try Self.list(values, named: "expand_kwargs", output).enumerated() {
                guard let row = value.objectValue else {
                    throw Problem(text: "element \(index) of \"expand_kwargs\" is not an object")
                }
                rows.append(row)
            }
            self.init(rows: rows)
        }
        try Self.check(count)
    }

    private init(product axes: [(name: String, values: [JSONValue])]) {
        var count = axes.isEmpty ? 0 : 1
        for axis in axes {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
            count = overflow ? .max : product
        }
        source = .product(axes)
        self.count = count
    }

    private init(rows: [JSONObject]) {
        source = .rows(rows)
        count = rows.count
    }

    private static func check(_ count: Int) throws(Problem) {
        guard count <= TaskMapping.maximumInstances else {
            let shown = count == .max ? "too many" : "\(count)"
            throw Problem(
                text: "it would have \(shown) instances; a task may have \(TaskMapping.maximumInstances)")
        }
    }

    private static func resolve(
        _ axes: [TaskMapping.Axis], _ output: (TaskID, String) -> JSONValue?
    ) throws(Problem) -> [(name: String, values: [JSONValue])] {
        var resolved: [(name: String, values: [JSONValue])] = []
        for axis in axes { resolved.append((axis.name, try list(axis.values, named: axis.name, output))) }
        return resolved
    }

    private static func list(
        _ values: TaskMapping.Values, named name: String, _ output: (TaskID, String) -> JSONValue?
    ) throws(Problem) -> [JSONValue] {
        switch values {
        case .literal(let list): return list
        case .output(let task, let key):
            guard let value = output(task, key) else {
                throw Problem(
                    text:
                        "\"\(name)\" is to run through the output \"\(key)\" of \(task), which it did not set"
                )
            }
            guard let list = value.arrayValue else {
                throw Problem(
                    text:
                        "\"\(name)\" is to run through the output \"\(key)\" of \(task), which is not a list")
            }
            return list
        }
    }

    /// The params of the instance with a map index.
    package subscript(index: Int) -> JSONObject {
        switch source {
        case .rows(let rows): return rows[index]
        case .product(let axes):
            var members: [(String, JSONValue)] = []
            var rest = index
            for axis in axes.reversed() {
                members.append((axis.name, axis.values[rest % axis.values.count]))
                rest /= axis.values.count
            }
            return JSONObject(members.reversed())
        }
    }

    /// GitHub Actions' rules for a matrix (docs.github.com, "Running variations of jobs in a workflow"): what matches
    /// an exclude is left out; an include extends every combination of which it overwrites no original value, and
    /// stands for itself when there is none.
    private static func matrix(
        _ product: MappedParameters, include: [JSONObject], exclude: [JSONObject]
    ) -> [JSONObject] {
        let original = (0..<product.count).map { product[$0] }.filter { row in
            !exclude.contains { pattern in !pattern.isEmpty && pattern.allSatisfy { row[$0.key] == $0.value }
            }
        }
        var rows = original
        var added: [JSONObject] = []
        for extra in include {
            var isUsed = false
            for (index, row) in original.enumerated()
            where extra.allSatisfy({ row[$0.key] == nil || row[$0.key] == $0.value }) {
                rows[index] = rows[index].merging(extra)
                isUsed = true
            }
            if !isUsed { added.append(extra) }
        }
        return rows + added
    }
}
