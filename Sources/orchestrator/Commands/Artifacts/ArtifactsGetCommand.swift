import ArgumentParser
import Crypto
import Glibc
import JSONText
import Synchronization

/// `artifacts get`
struct ArtifactsGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Fetch a file that a task left.",
        discussion: """
            Named by DAG, run, task and name, or by --sha256. The hash is computed again on the way: a file that is \
            damaged is not left behind.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp(
            "DAG, run (or `latest`), task, and the artifact's name.", valueName: "dag run task name"))
    var place: [String] = []

    @Option(help: "Which instance of a mapped task.")
    var mapIndex: Int?

    @Option(name: .customLong("sha256"), help: ArgumentHelp("The content's hash.", valueName: "hash"))
    var hash: String?

    @Option(
        name: [.short, .customLong("output-file")],
        help: ArgumentHelp("Where to write it; - is standard output, the default.", valueName: "file"))
    var outputFile: String = "-"

    func validate() throws {
        guard (hash == nil) == (place.count == 4), hash != nil || place.count == 4 else {
            throw ValidationError("name the artifact by DAG RUN TASK NAME, or by --sha256")
        }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        if outputFile == "-", invocation.output.results.isInteractive {
            throw CommandFailure(
                .wrongUsage, "standard output is a terminal", hint: "give a file with -o, or redirect it")
        }
        let outputFile = outputFile
        let (found, size) = try await invocation.withAPI(.records) { client in
            let hash = try await hash(client)
            let sink = try ContentSink(path: outputFile)
            do {
                try await client.pull(ArtifactsCommand.parts + [hash, "content"]) { piece in
                    try sink.write(piece)
                }
                try sink.finish(expecting: hash)
            } catch {
                sink.discard()
                throw error
            }
            return (hash, sink.sizeBytes)
        }
        if outputFile != "-" {
            invocation.output.say("\(outputFile): \(ByteCount.text(size)), SHA-256 \(found)")
        }
    }

    private func hash(_ client: APIClient) async throws -> String {
        if let hash { return hash.lowercased() }
        let address = try await client.address(dag: place[0], run: place[1])
        let rows = try await client.rows(
            ArtifactsCommand.parts,
            query: [
                ("dag_id", address.dag), ("run_id", address.run), ("task_id", place[2]), ("limit", "1000"),
                ("map_index", mapIndex.map { "\($0)" }),
            ])
        let named = rows.filter { $0["name"]?.stringValue == place[3] }
        if named.count > 1 {
            throw CommandFailure(
                .wrongUsage, "\(named.count) instances of \(place[2]) left it",
                hint: "choose one with --map-index")
        }
        guard let hash = named.first?["sha256"]?.stringValue else {
            let names = rows.compactMap { $0["name"]?.stringValue }
            throw CommandFailure(
                .notFound, "\(place[2]) left no artifact \(place[3]) in \(address.run)",
                hint: names.isEmpty ? nil : "there is \(names.prefix(20).joined(separator: ", "))")
        }
        return hash
    }
}

/// Takes a content to a file or to standard output, and hashes it on the way. A file appears whole or not at all.
final class ContentSink: Sendable {
    private struct Taken {
        var hasher = SHA256()
        var sizeBytes: Int64 = 0
    }

    private let path: String
    private let draft: String?
    private let descriptor: Int32
    private let taken = Mutex(Taken())

    init(path: String) throws(CommandFailure) {
        self.path = path
        guard path != "-" else {
            draft = nil
            descriptor = STDOUT_FILENO
            return
        }
        let draft = "\(path).\(getpid()).partial"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .inputOutput("cannot create \(draft)", errno) }
        self.draft = draft
        self.descriptor = descriptor
    }

    deinit {
        if draft != nil { close(descriptor) }
    }

    var sizeBytes: Int64 { taken.withLock { $0.sizeBytes } }

    @Sendable func write(_ piece: [UInt8]) throws(CommandFailure) {
        taken.withLock { taken in
            piece.withUnsafeBytes { taken.hasher.update(bufferPointer: $0) }
            taken.sizeBytes += Int64(piece.count)
        }
        var done = 0
        while done < piece.count {
            let count = piece.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .inputOutput("cannot write \(draft ?? "standard output")", errno) }
            done += count
        }
    }

    func finish(expecting hash: String) throws(CommandFailure) {
        let digits = Array("0123456789abcdef".utf8)
        let found = String(
            decoding: taken.withLock { $0.hasher.finalize() }.flatMap {
                [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
            },
            as: UTF8.self)
        guard found == hash else {
            throw CommandFailure(
                .inputOutput, "the artifact is damaged: its content has the hash \(found), not \(hash)")
        }
        guard let draft else { return }
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else {
            throw .inputOutput("cannot write \(path)", errno)
        }
    }

    func discard() {
        if let draft { unlink(draft) }
    }
}

/// Sizes for people.
enum ByteCount {
    /// `17 B`, `3.4 KiB`, `2.0 GiB`
    static func text(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
