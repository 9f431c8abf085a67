import DAGDomain
import SchedulerCore
import Testing

@Suite struct RetryBackoffTests {
    private let backoff = RetryBackoff(limit: .seconds(86_400))

    @Test(arguments: [Duration.zero, .milliseconds(50), .seconds(300), .seconds(1_000_000)])
    func withoutBackoffTheDelayIsExact(delay: Duration) {
        let policy = RetryPolicy(retries: 9, delay: delay, maximumDelay: .seconds(1))
        for tries in 1...5 {
            #expect(backoff.delay(policy: policy, triesSinceClear: tries, identity: "x\(tries)") == delay)
        }
    }

    @Test func theDelayGrowsAndStaysWithinTwiceItsBase() {
        let policy = RetryPolicy(retries: 9, delay: .seconds(10), backoffFactor: 2)
        for (tries, base) in [(1, 10.0), (2, 20), (3, 40), (4, 80)] {
            let delays = (0..<50).map {
                backoff.delay(policy: policy, triesSinceClear: tries, identity: "task\($0)").inSeconds
            }
            #expect(delays.allSatisfy { $0 >= base && $0 < 2 * base })
            #expect(Set(delays).count > 5, "tasks that failed together should not come back together")
        }
    }

    @Test func theSameTaskAlwaysWaitsEquallyLong() {
        let policy = RetryPolicy(retries: 9, delay: .seconds(100), backoffFactor: 3)
        let first = backoff.delay(policy: policy, triesSinceClear: 2, identity: "d#t#2026-01-01#2")
        #expect(first == backoff.delay(policy: policy, triesSinceClear: 2, identity: "d#t#2026-01-01#2"))
    }

    /// Base 5: 0xe40c292c is the published FNV-1a hash of "a" in 32 bits; in 64 bits it is
    /// 0xaf63dc4c8601ec8c.
    @Test func theJitterIsFNV1a() {
        let policy = RetryPolicy(retries: 1, delay: .seconds(1_000), backoffFactor: 2)
        let expected = 1_000 + Int64(0xaf63_dc4c_8601_ec8c as UInt64 % 1_000)
        #expect(backoff.delay(policy: policy, triesSinceClear: 1, identity: "a") == .seconds(expected))
    }

    @Test func fractionsRoundUpToAWholeSecond() {
        let policy = RetryPolicy(retries: 1, delay: .milliseconds(200), backoffFactor: 2)
        #expect(backoff.delay(policy: policy, triesSinceClear: 1, identity: "a") == .seconds(1))
    }

    @Test(arguments: [1, 5, 100, 1_000_000])
    func capsHold(tries: Int) {
        var policy = RetryPolicy(retries: 9, delay: .seconds(80_000), backoffFactor: 10)
        #expect(backoff.delay(policy: policy, triesSinceClear: tries, identity: "a") <= .seconds(86_400))
        policy.maximumDelay = .seconds(60)
        #expect(backoff.delay(policy: policy, triesSinceClear: tries, identity: "a") == .seconds(60))
    }
}
