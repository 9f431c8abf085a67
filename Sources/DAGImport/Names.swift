/// Makes ids that our files accept out of those of others, each only once.
struct Names {
    private static let maximumLength = 120
    private var given: [String: String] = [:]
    private var taken: Set<String> = []

    /// The id for a name; the same name gets the same id.
    mutating func id(for name: String) -> String {
        if let id = given[name] { return id }
        let id = newID(for: name)
        given[name] = id
        return id
    }

    /// An id of its own, although the name was there before.
    mutating func newID(for name: String) -> String {
        let base = Self.cleaned(name)
        var id = base
        var number = 2
        while !taken.insert(id).inserted {
            id = "\(base)-\(number)"
            number += 1
        }
        return id
    }

    /// `^[A-Za-z0-9_][A-Za-z0-9_.-]*$`, with `_` for everything else.
    static func cleaned(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(maximumLength) {
            text.unicodeScalars.append(isAllowed(scalar) ? scalar : "_")
        }
        guard let first = text.first, first != ".", first != "-" else { return "_" + text }
        return text
    }

    /// Letters, digits and `_`, not starting with a digit: for environment variables and params.
    static func variable(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(maximumLength) {
            let isFine = isAllowed(scalar) && scalar != "." && scalar != "-"
            text.unicodeScalars.append(isFine ? scalar : "_")
        }
        guard let first = text.first, !first.isNumber else { return "_" + text }
        return text
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_", ".", "-": true
        default: false
        }
    }
}
