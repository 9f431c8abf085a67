import DAGDomain

extension AttemptReport {
    /// Masks the texts that say what went wrong. Outputs stay as they are: later tasks need them.
    mutating func mask(with values: ValueService, of run: RunNumber) {
        guard hasText || deployment != nil else { return }
        let mask = { values.masked($0, of: run) }
        problem = problem.map(mask)
        conflict = conflict.map(mask)
        if let detail = deployment?.detail { deployment?.detail = mask(detail) }
        switch outcome {
        case .notStarted(let code, let text): outcome = .notStarted(exitCode: code, mask(text))
        case .lost(let text): outcome = .lost(mask(text))
        case .nothingToDo(let text): outcome = .nothingToDo(mask(text))
        case .exited, .signalled, .timedOut, .terminated, .cached: break
        }
    }

    private var hasText: Bool {
        switch outcome {
        case .notStarted, .lost, .nothingToDo: true
        case .exited, .signalled, .timedOut, .terminated, .cached: problem != nil
        }
    }
}

extension ValueService {
    /// A text that says what went wrong in a run. What cannot be masked is not told.
    func masked(_ text: String, of run: RunNumber) -> String {
        do throws(ValueError) { return try masker(for: run).masked(text) } catch {
            return "the reason cannot be shown: \(error.sentence)"
        }
    }
}
