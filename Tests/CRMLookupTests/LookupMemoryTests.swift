import Testing

@testable import CRMLookup

/// What is kept, and when nobody is asked: values with a clock that the test sets.
@Suite struct LookupMemoryTests {
    static let found = LookupFinding.found(LookupRecord())

    @Test func anAnswerIsFreshThenOldThenGone() {
        var cache = LookupCache(found: 100, missing: 10, kept: 1_000)
        cache.store(Self.found, of: "+81", at: 0)
        #expect(cache.find("+81", at: 99) == .init(finding: Self.found, at: 0, isFresh: true))
        #expect(cache.find("+81", at: 100) == .init(finding: Self.found, at: 0, isFresh: false))
        #expect(cache.find("+81", at: 1_000)?.isFresh == false)
        #expect(cache.find("+81", at: 1_001) == nil)
        #expect(cache.count == 0)
    }

    @Test func aMissIsNeverOld() {
        var cache = LookupCache(found: 100, missing: 10, kept: 1_000)
        cache.store(.missing, of: "+81", at: 0)
        #expect(cache.find("+81", at: 9)?.isFresh == true)
        #expect(cache.find("+81", at: 11) == nil)
    }

    @Test func aClockThatIsSetBackMakesNothingOld() {
        var cache = LookupCache(found: 100, missing: 10, kept: 1_000)
        cache.store(Self.found, of: "+81", at: 50_000)
        #expect(cache.find("+81", at: 10)?.isFresh == true)
    }

    /// However many numbers call, there are never more than the bound, and what is used stays.
    @Test(arguments: [1, 2, 16, 500]) func itIsBounded(max: Int) {
        var cache = LookupCache(found: 1_000_000, missing: 10, kept: 1_000_000, countMax: max)
        for number in 0..<(max * 4) {
            cache.store(Self.found, of: "\(number)", at: Int64(number))
            #expect(cache.count <= max)
            if max > 8 {
                _ = cache.find("0", at: Int64(number))
                #expect(cache.find("\(number)", at: Int64(number)) != nil)
            }
        }
        if max > 8 { #expect(cache.find("0", at: 10) != nil) }
        cache.removeAll()
        #expect(cache.count == 0)
    }

    @Test func itOpensAfterFailuresAndLetsOneTry() {
        var breaker = LookupBreaker(failuresMax: 3, pause: 100)
        for now in 0..<3 as Range<Int64> {
            #expect(breaker.begin(at: now) == true)
            breaker.failed(at: now)
        }
        #expect(breaker.state(at: 2) == .open)
        #expect(breaker.begin(at: 101) == false)
        #expect(breaker.begin(at: 102) == true)
        #expect(breaker.begin(at: 103) == false, "one at a time tries")
        breaker.failed(at: 110)
        #expect(breaker.begin(at: 209) == false)
        #expect(breaker.begin(at: 210) == true)
        breaker.succeeded()
        #expect(breaker.state(at: 211) == .closed)
        #expect(breaker.begin(at: 211) == true)
        #expect(breaker.begin(at: 212) == true)
    }

    /// While it is open, no more than one request in a pause is made, whatever happens.
    @Test(arguments: 0..<8) func anOpenBreakerAsksOnceInAPause(seed: Int) {
        var breaker = LookupBreaker(failuresMax: 2, pause: 50), now: Int64 = 0, asked: [Int64] = []
        var random = Seeded(seed)
        for _ in 0..<2_000 {
            now += Int64.random(in: 0...20, using: &random)
            guard breaker.begin(at: now) else { continue }
            asked.append(now)
            breaker.failed(at: now)
        }
        for (before, after) in zip(asked.dropFirst(2), asked.dropFirst(3)) { #expect(after - before >= 50) }
        #expect(asked.count > 10)
    }
}
