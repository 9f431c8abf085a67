import DAGDomain
import Testing

/// Patterns for the files of a cache, against paths; hostile ones cost no more than others.
struct FilePatternTests {
    nonisolated static let cases: [(String, String, Bool)] = [
        ("train.py", "train.py", true), ("train.py", "lib/train.py", false), ("./train.py", "train.py", true),
        ("*.py", "a.py", true), ("*.py", "a/b.py", false), ("*.py", ".py", false), (".*", ".env", true),
        ("lib/*", "lib/a", true), ("lib/**", "lib/a", true), ("lib/**", "lib/a/b/c", true),
        ("lib/**", "other/a", false),
        ("**/*.py", "a.py", true), ("**/*.py", "x/y/a.py", true), ("**/*.py", "x/.git/a.py", false),
        ("**/.git/*", "x/.git/a", true), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true),
        ("a/**/b", "a/x", false),
        ("?.py", "ä.py", true), ("??.py", "a.py", false), ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxbyy", false),
        ("**/a/**/b", "a/x/a/y/b", true), ("[ab].py", "a.py", false), ("[ab].py", "[ab].py", true),
    ]

    @Test(arguments: cases) func aPatternMatchesAsAShellWould(pattern: String, path: String, expected: Bool)
        throws
    {
        #expect(try FilePattern(pattern).matches(path.split(separator: "/").map(String.init)) == expected)
    }

    nonisolated static let refused: [(String, FilePattern.Problem)] = [
        ("/etc/passwd", .absolute), ("../x", .leavesFolder), ("a/../../b", .leavesFolder), ("", .empty),
        ("!", .empty),
        ("./", .empty), ("a\0b", .empty), (String(repeating: "a/", count: 100), .tooManyParts),
        ("!/x", .absolute),
    ]

    @Test(arguments: refused) func whatLeavesTheFolderIsRefused(text: String, problem: FilePattern.Problem) {
        #expect(throws: problem) { try FilePattern(text) }
    }

    @Test func aPatternOfManyStarsEnds() throws {
        let stars = try FilePattern(String(repeating: "*a", count: 200) + "b")
        #expect(!stars.matches([String(repeating: "a", count: 5_000)]))
        let folders = try FilePattern(String(repeating: "**/a/", count: 30) + "b")
        #expect(!folders.matches(Array(repeating: "a", count: 2_000)))
    }

    @Test func aPatternKnowsWhereToBegin() throws {
        #expect(try FilePattern("lib/x/**/*.py").fixedFolder == ["lib", "x"])
        #expect(try FilePattern("*.py").fixedFolder == [])
        #expect(try FilePattern("lib/a.py").isFixed)
        let left = try FilePattern("!out/**")
        #expect(left.excludes && left.matches(["out", "x"]))
    }
}
