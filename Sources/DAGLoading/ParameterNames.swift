/// The names that `params.NAME` can have at some place of a file.
struct ParameterNames {
    /// The params of the run.
    let declared: Set<String>
    /// What `expand`, `expand_kwargs` or `matrix` give to each instance.
    var mapped: Set<String> = []
    /// The names are known only when the run is there: rows come out of an upstream task.
    var isOpen = false

    init(declared: Set<String>) {
        self.declared = declared
    }

    func contains(_ name: String) -> Bool { isOpen || declared.contains(name) || mapped.contains(name) }

    /// What to say after "no such param".
    func hint(for name: String) -> String {
        NearestWord.find(name, in: declared.union(mapped).sorted()).map { "; did you mean \"\($0)\"?" }
            ?? "; declare it in the DAG's \"params\""
    }

    /// The same names and those of a mapping.
    func adding(_ names: [String], isOpen: Bool) -> ParameterNames {
        var result = self
        result.mapped.formUnion(names)
        result.isOpen = result.isOpen || isOpen
        return result
    }
}
