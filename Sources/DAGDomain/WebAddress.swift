/// The scheme and host of a URL, as far as it decides whether what is sent can be read on the way.
package struct WebAddress: Hashable, Sendable {
    package let isPlain: Bool
    /// In lower case, without brackets and port.
    package let host: String

    /// Nil for a text that is no URL of http or https.
    package init?(_ url: String) {
        let text = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return nil }
        isPlain = scheme == "http://"
        let authority = text.dropFirst(scheme.count).prefix { !"/?#\\".contains($0) }
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        if place.hasPrefix("[") {
            host = String(place.dropFirst().prefix { $0 != "]" })
        } else {
            host = String(place.prefix { $0 != ":" })
        }
        guard !host.isEmpty else { return nil }
    }

    /// Whether a host is this machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
    package static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    package var isPlainAndElsewhere: Bool { isPlain && !Self.isLoopback(host) }
}

/// The mail addresses that are accepted: `local@domain`, one line, without comments and quotes; also
/// `Name <local@domain>`.
package enum MailAddress {
    package static func isValid(_ text: String) -> Bool { bare(text) != nil }

    /// The address without a name; nil when it is none.
    package static func bare(_ text: String) -> String? {
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        var address = text[...]
        if text.last == ">", let open = text.lastIndex(of: "<") {
            address = text[text.index(after: open)...].dropLast()
        }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, address.utf8.count <= 254,
            address.utf8.allSatisfy({ byte in byte > 0x20 && !#"<>()[],;:\""#.utf8.contains(byte) })
        else { return nil }
        return String(address)
    }
}
