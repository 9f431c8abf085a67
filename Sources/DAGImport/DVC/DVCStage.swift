/// One stage after templates, `foreach` and `matrix` are worked out.
struct DVCStage {
    let name: String
    let line: Int
    let commands: [String]
    let description: String?
    /// Relative to the folder of dvc.yaml.
    let folder: String
    /// Paths relative to the folder of dvc.yaml, tidied.
    let dependencies: [String]
    let outputs: [String]
    let metrics: [String]
    let isFrozen: Bool
    let meta: YAMLValue?
    /// Keys of the stage that nobody knows.
    let unknownKeys: [(key: String, line: Int)]

    private static let knownKeys: Set<String> = [
        "cmd", "wdir", "deps", "outs", "metrics", "plots", "params", "frozen", "always_changed", "meta",
        "desc",
        "vars",
    ]

    init(_ name: String, _ definition: YAMLValue, context: DVCContext) throws(DVCContext.Unresolved) {
        self.name = name
        line = definition.line
        let folder = try Self.optionalText(definition["wdir"], context) ?? ""
        self.folder = Self.tidied(folder, below: "")
        commands = try Self.commands(definition["cmd"], context)
        description = try Self.optionalText(definition["desc"], context)
        let parameters = try Self.parameterFiles(definition["params"], context)
        dependencies = try (Self.paths(definition["deps"], context) + parameters).map {
            Self.tidied($0, below: folder)
        }
        let metrics = try Self.paths(definition["metrics"], context)
        self.metrics = metrics
        outputs = try
            (Self.paths(definition["outs"], context) + metrics + Self.paths(definition["plots"], context))
            .map { Self.tidied($0, below: folder) }
        isFrozen = definition["frozen"]?.isTrue ?? false
        meta = definition["meta"]
        unknownKeys = (definition.members ?? []).filter { !Self.knownKeys.contains($0.key) }
            .map { ($0.key, $0.value.line) }
    }

    /// Whether something this stage makes is what the other reads, or a part of it, or contains it.
    func makesSomething(for other: DVCStage) -> Bool {
        outputs.contains { made in
            other.dependencies.contains { needed in
                made == needed || needed.hasPrefix(made + "/") || made.hasPrefix(needed + "/")
            }
        }
    }

    private static func optionalText(
        _ value: YAMLValue?, _ context: DVCContext
    ) throws(DVCContext.Unresolved) -> String? {
        guard let text = value?.text else { return nil }
        return try context.fill(text)
    }

    private static func commands(
        _ value: YAMLValue?, _ context: DVCContext
    ) throws(DVCContext.Unresolved) -> [String] {
        var commands: [String] = []
        for element in value?.elements ?? [value].compactMap({ $0 }) {
            guard let text = element.text else { continue }
            commands.append(try context.fill(text, isCommand: true))
        }
        guard !commands.isEmpty else { throw DVCContext.Unresolved(message: "there is no \"cmd\"") }
        return commands
    }

    /// `path` or `{path: {...}}`; what the inner map says is about DVC's cache.
    private static func paths(
        _ value: YAMLValue?, _ context: DVCContext
    ) throws(DVCContext.Unresolved) -> [String] {
        var paths: [String] = []
        for element in value?.elements ?? [] {
            if let text = element.text { paths.append(try context.fill(text)) }
            for member in element.members ?? [] { paths.append(try context.fill(member.key)) }
        }
        return paths
    }

    /// `key` is in params.yaml, `{file: [key, ...]}` in another file.
    private static func parameterFiles(
        _ value: YAMLValue?, _ context: DVCContext
    ) throws(DVCContext.Unresolved) -> [String] {
        var files: [String] = []
        for element in value?.elements ?? [] {
            if element.text != nil { files.append("params.yaml") }
            for member in element.members ?? [] { files.append(try context.fill(member.key)) }
        }
        return files
    }

    /// Without `.` and, as far as it goes, without `..`.
    static func tidied(_ path: String, below folder: String) -> String {
        let whole = path.hasPrefix("/") || path.contains("://") || folder.isEmpty ? path : folder + "/" + path
        guard !whole.contains("://") else { return whole }
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
