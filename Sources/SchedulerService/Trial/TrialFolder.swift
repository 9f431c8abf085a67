import Foundation
import Glibc

/// The files of a trial, in a folder of its own below the system's folder for temporary files.
struct TrialFolder: Sendable {
    let path: String

    init() throws(TaskTrial.Failure) {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array((parent + "/orchestrator-test-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            let reason = String(cString: strerror(errno))
            throw TaskTrial.Failure(text: "no folder can be made in \(parent): \(reason)")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var log: String { path + "/log" }
    var output: String { path + "/output" }
    var metrics: String { path + "/metrics" }
    var outlets: String { path + "/outlets" }
    var parameters: String { path + "/params.json" }
    var performance: String { path + "/perform.json" }
    var inputs: String { path + "/inputs.json" }
    var artifacts: String { path + "/artifacts" }
    var checkpoints: String { path + "/checkpoints" }

    func write(_ text: String, to file: String) throws(TaskTrial.Failure) {
        do throws(SmallFile.Failure) { try SmallFile.write(text, to: file) } catch {
            throw TaskTrial.Failure(text: "\(file) \(error.text)")
        }
    }

    func remove() {
        RunFolder.remove(path)
    }
}
