import JSONText

/// How one task becomes many instances (`expand`, `expand_kwargs`, `matrix`): where the values come from that
/// each instance gets as its params.
package struct TaskMapping: Hashable, Sendable {
    /// A list that is known when the file is loaded, or that an upstream task leaves as an output. The outputs
    /// of a mapped upstream task form a list by map index.
    package enum Values: Hashable, Sendable {
        case literal([JSONValue])
        case output(task: TaskID, name: String)
    }

    /// One key of `expand` or `matrix` with the values it runs through.
    package struct Axis: Hashable, Sendable {
        package let name: String
        package let values: Values

        package init(name: String, values: Values) {
            self.name = name
            self.values = values
        }
    }

    package enum Form: Hashable, Sendable {
        /// Every combination of the axes' values; the last axis changes fastest.
        case product([Axis])
        /// Combinations as GitHub Actions' matrix has them: without those that match an `exclude`, and with those
        /// of `include`, which extend the combinations they agree with or stand for themselves.
        case matrix([Axis], include: [JSONObject], exclude: [JSONObject])
        /// One instance for each object of a list.
        case rows(Values)
    }

    /// The most instances that one task of one run may have.
    package static let maximumInstances = 1_000_000

    package let form: Form

    package init(_ form: Form) {
        self.form = form
    }

    /// The upstream outputs that must be known before the instances are.
    package var outputs: [(task: TaskID, name: String)] {
        let sources: [Values] =
            switch form {
            case .product(let axes), .matrix(let axes, _, _): axes.map(\.values)
            case .rows(let values): [values]
            }
        return sources.compactMap { values in
            if case .output(let task, let name) = values { (task, name) } else { nil }
        }
    }
}
