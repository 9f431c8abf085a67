import Foundation

/// One line of the table that `Benchmarks/run` prints. `ratio` is ours to the peer's.
struct ResultLine: Encodable {
    let name: String
    let ours: Double
    let peer: Double?
    let peerName: String
    let ratio: Double?
    let budget: String
    let isMet: Bool

    private enum CodingKeys: String, CodingKey {
        case name, ours, peer, ratio, budget
        case peerName = "peer_name"
        case isMet = "ok"
    }

    func write() {
        guard var line = try? JSONEncoder().encode(self) else { return }
        line.append(contentsOf: [0x0A])
        FileHandle.standardOutput.write(line)
    }
}
