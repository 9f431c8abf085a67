import Foundation

/// Which time zones this system knows. A value, so that tests and other callers can bring their own.
package struct ZoneLookup: Sendable {
    package let exists: @Sendable (String) -> Bool
    /// All names, for a suggestion.
    package let names: @Sendable () -> [String]

    package init(exists: @escaping @Sendable (String) -> Bool, names: @escaping @Sendable () -> [String]) {
        self.exists = exists
        self.names = names
    }

    /// The zones of the system's own database.
    package static let system = ZoneLookup(
        exists: { TimeZone(identifier: $0) != nil }, names: { TimeZone.knownTimeZoneIdentifiers })
}
