import Testing

@testable import LifecycleCore

/// The statistics against scipy 1.17 and evidently 0.7, to 1e-9 of the value.
@Suite struct DriftStatisticsTests {
    /// Whether two numbers agree to 1e-9 relative; probabilities that a `Double` holds only roughly count as equal.
    static func agree(_ found: Double?, _ expected: Double?, within tolerance: Double = 1e-9) -> Bool {
        guard let found, let expected else { return false }
        if abs(found) < 1e-290, abs(expected) < 1e-290 { return true }
        return abs(found - expected) <= tolerance * abs(expected)
    }

    @Test func theFixtureIsThere() {
        #expect(DriftFixture.shared.numbers.count == 23)
        #expect(DriftFixture.shared.categories.count == 18)
        #expect(DriftFixture.shared.kolmogorov.count > 200)
        #expect(DriftFixture.shared.chiSquare.count == 63)
    }

    @Test(arguments: DriftFixture.shared.numbers)
    func numbersAgreeWithScipyAndEvidently(_ fixture: DriftFixture.Numbers) throws {
        let test = try #require(KolmogorovSmirnovTest(fixture.reference, fixture.current))
        let shares = try #require(SharePair(reference: fixture.reference, current: fixture.current))
        let found = [
            "ks": test.statistic, "ks_p": test.pValue, "psi": PopulationStabilityIndex.value(of: shares),
            "js": JensenShannonDistance.value(of: shares),
            "wasserstein": WassersteinDistance.value(fixture.reference, fixture.current),
            "normed": WassersteinDistance.normed(fixture.reference, fixture.current),
        ]
        #expect(Set(found.keys) == Set(fixture.expected.keys))
        for (name, value) in found {
            let expected = try #require(fixture.expected[name])
            // Equal distributions: what is left is the rounding of logarithms.
            if expected < 1e-7, name == "js" || name == "psi" {
                #expect(abs((value ?? 1) - expected) < 1e-7, "\(name)")
            } else {
                #expect(Self.agree(value, expected), "\(name): \(value ?? .nan) is not \(expected)")
            }
        }
    }

    @Test(arguments: DriftFixture.shared.categories)
    func categoriesAgreeWithScipyAndEvidently(_ fixture: DriftFixture.Categories) throws {
        let shares = try #require(SharePair(reference: fixture.reference, current: fixture.current))
        let test = try #require(
            ChiSquareTest.contingency(reference: fixture.reference, current: fixture.current))
        let fit = try #require(ChiSquareTest.fit(reference: fixture.reference, current: fixture.current))
        let found = [
            "psi": PopulationStabilityIndex.value(of: shares), "js": JensenShannonDistance.value(of: shares),
            "chi2": test.statistic, "chi2_p": test.pValue, "dof": Double(test.degreesOfFreedom),
            "fit_p": fit.pValue,
        ]
        #expect(Set(found.keys) == Set(fixture.expected.keys))
        for (name, value) in found {
            let expected = try #require(fixture.expected[name])
            if expected < 1e-7, name == "js" || name == "psi" {
                #expect(abs(value - expected) < 1e-7, "\(name)")
            } else {
                #expect(Self.agree(value, expected), "\(name): \(value) is not \(expected)")
            }
        }
    }

    @Test func kolmogorovsDistributionAgreesInEveryRegion() {
        for row in DriftFixture.shared.kolmogorov {
            let found = KolmogorovDistribution.survival(row[1], size: row[0])
            #expect(Self.agree(found, row[2]), "n = \(row[0]), d = \(row[1]): \(found) is not \(row[2])")
        }
    }

    @Test func theChiSquareDistributionAgrees() {
        for row in DriftFixture.shared.chiSquare {
            let found = ChiSquareDistribution.survival(row[0], degreesOfFreedom: Int(row[1]))
            #expect(Self.agree(found, row[2]), "x = \(row[0]), k = \(row[1]): \(found) is not \(row[2])")
        }
    }

    /// 2^53 and 2^53 + 1 are one `Double`: read as such, these samples would be equal.
    @Test func integersBeyondTheDoublesAreComparedExactly() throws {
        let large: Int64 = 1 << 53
        let first = NumberSample(integers: [large, large, large, large])
        let second = NumberSample(integers: [large + 1, large + 1, large + 1, large + 1])
        let test = try #require(KolmogorovSmirnovTest(first, second))
        #expect(test.statistic == 1)
        #expect(Self.agree(test.pValue, 2.0 / 70))
        #expect(KolmogorovSmirnovTest(first, NumberSample([Double(large)]))?.statistic == 0)
        #expect(NumberSample(integers: [1, 2, 3]).integers == nil)
        #expect(NumberSample(integers: [.min, 5]).integers == [.min, 5])
    }

    @Test func emptySamplesHaveNoStatistic() {
        let empty = NumberSample([.nan, .infinity])
        let some = NumberSample([1, 2])
        #expect(empty.unusable == 2)
        #expect(KolmogorovSmirnovTest(empty, some) == nil)
        #expect(KolmogorovSmirnovTest(some, empty) == nil)
        #expect(WassersteinDistance.value(some, empty) == nil)
        #expect(SharePair(reference: empty, current: some) == nil)
        #expect(SharePair(reference: [:], current: ["a": 1]) == nil)
        #expect(ChiSquareTest.contingency(reference: ["a": 1], current: [:]) == nil)
        #expect(ChiSquareTest.fit(reference: ["a": 0], current: ["a": 2]) == nil)
    }

    @Test func valuesAtTheEndsOfTheDoublesDoNotTrap() throws {
        let ends = NumberSample(
            (0..<30).map { $0.isMultiple(of: 2) ? 1.7e308 - Double($0) * 1e300 : -1.7e308 })
        let more = NumberSample((0..<30).map { Double($0) })
        let shares = try #require(SharePair(reference: more, current: ends))
        #expect(PopulationStabilityIndex.value(of: shares).isFinite)
        #expect(KolmogorovSmirnovTest(more, ends) != nil)
        let tiny = NumberSample((0..<30).map { Double($0) * Double.leastNonzeroMagnitude })
        #expect(SharePair(reference: tiny, current: tiny) != nil)
    }

    /// With the exact method a p-value may be far below the rounding error of one less the rest.
    @Test func smallProbabilitiesAreNotRoundedAway() throws {
        let low = NumberSample((0..<500).map { Double($0) })
        let high = NumberSample((0..<501).map { Double($0) + 1000 })
        let test = try #require(KolmogorovSmirnovTest(low, high))
        #expect(test.method == .exact)
        #expect(test.pValue > 0 && test.pValue < 1e-290)
    }
}
