import ArgumentParser
import Crypto
import Glibc
import JSONText

/// `models get`
struct ModelsGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Copy the file of a version out of the store.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "NAME@REF; the champion if there is no REF.")
    var model: String

    @Argument(help: "Where to: a file, or a folder. If absent, the file's own name in this folder.")
    var target: String?

    @Flag(help: "Replace a file that is there.")
    var force = false

    func run() async throws {
        let invocation = try Invocation(global)
        let address = ModelAddress(model)
        let parts = address.version(address.reference ?? "champion")
        let (path, target) = try await invocation.withAPI(.records) { client in
            let version = try await client.object(parts)
            let number = (version["version"] ?? .null).displayText
            guard let artifact = version["artifact"]?.objectValue,
                let hash = artifact["sha256"]?.stringValue
            else {
                throw CommandFailure(
                    .badData,
                    "the file of \(address.name)@\(number) is not kept here but at "
                        + "\((version["source"] ?? .null).displayText)")
            }
            let path = try destination(artifact["path"]?.stringValue ?? "model")
            // The alias may move meanwhile: the file is that of the version that was looked up.
            let pieces = try await client.bytes(address.version(number) + ["file"])
            try await Self.write(pieces, to: path, sha256: hash)
            return (path, "\(address.name)@\(number)")
        }
        if invocation.output.format == .json {
            return try invocation.output.show(json: ["version": .string(target), "path": .string(path)])
        }
        try invocation.output.line(path)
        invocation.output.say("copied \(target)")
    }

    private func destination(_ ownPath: String) throws(CommandFailure) -> String {
        let name = ownPath.split(separator: "/").last.map(String.init) ?? "model"
        var path = target ?? name
        if FileAccess.kind(of: path) == .folder { path += (path.hasSuffix("/") ? "" : "/") + name }
        if FileAccess.exists(path), !force {
            throw CommandFailure(.badData, "\(path) exists already; --force replaces it")
        }
        return path
    }

    /// Writes beside the target and renames, so that nobody sees half a model.
    private static func write(
        _ pieces: AsyncThrowingStream<[UInt8], any Error>, to path: String, sha256: String
    ) async throws {
        let draft = path + ".part"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw CommandFailure.inputOutput("cannot create \(draft)", errno) }
        defer { close(file) }
        let terminal = Terminal(descriptor: file, wantsColour: false, environment: [:])
        var hasher = SHA256()
        do {
            for try await piece in pieces {
                hasher.update(data: piece)
                try terminal.write(bytes: piece)
            }
        } catch {
            unlink(draft)
            throw error
        }
        let digits = Array("0123456789abcdef".utf8)
        let found = String(
            decoding: hasher.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
        guard found == sha256 else {
            unlink(draft)
            throw CommandFailure(
                .badData, "what came does not have the hash of the version: \(found) and not \(sha256)")
        }
        guard rename(draft, path) == 0 else {
            throw CommandFailure.inputOutput("cannot write \(path)", errno)
        }
    }
}
