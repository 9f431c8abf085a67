import CProcess

/// The paths of a specification as they stand in a control file, for messages.
struct StoredSpecification {
    let workingDirectory: String
    let program: String
    private let directories: [String]

    /// `bytes` is the spec and its strings. Nil when they are not whole.
    init?(bytes: [UInt8]) {
        guard bytes.count >= MemoryLayout<attempt_spec>.size else { return nil }
        let spec: attempt_spec = AttemptRecord.load(bytes, at: 0)
        var rest = bytes[MemoryLayout<attempt_spec>.size...]
        func next() -> String? {
            guard let end = rest.firstIndex(of: 0) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        guard let workingDirectory = next(), next() != nil else { return nil }
        var directories: [String] = []
        for _ in 0..<spec.directory_count {
            guard let directory = next() else { return nil }
            directories.append(directory)
        }
        guard let program = next() else { return nil }
        self.workingDirectory = workingDirectory
        self.program = program
        self.directories = directories
    }

    func directory(_ position: Int) -> String? {
        directories.indices.contains(position) ? directories[position] : nil
    }
}
