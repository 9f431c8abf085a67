import JSONText

/// A list of values that a column may have. Numbers are compared as numbers, everything else as the text that it is.
struct AllowedValues {
    private var texts = ByteTable()
    private var integers: Set<Int64> = []
    private var numbers: Set<Double> = []

    init(_ values: [JSONValue]) {
        for value in values {
            switch value {
            case .integer(let integer): integers.insert(integer)
            case .number(let number): numbers.insert(number.doubleValue)
            case .string(let text): insert(text)
            default: insert(value.text())
            }
        }
    }

    private mutating func insert(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { texts.insert($0) }
    }

    func contains(_ value: ScannedValue, _ bytes: UnsafeRawBufferPointer) -> Bool {
        switch value {
        case .integer(let integer):
            if integers.contains(integer) || numbers.contains(Double(integer)) { return true }
        case .number(let number, _):
            if numbers.contains(number) { return true }
            if let integer = Int64(exactly: number), integers.contains(integer) { return true }
        default: break
        }
        return texts.index(of: bytes) != nil
    }
}
