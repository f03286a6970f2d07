import CallCenter
import Testing

@testable import EventWire

@Suite struct SameContentTests {
    private let given = Event(
        id: "1", source: "a", time: readAt, body: .call("c", .ringing(operator: "101", device: nil)))

    @Test func aTimeCountsWhenItWasGiven() {
        var later = given
        later.time = readAt + 1
        #expect(given.hasSameContent(as: given))
        #expect(!given.hasSameContent(as: later))
        var one = given
        one.timeIsGiven = false
        later.timeIsGiven = false
        #expect(one.hasSameContent(as: later))
        #expect(!one.hasSameContent(as: given))
    }

    @Test func allElseCounts() {
        for change: (inout Event) -> Void in [
            { $0.id = "2" }, { $0.source = "b" }, { $0.body = .call("c", .ringing(operator: "102", device: nil)) },
            { $0.body = .call("d", .ringing(operator: "101", device: nil)) },
        ] {
            var other = given
            change(&other)
            #expect(!given.hasSameContent(as: other))
        }
    }

    @Test func spellingDoesNotCount() throws {
        let first = try decode(
            #"{"type":"call.offered","call":"c","from":"090","to":"é","time":"2026-01-31T00:00:00Z"}"#
        ).event
        let again = try decode(
            #"{"time":"2026-01-31T09:00:00.000+09:00","to":"\u00e9","from":"09\u0030","call":"c","#
                + #""type":"call.offered","name":null,"x":1}"#
        ).event
        #expect(first.hasSameContent(as: again))
    }
}
