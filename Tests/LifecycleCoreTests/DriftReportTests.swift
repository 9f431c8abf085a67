import Testing

@testable import LifecycleCore

@Suite struct DriftReportTests {
    static func numbers(_ name: String, _ values: [Double], missing: Int = 0) -> ColumnSample {
        ColumnSample(
            name: name, values: .numbers(NumberSample(values)), rows: values.count + missing, missing: missing
        )
    }

    static func texts(_ name: String, _ counts: [String: Int]) -> ColumnSample {
        ColumnSample(
            name: name, values: .categories(counts), rows: counts.values.reduce(0, +), missing: 0)
    }

    static let ages = numbers("age", (0..<100).map { Double($0) })
    static let cities = texts("city", ["Boston": 60, "Salem": 40])

    @Test func aTableComparedWithItselfHasNoDrift() {
        for method in DriftMethod.allCases.map(Optional.some) + [nil] {
            let report = DriftReport(
                reference: [Self.ages, Self.cities], current: [Self.ages, Self.cities], method: method)
            #expect(report.driftedColumns == [], "\(method?.rawValue ?? "auto")")
            #expect(!report.isDrifted)
            #expect(report.driftShare == 0)
        }
    }

    @Test func eachMethodSeesAShiftOfTheColumnsItSuits() {
        let older = Self.numbers("age", (0..<100).map { Double($0) + 60 })
        let moved = Self.texts("city", ["Boston": 20, "Salem": 80])
        for method in DriftMethod.allCases {
            let report = DriftReport(
                reference: [Self.ages, Self.cities], current: [older, moved], method: method)
            let expected: [String] =
                switch method {
                case .psi, .jensenShannon: ["age", "city"]
                case .kolmogorovSmirnov, .wasserstein: ["age"]
                case .chiSquare: ["city"]
                }
            #expect(report.driftedColumns == expected, "\(method)")
            // A method that does not suit a column says nothing about it, neither way.
            #expect(report.driftShare == 1, "\(method)")
        }
    }

    @Test func aColumnThatIsGoneChangedOrEmptiedHasDrifted() {
        let gone = ColumnDrift(reference: Self.ages, current: nil, method: .psi, threshold: nil)
        #expect(gone.finding == .columnMissing && gone.isDrifted)
        let changed = ColumnDrift(
            reference: Self.ages, current: Self.texts("age", ["old": 3]), method: .psi, threshold: nil)
        #expect(changed.finding == .kindChanged && changed.isDrifted)
        let emptied = ColumnDrift(
            reference: Self.ages, current: Self.numbers("age", [], missing: 100), method: .psi, threshold: nil
        )
        #expect(emptied.finding == .emptied && emptied.isDrifted)
        #expect(emptied.current?.missingShare == 1)
    }

    @Test func columnsThatCannotBeComparedDecideNothing() {
        let free = ColumnSample(name: "note", values: .tooManyCategories, rows: 50, missing: 0)
        let report = DriftReport(reference: [free, Self.ages], current: [free, Self.ages])
        #expect(report.columns[0].finding == .notComparable)
        #expect(report.driftShare == 0)
        #expect(!DriftReport(reference: [free], current: [free], shareThreshold: 0).isDrifted)
    }

    @Test func onlyTheNamedColumnsAreCompared() {
        let report = DriftReport(
            reference: [Self.ages, Self.cities], current: [Self.cities], names: ["city"])
        #expect(report.columns.map(\.name) == ["city"])
        #expect(report.newColumns == [])
        #expect(DriftReport(reference: [Self.ages], current: [Self.cities]).newColumns == ["city"])
    }

    @Test func theThresholdIsTheMethodsUnlessGiven() {
        let older = Self.numbers("age", (0..<100).map { Double($0) + 8 })
        let plain = ColumnDrift(reference: Self.ages, current: older, method: .wasserstein, threshold: nil)
        let strict = ColumnDrift(reference: Self.ages, current: older, method: .wasserstein, threshold: 0.9)
        #expect(plain.isDrifted)
        #expect(!strict.isDrifted)
    }

    @Test func theSuitedMethodFollowsSizeAndKind() {
        let many = Self.numbers("n", (0..<2000).map { Double($0 % 700) })
        let few = Self.numbers("n", (0..<500).map { Double($0 % 3) })
        #expect(DriftMethod.suited(to: Self.ages, Self.ages) == .kolmogorovSmirnov)
        #expect(DriftMethod.suited(to: many, many) == .wasserstein)
        #expect(DriftMethod.suited(to: few, few) == .chiSquare)
        #expect(DriftMethod.suited(to: Self.cities, Self.cities) == .chiSquare)
        let counts = ["a": 900, "b": 900]
        #expect(DriftMethod.suited(to: Self.texts("c", counts), Self.texts("c", counts)) == .jensenShannon)
    }
}
