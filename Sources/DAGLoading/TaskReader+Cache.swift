import DAGDomain
import JSONText

/// `cache`: when a task may be served from an earlier success.
extension TaskReader {
    /// What the file says, over what `default_args` says.
    mutating func readCache(_ fields: Fields, inherited: TaskCache?) -> TaskCache? {
        guard let node = fields["cache"] else { return inherited }
        guard node.members != nil else { return node.value == .bool(true) ? inherited ?? TaskCache() : nil }
        let cache = Fields(node, .cache)
        var result = TaskCache(
            environment: cache.strings("env") ?? [], expires: cache.duration("expires"),
            version: cache["version"].map { $0.stringValue ?? $0.value.text() } ?? "",
            ignoredParameters: Set(cache.strings("ignore_params") ?? []), scope: cache.choice("scope") ?? .dag
        )
        for element in cache["files"]?.elements ?? [] {
            guard let text = element.stringValue, !text.isEmpty else { continue }
            do throws(FilePattern.Problem) { result.files.append(try FilePattern(text)) } catch {
                diagnostics.error("\(text.quotedForMessage) \(error.words)", at: element.position)
            }
        }
        reportRepetition(cache["files"]?.elements ?? [], in: "files")
        return result
    }

    /// - Parameter task: has its role and its way of running already.
    mutating func readOwnCache(_ fields: Fields, defaults: TaskDefinition, into task: inout ReadTask) {
        task.definition.cache = readCache(fields, inherited: defaults.cache)
        guard task.definition.cache != nil else { return }
        if let reason = Self.obstacle(
            task.definition, hasModel: fields["model"] != nil || fields["drift"] != nil)
        {
            task.definition.cache = nil
            if let member = fields.member("cache") {
                diagnostics.error("\(reason), so it cannot have \"cache\"", at: member.keyPosition)
            }
            return
        }
        if let names = fields["cache"].flatMap({ Fields($0, .cache)["ignore_params"]?.elements }) {
            for element in names {
                guard let name = element.stringValue, !parameters.contains(name) else { continue }
                let hint = parameters.hint(for: name)
                diagnostics.error("no such param: \(name.quotedForMessage)\(hint)", at: element.position)
            }
        }
        task.definition.cache?.declarations = Self.declared.compactMap { key in
            fields[key].map { TaskCache.Declaration(key: key, text: $0.value.canonicalText()) }
        }
    }

    /// Promises and rules of a task that decide what its success means.
    private static let declared = ["outputs", "artifacts", "gate", "on_gate_failure", "checks", "model"]

    /// Why a task cannot be served from an earlier success.
    private static func obstacle(_ task: TaskDefinition, hasModel: Bool) -> String? {
        if task.lateAssets.updatesAny { return "what the task updates is known only when it has run" }
        return switch task.role {
        case .noop, .latestOnly, .approval, .triggerDAG:
            "a task of the type \(task.role.rawValue) runs nothing"
        case .sensor: "a sensor looks at what is there now"
        case .deploy: "a deployment is an act and not a result"
        case .evaluate, .monitor:
            hasModel ? "what a model is measured against changes without the task's knowing" : nil
        case .task, .etl, .train, .branch, .shortCircuit: nil
        }
    }
}

extension FilePattern.Problem {
    /// The rest of a sentence that begins with the pattern.
    fileprivate var words: String {
        switch self {
        case .empty: "names no file"
        case .absolute: "is absolute; the files of \"cache\" are relative to the DAG file's folder"
        case .leavesFolder: "leaves the DAG file's folder by .."
        case .tooManyParts: "has more than 64 parts"
        }
    }
}
