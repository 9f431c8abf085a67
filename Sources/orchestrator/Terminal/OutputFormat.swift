import ArgumentParser

/// How lists and shows are printed.
enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// Aligned columns with a header, cut to the width of the terminal.
    case table
    case json
    /// Tab-separated values, one row a line, no header, nothing cut.
    case plain
}
