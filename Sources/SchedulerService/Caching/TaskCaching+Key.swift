import DAGDomain
import Glibc
import JSONText
import LifecycleCore

extension TaskCaching {
    /// Why no key can be made.
    struct Unusable: Error {
        let text: String
    }

    /// - Parameter paths: gets the path of each file by its name.
    func key(
        of context: AttemptContext, _ cache: TaskCache, _ facts: CacheFacts, paths: inout [String: String]
    ) throws(Unusable) -> CacheKey {
        let hash = try hashing(facts.secrets)
        var components = facts.inputs
        components.append(
            CacheComponent(.way, Self.wayName(context.task.action), hash: try hash(facts.way)))
        components += parameters(facts.parameters, cache, without: facts.secrets)
        let files = try files(of: context, cache, facts)
        paths = files.paths
        components += files.components
        let named = files.variables.union(VariableSearch.variables(in: facts.way))
        for name in facts.declaredVariables.union(cache.environment).subtracting(named) {
            guard let value = facts.environment[name] else { continue }
            components.append(CacheComponent(.variable, name, hash: try hash(value)))
        }
        for name in named {
            let value = facts.environment[name] ?? context.run.runID.text
            components.append(CacheComponent(.context, name, hash: CacheKey.hash(of: value), shown: value))
        }
        for declaration in cache.declarations {
            components.append(
                CacheComponent(.declaration, declaration.key, hash: CacheKey.hash(of: declaration.text)))
        }
        components.append(
            CacheComponent(
                .version, "", hash: CacheKey.hash(of: cache.version),
                shown: cache.version.isEmpty ? nil : cache.version))
        components += Self.owner(context, cache)
        return CacheKey(components)
    }

    private static func wayName(_ action: TaskAction) -> String {
        switch action {
        case .performed(let action): "what it does by \(action.kind.rawValue)"
        case .shell, .arguments, .triggerDAG, .none: "the command"
        }
    }

    private static func owner(_ context: AttemptContext, _ cache: TaskCache) -> [CacheComponent] {
        let role = CacheComponent(.owner, "type", hash: CacheKey.hash(of: context.task.role.rawValue))
        guard cache.scope == .dag else { return [role] }
        return [
            role, CacheComponent(.owner, "DAG", hash: CacheKey.hash(of: context.dag.id.text)),
            CacheComponent(.owner, "task id", hash: CacheKey.hash(of: context.task.id.text)),
        ]
    }

    /// A plain hash tells a short secret to who tries them all, so that what may have one in it gets a hash with the home's
    /// key.
    private func hashing(_ secrets: Set<String>) throws(Unusable) -> (String) throws(Unusable) -> String {
        let values = values
        return { text throws(Unusable) in
            guard !secrets.isEmpty else { return CacheKey.hash(of: text) }
            do throws(ValueError) { return try values.keyedHash(of: text) } catch {
                throw Unusable(text: error.sentence)
            }
        }
    }

    private func parameters(
        _ parameters: JSONObject, _ cache: TaskCache, without secrets: Set<String>
    ) -> [CacheComponent] {
        zip(parameters.keys, parameters.values).filter { !cache.ignoredParameters.contains($0.0) }
            .map { name, value in
                let text = value.canonicalText()
                let isShown =
                    text.utf8.count <= 100 && !SensitiveNames.contains(name)
                    && !secrets.contains { text.contains($0) }
                return CacheComponent(
                    .parameter, name, hash: CacheKey.hash(of: text), shown: isShown ? text : nil)
            }
    }

    private func files(
        of context: AttemptContext, _ cache: TaskCache, _ facts: CacheFacts
    ) throws(Unusable) -> (components: [CacheComponent], paths: [String: String], variables: Set<String>) {
        let search = CodeFiles(
            folder: context.dag.folder, workingDirectory: facts.workingDirectory, patterns: cache.files)
        var components: [CacheComponent] = []
        var paths: [String: String] = [:]
        var variables: Set<String> = []
        do throws(CodeFiles.Failure) { paths = try search.find(words: facts.words) } catch {
            throw Unusable(text: error.text)
        }
        for (name, path) in paths {
            do throws(FileDigester.Failure) {
                let digest = try digester.digest(path)
                components.append(CacheComponent(.file, name, hash: digest.sha256))
                variables.formUnion(digest.variables)
            } catch {
                throw Unusable(text: "the file \(name) \(error.text)")
            }
        }
        return (components, paths, variables)
    }
}

extension FileDigester.Failure {
    fileprivate var text: String {
        switch self {
        case .notAFile: "is not a file any more"
        case .missing: "is gone"
        case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}
