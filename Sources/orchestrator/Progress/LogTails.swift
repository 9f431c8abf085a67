import Synchronization

/// Follows the logs of the tasks that run, and keeps of each only its last line.
final class LogTails: Sendable {
    private struct State {
        var readers: [InstanceName: Task<Void, Never>] = [:]
        var lines: [InstanceName: String] = [:]
    }

    private let client: APIClient
    private let address: RunAddress
    private let state = Mutex(State())

    /// Logs followed at once; a person reads no more.
    private static let limit = 8
    /// A longer line is not a line for people.
    private static let lineLimit = 4_096

    init(client: APIClient, address: RunAddress) {
        self.client = client
        self.address = address
    }

    var lines: [InstanceName: String] { state.withLock { $0.lines } }

    /// Starts following what runs now, and stops following what does not.
    func follow(_ running: [InstanceProgress]) {
        let wanted = running.prefix(Self.limit)
        state.withLock { state in
            for (name, reader) in state.readers where !wanted.contains(where: { $0.name == name }) {
                reader.cancel()
                state.readers[name] = nil
                state.lines[name] = nil
            }
            for instance in wanted where state.readers[instance.name] == nil {
                state.readers[instance.name] = Task { await self.read(instance) }
            }
        }
    }

    func stop() {
        follow([])
    }

    /// The log line is an ornament: whatever goes wrong here, the run is still followed.
    private func read(_ instance: InstanceProgress) async {
        let query: [(String, String?)] = [
            ("try", "\(instance.tryNumber)"), ("follow", "true"), ("map_index", "\(instance.name.mapIndex)"),
        ]
        guard let pieces = try? await client.bytes(address.task(instance.name.task) + ["logs"], query: query)
        else { return }
        var line: [UInt8] = []
        do {
            for try await piece in pieces {
                if let text = Self.lastLine(&line, piece) {
                    state.withLock { if $0.readers[instance.name] != nil { $0.lines[instance.name] = text } }
                }
            }
        } catch {
            return
        }
    }

    /// The last complete line that is not blank; the rest is kept in `line`.
    static func lastLine(_ line: inout [UInt8], _ piece: [UInt8]) -> String? {
        var last: String?
        for byte in piece {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                let text = String(decoding: line, as: UTF8.self).withoutControls
                if text.contains(where: { $0 != " " }) { last = text }
                line.removeAll(keepingCapacity: true)
            } else if line.count < lineLimit {
                line.append(byte)
            }
        }
        return last
    }
}
