/// What the command line asks for.
struct Options {
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    var runs = 100
    var widths: [Int] = []

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw Wrong(description: "\(name) needs a number above 0")
            }
            switch name {
            case "--runs": runs = value
            case "--width": widths.append(value)
            default: throw Wrong(description: "unknown option \(name); known: --runs N, --width N")
            }
        }
        if widths.isEmpty { widths = [32, 256] }
    }
}
