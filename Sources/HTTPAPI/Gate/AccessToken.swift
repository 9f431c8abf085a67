import Crypto
import Foundation
import Glibc

/// The secret of an installation: whoever sends it over TCP may do everything.
///
/// Only its SHA-256 is kept in memory; the text stays in its file, for the person who set the daemon up.
package struct AccessToken: Sendable {
    /// Why the token's file cannot be used.
    package enum FileError: Error, Hashable, Sendable {
        /// Somebody else could read or replace it: not a regular file of ours with mode 0600.
        case unsafe(path: String)
        case malformed(path: String)
        case system(path: String, code: Int32)
    }

    private let digest: SHA256Digest

    package init(_ text: String) {
        digest = SHA256.hash(data: Data(text.utf8))
    }

    /// Whether `candidate` is the token; takes the same time for every wrong one (digests compare in constant time).
    func matches(_ candidate: Substring) -> Bool {
        SHA256.hash(data: Data(candidate.utf8)) == digest
    }

    /// Reads the token's file, or makes a token of 256 random bits and its file (mode 0600) at the first start.
    package static func load(fromFile path: String) throws(FileError) -> AccessToken {
        if let text = try read(path) { return AccessToken(text) }
        return AccessToken(try create(path))
    }

    /// The token's text, for a command line that talks over TCP; nil when there is no file yet.
    package static func read(_ path: String) throws(FileError) -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw .unsafe(path: path) }
            throw .system(path: path, code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0, status.st_uid == geteuid()
        else {
            throw .unsafe(path: path)
        }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw .system(path: path, code: errno) }
        let text = String(decoding: bytes[..<count], as: UTF8.self).filter { !$0.isWhitespace }
        guard (32..<200).contains(text.utf8.count) else { throw .malformed(path: path) }
        return text
    }

    private static func create(_ path: String) throws(FileError) -> String {
        let text = makeText()
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(path: path, code: errno) }
        defer { close(descriptor) }
        let line = Array((text + "\n").utf8)
        guard fchmod(descriptor, 0o600) == 0, write(descriptor, line, line.count) == line.count,
            fsync(descriptor) == 0
        else {
            let code = errno
            unlink(path)
            throw .system(path: path, code: code)
        }
        return text
    }

    /// 256 bits of the system's randomness in the URL-safe alphabet of base 64 (RFC 4648 section 5).
    private static func makeText() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
