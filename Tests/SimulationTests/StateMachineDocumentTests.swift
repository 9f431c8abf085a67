import Foundation
import SchedulerTestKit
import Testing

@Suite struct StateMachineDocumentTests {
    @Test func theDrawnDiagramsAreTheTables() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "docs/state-machine.md")
        let drawn = try String(contentsOf: file, encoding: .utf8)
        #expect(
            drawn == StateMachineDiagram.document,
            "write it anew: swift run simulate --state-machine-diagram > docs/state-machine.md")
    }
}
