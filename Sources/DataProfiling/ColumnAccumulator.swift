import DAGDomain
import JSONText

/// Takes the values of one column one by one.
final class ColumnAccumulator {
    private let name: String
    private let measures: ColumnMeasures
    private let needsScan: Bool
    private let nullWords: [[UInt8]]
    private var present = 0
    private var counts = [Int](repeating: 0, count: ColumnType.allCases.count)
    private var finite = 0
    private var infinite = 0
    private var minimum = Double.infinity
    private var maximum = -Double.infinity
    private var mean = 0.0
    private var squares = 0.0
    private var newest: Timestamp?
    private var mistyped = 0
    private var unexpected = 0
    private var examples: [ColumnProfile.Example] = []
    private let duplicates: DuplicateCount?
    private var sample: ValueSample?
    private var allowed: AllowedValues?

    static let exampleLimit = 5

    init(name: String, measures: ColumnMeasures, nullWords: [[UInt8]], folder: String) {
        self.name = name
        self.measures = measures
        self.nullWords = nullWords
        needsScan = measures.needsScan
        duplicates = measures.duplicates ? DuplicateCount(folder: folder) : nil
        sample = measures.sampleSize.map(ValueSample.init(limit:))
        allowed = measures.allowed.map(AllowedValues.init)
    }

    func add(_ bytes: UnsafeRawBufferPointer, _ kind: FieldKind, row: Int) {
        if isNull(bytes, kind) { return }
        present += 1
        duplicates?.add(bytes)
        guard needsScan else { return }
        let value = Self.scan(bytes, kind)
        let type = value.type
        counts[type.index] += 1
        if measures.statistics { take(value) }
        sample?.add(value, bytes)
        if let wanted = measures.type, !wanted.includes(type) {
            mistyped += 1
            note(bytes, row)
        }
        if let allowed, !allowed.contains(value, bytes) {
            unexpected += 1
            note(bytes, row)
        }
    }

    private func isNull(_ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) -> Bool {
        switch kind {
        case .null: return true
        case .untyped:
            if bytes.isEmpty { return true }
            for word in nullWords where word.count == bytes.count && word.elementsEqual(bytes) { return true }
            return false
        default: return false
        }
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) -> ScannedValue {
        switch kind {
        case .untyped: return ScannedValue(bytes)
        case .number: return NumberScanner.scan(bytes) ?? .text
        case .boolean: return .boolean
        // A text stays a text, whatever it looks like, unless it is a date, for which JSON has no kind.
        case .string:
            guard let first = bytes.first, 0x30...0x39 ~= first else { return .text }
            return InstantScanner.scan(bytes) ?? .text
        case .nested, .null: return .text
        }
    }

    private func take(_ value: ScannedValue) {
        switch value {
        case .integer(let integer): take(Double(integer))
        case .number(let number, _): take(number)
        case .date(let instant), .instant(let instant):
            newest = newest.map { max($0, instant) } ?? instant
        case .boolean, .text: break
        }
    }

    /// Mean and deviation in one pass (Welford 1962).
    private func take(_ number: Double) {
        guard number.isFinite else {
            infinite += 1
            return
        }
        finite += 1
        minimum = min(minimum, number)
        maximum = max(maximum, number)
        let difference = number - mean
        mean += difference / Double(finite)
        squares += difference * (number - mean)
    }

    private func note(_ bytes: UnsafeRawBufferPointer, _ row: Int) {
        guard examples.count < Self.exampleLimit else { return }
        let value = String(decoding: bytes.prefix(60), as: UTF8.self)
        examples.append(ColumnProfile.Example(row: row, value: value))
    }

    func profile(rows: Int) throws(DataFileError) -> ColumnProfile {
        var profile = ColumnProfile(name: name, rows: rows)
        profile.nulls = rows - present
        for type in ColumnType.allCases where counts[type.index] > 0 {
            profile.counts[type] = counts[type.index]
        }
        profile.infinite = infinite
        if finite > 0 {
            profile.minimum = minimum
            profile.maximum = maximum
            profile.mean = mean
            profile.standardDeviation = (squares / Double(finite)).squareRoot()
        }
        profile.newest = newest
        profile.mistyped = mistyped
        profile.unexpected = unexpected
        profile.examples = examples
        profile.duplicates = try duplicates?.duplicates()
        profile.sample = sample?.values
        return profile
    }
}

extension ScannedValue {
    var type: ColumnType {
        switch self {
        case .integer: .integer
        case .number(_, let isInteger): isInteger ? .integer : .number
        case .boolean: .boolean
        case .date: .date
        case .instant: .timestamp
        case .text: .text
        }
    }
}

extension ColumnType {
    fileprivate var index: Int {
        switch self {
        case .integer: 0
        case .number: 1
        case .boolean: 2
        case .date: 3
        case .timestamp: 4
        case .text: 5
        }
    }

    /// Whether a value of the other type is one of this: every integer is a number, every date an instant, everything
    /// a text.
    fileprivate func includes(_ other: ColumnType) -> Bool {
        switch self {
        case .number: other == .number || other == .integer
        case .timestamp: other == .timestamp || other == .date
        case .text: true
        default: self == other
        }
    }
}
