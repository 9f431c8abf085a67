import DAGDomain

/// Why a live attempt was asked to end, and so what becomes of its instance when it has ended.
///
/// The request is kept in the instance's recorded reason while the instance is still active; that is how it
/// survives a restart.
enum EndRequest: Hashable, Sendable {
    case cancelled(by: String)
    /// The instance starts anew.
    case cleared(by: String)
    case marked(TaskInstanceState, by: String)
    case runTimeout
    /// Another instance of the same mapped task has failed.
    case failFast(mapIndex: Int)
    /// Its metric has fallen behind.
    case stoppedEarly(String)

    var isMark: Bool {
        if case .marked = self { true } else { false }
    }

    var reason: StateReason {
        switch self {
        case .cancelled(let user): .byUser("cancelled by \(user)")
        case .cleared(let user): .byUser("cleared by \(user)")
        case .marked(let state, let user): .byUser("marked \(state.rawValue) by \(user)")
        case .runTimeout: .runTimeout
        case .failFast(let index): .failFast(mapIndex: index)
        case .stoppedEarly(let text): .stoppedEarly(text)
        }
    }

    /// Reads the request back from the reason of an active instance.
    init?(reason: StateReason?) {
        switch reason {
        case .runTimeout: self = .runTimeout
        case .failFast(let index): self = .failFast(mapIndex: index)
        case .stoppedEarly(let text): self = .stoppedEarly(text)
        case .byUser(let text): self.init(text: text)
        default: return nil
        }
    }

    private init?(text: String) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        switch words.first {
        case "cancelled": self = .cancelled(by: words.dropFirst(2).joined(separator: " "))
        case "cleared": self = .cleared(by: words.dropFirst(2).joined(separator: " "))
        case "marked":
            guard words.count > 1, let state = TaskInstanceState(rawValue: String(words[1])) else {
                return nil
            }
            self = .marked(state, by: words.dropFirst(3).joined(separator: " "))
        default: return nil
        }
    }
}
