import Testing

@testable import orchestrator

@Suite struct LineDiffTests {
    private func text(_ lines: some Sequence<String>) -> String { lines.map { $0 + "\n" }.joined() }

    @Test func theSameTextHasNoLines() {
        #expect(LineDiff("a\nb\n", "a\nb\n").lines.isEmpty)
        #expect(LineDiff("", "").lines.isEmpty)
        // Only the last line's end differs.
        #expect(LineDiff("a\nb", "a\nb\n").lines.isEmpty)
    }

    @Test func aChangeHasThreeLinesAround() {
        let old = (1...20).map { "\($0)" }
        var new = old
        new[9] = "ten"
        #expect(
            LineDiff(text(old), text(new)).lines == [
                "@@ -7,7 +7,7 @@", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13",
            ])
        new.insert("zero", at: 0)
        new.removeLast()
        #expect(
            LineDiff(text(old), text(new)).lines == [
                "@@ -1,3 +1,4 @@", "+zero", " 1", " 2", " 3", "@@ -7,7 +8,7 @@", " 7", " 8", " 9", "-10",
                "+ten",
                " 11", " 12", " 13", "@@ -17,4 +18,3 @@", " 17", " 18", " 19", "-20",
            ])
    }

    @Test func nothingBecomesSomething() {
        #expect(LineDiff("", "a\n").lines == ["@@ -0,0 +1 @@", "+a"])
        #expect(LineDiff("a\nb\n", "").lines == ["@@ -1,2 +0,0 @@", "-a", "-b"])
    }

    /// Neither slow nor wrong where everything differs: what is kept and removed is the old text, kept and added the new.
    @Test func largeTextsAreWhole() {
        let old = (0..<30_000).map { "old \($0)" }
        let new = (0..<30_000).map { "new \($0)" }
        let lines = LineDiff(text(old), text(new)).lines.dropFirst()
        #expect(lines.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) } == old)
        #expect(lines.filter { !$0.hasPrefix("-") }.map { String($0.dropFirst()) } == new)
    }
}
