import CallCenter
import Foundation
import Testing

@testable import Storage
@testable import Web

/// Streams end with what they were opened by.
@Suite struct OpenStreamsTests {
    @Test func whatMayNotStayEndsAndNothingElse() throws {
        let streams = OpenStreams(), ended = Mutexed<[String]>([]), isInForce = Mutexed(true)
        let one = StreamClient(), two = StreamClient()
        one.whenGone { ended.change { $0.append("one") } }
        two.whenGone { ended.change { $0.append("two") } }
        let place = try #require(streams.enter(one) { isInForce.value })
        _ = streams.enter(two) { true }
        streams.sweep()
        #expect(ended.value == [])
        isInForce.change { $0 = false }
        streams.sweep()
        streams.sweep()
        #expect(ended.value == ["one"])
        streams.leave(place)
        #expect(streams.count == 1)
    }

    @Test func aSessionAndATokenAreInForceUntilTheyEnd() async throws {
        let routes = try SignInTests.routes(need: [.supervisor])
        let accounts = routes.parts.accounts, tokens = routes.parts.tokens, now = routes.clock.now
        let identities = Identities(
            tokens: tokens, accounts: accounts, now: routes.parts.now, needSecondFactor: [.supervisor])
        let session = try accounts.signIn("101", now: now), enrolling = try accounts.signIn("900", now: now)
        #expect(identities.isInForce(cookie: session.secret) && !identities.isInForce(cookie: "x"))
        #expect(!identities.isInForce(cookie: enrolling.secret))
        _ = try accounts.endSessions(of: "101", now: now)
        #expect(!identities.isInForce(cookie: session.secret))
        let short = try routes.token(.operator, expiresAt: now + 1_000), token = try routes.token(.admin)
        let known = try #require(tokens.list().first { $0.role == .admin })
        let byToken = try accounts.signIn(with: known, now: now)
        #expect(identities.isInForce(token: token) && identities.isInForce(token: short))
        #expect(identities.isInForce(cookie: byToken.secret))
        // Asked so, it is not noted as used.
        #expect(tokens.list().allSatisfy { $0.lastUsedAt == nil })
        routes.clock.advance(by: 2_000)
        #expect(!identities.isInForce(token: short))
        _ = try tokens.revoke(known.id, now: routes.clock.now)
        #expect(!identities.isInForce(token: token) && !identities.isInForce(cookie: byToken.secret))
    }
}
