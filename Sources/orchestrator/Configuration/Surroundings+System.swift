import Glibc

extension Configuration.Surroundings {
    /// The real environment, working directory and files of this process.
    static func system() -> Configuration.Surroundings {
        Configuration.Surroundings(
            environment: systemEnvironment(), workingDirectory: systemWorkingDirectory(),
            readFile: { (path) throws(CommandFailure) in try FileAccess.readIfPresent(path) },
            folderExists: { FileAccess.kind(of: $0) == .folder })
    }
}

/// The process's environment as a dictionary; the first of several equal names wins, as with getenv.
func systemEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
        let text = String(cString: entry)
        pointer = pointer.advanced(by: 1)
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { continue }
        let name = String(text[..<equals])
        if result[name] == nil { result[name] = String(text[text.index(after: equals)...]) }
    }
    return result
}

private func systemWorkingDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
}

/// The home folder of the account, for when `HOME` is not set.
func accountHome() -> String? {
    guard let entry = getpwuid(geteuid()), let path = entry.pointee.pw_dir else { return nil }
    return String(cString: path)
}
