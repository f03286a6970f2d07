import CallCenter
import Foundation
import Storage
import Testing

@testable import Web

/// Who looks at what now.
@Suite struct PresenceTests {
    private static let place = Presence.Place(kind: .customer, id: 17)

    private func names(_ all: [Presence.Onlooker]) -> [String] { all.map(\.who) }

    @Test func whoStopsSayingItIsGone() {
        var presence = Presence(), now = Timestamp(ms: 1_000_000)
        let start = now
        #expect(presence.look("101", at: Self.place, isWriting: false, now: now).isEmpty)
        now = now + 5_000
        let seen = presence.look("102", at: Self.place, isWriting: true, now: now)
        #expect(names(seen) == ["101"] && seen[0].since == start && !seen[0].isWriting)
        // The page says it every ten seconds: it is the same visit.
        now = now + 20_000
        let other = presence.look("101", at: Self.place, isWriting: false, now: now)
        #expect(names(other) == ["102"] && other[0].isWriting && other[0].since == start + 5_000)
        now = now + 9_999
        #expect(names(presence.look("101", at: Self.place, isWriting: false, now: now)) == ["102"])
        now = now + 1
        #expect(presence.look("101", at: Self.place, isWriting: false, now: now).isEmpty, "102 said it 30 s ago")
        #expect(names(presence.look("103", at: Self.place, isWriting: false, now: now)) == ["101"])
        #expect(presence.look("101", at: Self.place, isWriting: false, now: now)[0].who == "103")
    }

    @Test func placesAreApart() {
        var presence = Presence()
        let now = Timestamp(ms: 1_000_000), other = Presence.Place(kind: .case, id: 17)
        #expect(presence.look("101", at: Self.place, isWriting: false, now: now).isEmpty)
        #expect(presence.look("102", at: other, isWriting: false, now: now).isEmpty)
        presence.leave("101", Self.place)
        #expect(presence.look("102", at: Self.place, isWriting: false, now: now).isEmpty)
        presence.leave("101", Presence.Place(kind: .inbox, id: 1))
        #expect(presence.count == 2)
    }

    @Test func itDoesNotGrow() {
        var presence = Presence(), now = Timestamp(ms: 1_000_000)
        for id in 0..<Int64(Presence.placesMax + 10) {
            now = now + 1
            _ = presence.look("101", at: .init(kind: .customer, id: id), isWriting: false, now: now)
        }
        #expect(presence.count == Presence.placesMax)
        let oldest = presence.look("102", at: .init(kind: .customer, id: 0), isWriting: false, now: now)
        #expect(oldest.isEmpty, "the oldest was forgotten")
        let newest = Presence.Place(kind: .customer, id: Int64(Presence.placesMax + 9))
        #expect(names(presence.look("102", at: newest, isWriting: false, now: now)) == ["101"])
        for n in 0..<100 { _ = presence.look("p\(n)", at: newest, isWriting: false, now: now) }
        #expect(presence.look("102", at: newest, isWriting: false, now: now).count == Presence.onlookersMax - 1)
        now = now + Presence.goneAfter
        _ = presence.look("101", at: Self.place, isWriting: false, now: now)
        #expect(presence.count == 1, "whoever is gone takes no memory")
    }

    @Test func overHTTP() async throws {
        let routes = try Routes(), first = try routes.token(.operator)
        let second = try routes.parts.tokens.create(
            role: .operator, name: "102", operator: "102", source: nil, expiresAt: nil, now: routes.clock.now
        ).secret
        let body = #"{"kind":"case","id":5}"#
        let alone = try await routes.ask(.post, "/v1/presence", body, token: first)
        #expect(alone.status == 200 && (alone.json["others"] as? [Any])?.isEmpty == true, "\(alone.text)")
        let writing = try await routes.ask(
            .post, "/v1/presence", #"{"kind":"case","id":5,"writing":true}"#, token: second)
        let one = try #require((writing.json["others"] as? [[String: Any]])?.first)
        #expect(one["operator"] as? String == "101" && one["writing"] as? Bool == false && one["since"] is String)
        let seen = try await routes.ask(.post, "/v1/presence", body, token: first)
        #expect(((seen.json["others"] as? [[String: Any]])?.first)?["writing"] as? Bool == true)
        #expect(try await routes.ask(.post, "/v1/presence/leave", body, token: second).status == 204)
        let after = try await routes.ask(.post, "/v1/presence", body, token: first)
        #expect((after.json["others"] as? [Any])?.isEmpty == true)
        for (wrong, status) in [
            (#"{"kind":"invoice","id":5}"#, 400), (#"{"kind":"case"}"#, 400), (#"{"kind":"case","id":-1}"#, 400),
            (#"{"kind":"case","id":5,"x":1}"#, 400), (#"{"kind":"case","id":5,"operator":"103"}"#, 403),
        ] {
            let refused = try await routes.ask(.post, "/v1/presence", wrong, token: first)
            #expect(refused.status == status, "\(wrong): \(refused.text)")
        }
        let program = try await routes.ask(.post, "/v1/presence", body)
        #expect(program.status == 400 && program.detail.contains("operator is missing"))
    }
}
