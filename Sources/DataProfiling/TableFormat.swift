/// How the fields of a table are written in its file.
package enum TableFormat: Hashable, Sendable {
    /// RFC 4180 with a header line; the delimiter is a byte of ASCII.
    case delimited(UInt8)
    /// One JSON object a line.
    case jsonLines

    /// By the ending of the file's name: `.csv`, `.tsv`, `.jsonl` or `.ndjson`.
    package init(path: String) throws(DataFileError) {
        let name = path.lowercased()
        if name.hasSuffix(".csv") {
            self = .delimited(UInt8(ascii: ","))
        } else if name.hasSuffix(".tsv") {
            self = .delimited(UInt8(ascii: "\t"))
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            self = .jsonLines
        } else {
            throw .unknownFormat(path: path)
        }
    }
}
