/// One range of bytes of a `Range` header (RFC 9110 section 14).
struct ByteRange: Equatable {
    let bytes: Range<Int64>

    /// - Returns: nil when the header asks for nothing within `size` bytes, or for more than one range.
    init?(_ header: String, size: Int64) {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return nil }
        let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, size > 0 else { return nil }
        switch (Int64(parts[0]), Int64(parts[1])) {
        case (let first?, let last?) where first <= last && first >= 0:
            guard first < size else { return nil }
            bytes = first..<(min(last, size - 1) + 1)
        case (let first?, nil) where parts[1].isEmpty && first >= 0:
            guard first < size else { return nil }
            bytes = first..<size
        case (nil, let count?) where parts[0].isEmpty && count > 0:
            bytes = max(0, size - count)..<size
        default:
            return nil
        }
    }
}
