import DAGDomain
import Foundation
import JSONText

/// An e-mail of plain text (RFC 5322, RFC 2045).
struct MailMessage {
    let id: String
    let date: Timestamp
    let sender: String
    let to: [String]
    let cc: [String]
    let subject: String
    let body: String

    var bytes: [UInt8] {
        let domain = MailAddress.bare(sender)?.split(separator: "@").last ?? "localhost"
        var headers = [
            ("From", Self.address(sender)), ("To", to.map(Self.address).joined(separator: ",\r\n ")),
        ]
        if !cc.isEmpty { headers.append(("Cc", cc.map(Self.address).joined(separator: ",\r\n "))) }
        headers += [
            ("Subject", Self.encoded(subject)), ("Date", Self.text(of: date)),
            // The same for every try, so that a receiver can drop a second copy.
            ("Message-ID", "<\(id)@\(domain)>"), ("Auto-Submitted", "auto-generated"),
            ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "base64"),
        ]
        let head = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let lines = body.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n") + "\r\n"
        let content = Data(lines.utf8).base64EncodedString(
            options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        return Array((head + "\r\n" + content + "\r\n").utf8)
    }

    /// What a person needs of a notice, when the DAG says nothing else.
    static func text(of notice: JSONValue) -> String {
        var lines = [notice["text"]?.stringValue ?? "", ""]
        for (key, value) in notice.objectValue ?? [:] where key != "text" && !value.isNull {
            let text = value.stringValue ?? value.text()
            if !text.isEmpty { lines.append("\(key): \(text)") }
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Headers

    /// A name in front of an address may have any letters; the address itself was checked.
    private static func address(_ text: String) -> String {
        guard let bare = MailAddress.bare(text), bare != text, let open = text.lastIndex(of: "<") else {
            return text
        }
        var name = String(text[..<open])
        while name.last?.isWhitespace == true { name.removeLast() }
        let quoted =
            name.allSatisfy { $0.isASCII } ? "\"\(name.filter { !"\"\\".contains($0) })\"" : encoded(name)
        return "\(quoted) <\(bare)>"
    }

    /// Encoded words of at most 75 characters when the text needs them (RFC 2047); control characters are blanks, so
    /// that no header can be smuggled in.
    static func encoded(_ text: String) -> String {
        let line = String(
            text.map { character in
                character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? " " : character
            })
        if line.utf8.count <= 70, line.allSatisfy(\.isASCII), !line.contains("=?") { return line }
        var words: [String] = []
        var piece = ""
        for character in line {
            if (piece + String(character)).utf8.count > 45, !piece.isEmpty {
                words.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        if !piece.isEmpty { words.append(piece) }
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// `Sat, 01 Jan 2026 00:00:00 +0000`
    static func text(of date: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: Date(timeIntervalSince1970: Double(date.secondsSinceEpoch)))
    }
}
