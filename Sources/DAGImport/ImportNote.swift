/// One thing about a translation that a person must know.
package struct ImportNote: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Not carried over: the DAG does less, or something else, than it did.
        case untranslated
        /// Carried over, and behaves differently in a way that can matter; or a step that is left to do.
        case different
    }

    package let kind: Kind
    /// As the written file names them; nil when the note is about the whole file.
    package let dagID: String?
    package let taskID: String?
    /// The word of the imported file: a key, an operator, a line's variable.
    package let key: String
    /// 1-based, where the imported file is made of lines.
    package let line: Int?
    package let message: String
    /// What to do instead; empty when there is nothing to do.
    package let advice: String

    package init(
        kind: Kind, dagID: String? = nil, taskID: String? = nil, key: String, line: Int? = nil,
        message: String, advice: String = ""
    ) {
        self.kind = kind
        self.dagID = dagID
        self.taskID = taskID
        self.key = key
        self.line = line
        self.message = message
        self.advice = advice
    }

    /// `nightly/load: pool: ...; ...`, without the kind and the line.
    package var description: String {
        let place = [dagID, taskID].compactMap { $0 }.joined(separator: "/")
        let prefix = [place, key].filter { !$0.isEmpty }.map { $0 + ": " }.joined()
        return prefix + message + (advice.isEmpty ? "" : "; \(advice)")
    }
}
