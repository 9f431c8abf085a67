import DAGDomain
import DAGLoading
import Foundation
import Testing

/// The files that ship must load, as the whole folder does.
@Suite struct ShippedFileTests {
    @Test func loadsTheFolderThatShips() throws {
        let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("dags").path
        let files = try DAGFolderScan().load(folder: folder)
        #expect(files.contains { $0.dagID?.text == "hello" })
        for file in files {
            #expect(file.errors.map { "\(file.path):\($0)" } == [])
            #expect(file.warnings.map { "\(file.path):\($0)" } == [])
        }
    }
}
