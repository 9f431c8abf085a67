import Crypto
import Foundation
import Glibc

/// The home's key for values at rest: 256 bits in the file `secret.key`, with which they are sealed by AES-GCM.
struct SecretKey: Sendable {
    private let key: SymmetricKey

    /// A new one, of the system's randomness.
    init() {
        key = SymmetricKey(size: .bits256)
    }

    private init(_ bytes: Data) {
        key = SymmetricKey(data: bytes)
    }

    /// - Parameter name: what the bytes are; they can be opened under this name only, so that rows cannot be exchanged.
    func seal(_ text: String, as name: String) throws(ValueError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(Data(text.utf8), using: key, authenticating: Data(name.utf8))
            // The nonce is of the standard size, so there is a combined form.
            return Array(box.combined ?? Data())
        } catch {
            throw .damaged(name)
        }
    }

    func open(_ bytes: [UInt8], as name: String) throws(ValueError) -> String {
        do {
            let box = try AES.GCM.SealedBox(combined: Data(bytes))
            let data = try AES.GCM.open(box, using: key, authenticating: Data(name.utf8))
            guard let text = String(validating: data, as: UTF8.self) else { throw ValueError.damaged(name) }
            return text
        } catch {
            throw .damaged(name)
        }
    }

    /// Tells equal texts from different ones without saying what they are.
    func digest(of text: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)).base64EncodedString()
    }

    // MARK: The file

    /// Nil when there is no file.
    static func read(_ path: String) throws(ValueError) -> SecretKey? {
        let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw errno == ELOOP ? .unsafeKey(path: path) : failure(path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0, status.st_uid == geteuid()
        else { throw .unsafeKey(path: path) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure(path) }
        let text = String(decoding: bytes[..<count], as: UTF8.self).filter { !$0.isWhitespace }
        guard let data = Data(base64Encoded: text), data.count == 32 else { throw .malformedKey(path: path) }
        return SecretKey(data)
    }

    /// Writes a new file (mode 0600) and syncs it; one that is there already is never touched.
    func create(_ path: String) throws(ValueError) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        defer { close(descriptor) }
        let text = key.withUnsafeBytes { Data($0).base64EncodedString() } + "\n"
        let line = Array(text.utf8)
        guard fchmod(descriptor, 0o600) == 0, write(descriptor, line, line.count) == line.count,
            fsync(descriptor) == 0
        else {
            let error = Self.failure(path)
            unlink(path)
            throw error
        }
    }

    private static func failure(_ path: String) -> ValueError {
        .system(path: path, reason: String(cString: strerror(errno)))
    }
}
