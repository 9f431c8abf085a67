extension AttemptPreparation {
    /// Why an attempt cannot be started.
    struct Failure: Error {
        enum Kind {
            case task
            /// Disk, descriptors, database: it is tried again later, and no try is used up.
            case machine
            /// What the task is about does not exist yet: it is skipped.
            case nothingToDo
        }

        /// For the person who reads `why`.
        let text: String
        let kind: Kind

        init(text: String, _ kind: Kind = .task) {
            self.text = text
            self.kind = kind
        }

        init(text: String, isMachineFault: Bool) {
            self.init(text: text, isMachineFault ? .machine : .task)
        }
    }
}
