/// Collects the values of a column for a comparison: numbers while all are numbers, and texts with their counts.
///
/// Of more numbers than fit it keeps a uniform sample (Vitter 1985, algorithm R) that is the same for the same data.
struct ValueSample {
    private let limit: Int
    private var integers: [Int64] = []
    private var numbers: [Double] = []
    private var areIntegers = true
    private var areNumbers = true
    private var seen = 0
    private var generator = SplitMix(state: 0x6F72_6368)
    private var categories = ByteTable()
    private var counts: [Int] = []
    private var hasTooMany = false

    static let categoryLimit = 10_000
    static let categoryBytesLimit = 1 << 20

    init(limit: Int) { self.limit = limit }

    mutating func add(_ value: ScannedValue, _ bytes: UnsafeRawBufferPointer) {
        count(bytes)
        guard areNumbers else { return }
        switch value {
        case .integer(let integer):
            if areIntegers { keep(integer, in: \.integers) } else { keep(Double(integer), in: \.numbers) }
        case .number(let number, _):
            if areIntegers {
                numbers = integers.map(Double.init)
                integers = []
                areIntegers = false
            }
            keep(number, in: \.numbers)
        default:
            areNumbers = false
            integers = []
            numbers = []
        }
    }

    private mutating func keep<Value>(
        _ value: Value, in list: WritableKeyPath<ValueSample, [Value]>
    ) {
        seen += 1
        if self[keyPath: list].count < limit {
            self[keyPath: list].append(value)
            return
        }
        let place = Int(generator.next(upperBound: UInt64(seen)))
        if place < limit { self[keyPath: list][place] = value }
    }

    private mutating func count(_ bytes: UnsafeRawBufferPointer) {
        guard !hasTooMany else { return }
        let (index, isNew) = categories.insert(bytes)
        if isNew { counts.append(0) }
        counts[index] += 1
        if categories.count > Self.categoryLimit || categories.sizeBytes > Self.categoryBytesLimit {
            hasTooMany = true
            categories = ByteTable()
            counts = []
        }
    }

    var values: ColumnValues {
        if areNumbers, seen > 0 {
            return areIntegers ? .integers(integers) : .numbers(numbers)
        }
        guard !hasTooMany else { return .tooManyCategories }
        return .categories(
            Dictionary(counts.indices.map { (categories.text($0), counts[$0]) }, uniquingKeysWith: +))
    }
}
