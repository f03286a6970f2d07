import Testing

@testable import Settings

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("wrap", "warp", 1), ("ca", "abc", 3),
        ("same", "same", 0),
    ])
    func countsTheSlips(a: String, b: String, distance: Int) {
        #expect(Suggestion.distance(Array(a), Array(b)) == distance)
    }

    @Test func suggestsOnlyWhatIsNear() {
        let names = ["timezone", "region", "routing"]
        #expect(Suggestion.nearest(to: "time_zone", in: names) == "timezone")
        #expect(Suggestion.nearest(to: "REGION", in: names) == "region")
        #expect(Suggestion.nearest(to: "rooting", in: names) == "routing")
        #expect(Suggestion.nearest(to: "x", in: names) == nil)
        #expect(Suggestion.nearest(to: "colour", in: names) == nil)
        #expect(Suggestion.nearest(to: String(repeating: "x", count: 10_000), in: names) == nil)
    }
}
