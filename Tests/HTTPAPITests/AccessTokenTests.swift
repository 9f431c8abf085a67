import Foundation
import Testing

@testable import HTTPAPI

/// The file that holds the installation's secret.
@Suite struct AccessTokenTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "orchestrator-token-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder + "/token")
    }

    @Test func theFirstStartMakesOneForItsOwnerOnly() throws {
        try inFolder { path in
            let token = try AccessToken.load(fromFile: path)
            let text = try #require(try AccessToken.read(path))
            #expect(text.utf8.count == 43)
            #expect(token.matches(text[...]))
            #expect(!token.matches(text.dropLast()))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try AccessToken.load(fromFile: path).matches(text[...]))
        }
    }

    @Test func twoTokensDiffer() throws {
        var texts: Set<String> = []
        for _ in 0..<20 {
            try inFolder { path in
                _ = try AccessToken.load(fromFile: path)
                texts.insert(try AccessToken.read(path) ?? "")
            }
        }
        #expect(texts.count == 20)
    }

    @Test func aFileThatOthersCanReadIsRefused() throws {
        try inFolder { path in
            _ = try AccessToken.load(fromFile: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            #expect(throws: AccessToken.FileError.unsafe(path: path)) { try AccessToken.load(fromFile: path) }
        }
    }

    @Test func aLinkAFolderAndAnEmptyFileAreRefused() throws {
        try inFolder { path in
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
            #expect(throws: AccessToken.FileError.unsafe(path: path)) { try AccessToken.load(fromFile: path) }
        }
        try inFolder { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            #expect(throws: AccessToken.FileError.unsafe(path: path)) { try AccessToken.load(fromFile: path) }
        }
        try inFolder { path in
            _ = FileManager.default.createFile(
                atPath: path, contents: Data(), attributes: [.posixPermissions: 0o600])
            #expect(throws: AccessToken.FileError.malformed(path: path)) {
                try AccessToken.load(fromFile: path)
            }
        }
    }
}
