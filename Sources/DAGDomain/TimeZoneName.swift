/// The name of a time zone in the form of the IANA database, for example `Europe/Berlin` or `UTC`.
///
/// The value says only that the text has the form of a name; whether the zone exists on this system is found
/// out by `ZoneRules`, which needs Foundation. Abbreviations such as `PST` and offsets such as `GMT+5` are
/// refused: the first are ambiguous, the second mean opposite things to different systems.
package struct TimeZoneName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package static let utc = TimeZoneName(checked: "UTC")

    package init(_ text: String) throws(TimeZoneNameError) {
        guard Self.singleNames.contains(text) || Self.isAreaAndPlace(text) else {
            throw TimeZoneNameError(text: text)
        }
        self.init(checked: text)
    }

    private init(checked text: String) {
        self.text = text
    }

    package var description: String { text }

    /// The names without an area in the IANA database (files `northamerica` ... `backward`, release 2025b).
    private static let singleNames: Set<String> = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0",
        "GMT-0",
        "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein",
        "Libya", "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal",
        "ROC",
        "ROK", "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
    ]

    /// The areas of the IANA database, with those of its file `backward`.
    private static let areas: Set<Substring> = [
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada",
        "Chile",
        "Etc", "Europe", "Indian", "Mexico", "Pacific", "US",
    ]

    /// `Area/Place` or `Area/Region/Place`, the places of letters, digits, `_`, `+` and `-`.
    private static func isAreaAndPlace(_ text: String) -> Bool {
        guard text.utf8.count <= 64 else { return false }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), areas.contains(parts[0]) else { return false }
        return parts.dropFirst().allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "_+-".utf8.contains($0) }
        }
    }
}

/// A text that cannot be the name of a time zone.
package struct TimeZoneNameError: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String {
        "\(text.quotedForMessage) is not a time zone; use a name of the IANA database "
            + "such as UTC or Europe/Berlin"
    }
}
