import Glibc

/// Small file work for commands: whole files, with failures that name the path.
enum FileAccess {
    enum Kind: Sendable { case file, folder, other }

    /// What a path is, links followed; nil when nothing is there.
    static func kind(of path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// Whether anything has the name, a broken link too.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Bytes of a file; nil when there is none.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The names in a folder, in no particular order; empty when it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The absolute path without links; the path itself where it leads nowhere.
    static func resolved(_ path: String) -> String {
        guard let text = realpath(path, nil) else { return path }
        defer { free(text) }
        return String(cString: text)
    }

    /// The bytes of a regular file; nil when there is none. Never waits for a FIFO or a device.
    static func readIfPresent(_ path: String) throws(CommandFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT || errno == ENOTDIR { return nil }
        guard descriptor >= 0 else { throw .inputOutput("cannot open \(path)", errno) }
        defer { close(descriptor) }
        guard kind(of: path) == .file else {
            throw CommandFailure(.inputOutput, "\(path) is not a regular file")
        }
        return try readAll(descriptor, name: path)
    }

    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        guard let bytes = try readIfPresent(path) else {
            throw CommandFailure(.notFound, "no file \(path)")
        }
        return bytes
    }

    static func readAll(_ descriptor: Int32, name: String) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw .inputOutput("cannot read \(name)", errno)
            }
        }
    }

    /// Writes a new file; one that is there already is never touched.
    static func create(_ path: String, text: String, mode: mode_t = 0o644) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        if descriptor < 0, errno == EEXIST {
            throw CommandFailure(.badData, "\(path) exists already and is left as it is")
        }
        guard descriptor >= 0 else { throw .inputOutput("cannot create \(path)", errno) }
        defer { close(descriptor) }
        try Terminal(descriptor: descriptor, wantsColour: false, environment: [:]).write(text)
    }

    /// Writes a file of ours again, whole or not at all.
    static func replace(_ path: String, text: String) throws(CommandFailure) {
        let draft = path + ".new"
        unlink(draft)
        try create(draft, text: text)
        guard rename(draft, path) == 0 else { throw .inputOutput("cannot write \(path)", errno) }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(CommandFailure) {
        if kind(of: path) == .folder { return }
        let parts = path.split(separator: "/")
        var current = path.hasPrefix("/") ? "" : "."
        for part in parts {
            current += "/" + part
            if mkdir(current, 0o755) != 0, errno != EEXIST {
                throw .inputOutput("cannot make the folder \(current)", errno)
            }
        }
        guard kind(of: path) == .folder else { throw CommandFailure(.badData, "\(path) is not a folder") }
    }
}
