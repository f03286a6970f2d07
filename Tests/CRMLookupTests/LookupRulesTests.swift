import Intake
import Testing

@testable import CRMLookup

@Suite struct LookupRulesTests {
    static func rules(_ records: String? = nil, error: String? = nil) throws -> LookupRules {
        var rules = LookupRules()
        rules.records = try records.map { text throws(LookupWrong) in try LookupPath(text) }
        rules.error = try error.map { text throws(LookupWrong) in try LookupPath(text) }
        return rules
    }

    static func judge(_ rules: LookupRules, _ status: Int, _ body: String) -> String {
        switch rules.judge(status: status, body: Array(body.utf8)) {
        case .found(_, let count): "found \(count)"
        case .missing: "missing"
        case .refused: "refused"
        case .failed(let why): why
        }
    }

    @Test func aListOfRecords() throws {
        let rules = try Self.rules("data.items", error: "error.message")
        #expect(Self.judge(rules, 200, #"{"data":{"items":[{"id":1},{"id":2}]}}"#) == "found 2")
        #expect(Self.judge(rules, 200, #"{"data":{"items":[]}}"#) == "missing")
        #expect(Self.judge(rules, 200, #"{"data":{"items":null}}"#) == "missing")
        #expect(Self.judge(rules, 200, #"{"data":{}}"#) == "its answer has no data.items")
        #expect(Self.judge(rules, 200, #"{"error":{"message":"rights"},"data":{"items":[]}}"#) == "it says: rights")
        #expect(Self.judge(rules, 204, "") == "missing")
        #expect(Self.judge(rules, 404, "<html>") == "missing")
        #expect(Self.judge(rules, 401, "") == "refused")
        #expect(Self.judge(rules, 500, #"{"message":"broken"}"#) == "it answered 500: broken")
        #expect(Self.judge(rules, 503, "<html>sorry</html>") == "it answered 503")
        #expect(Self.judge(rules, 302, "").hasPrefix("it answered 302, a redirect"))
        #expect(Self.judge(rules, 200, "<html>") == "its answer is no JSON")
    }

    @Test func anAnswerThatIsTheRecord() throws {
        let rules = try Self.rules()
        #expect(Self.judge(rules, 200, #"{"id":1}"#) == "found 1")
        #expect(Self.judge(rules, 200, "{}") == "missing")
        #expect(Self.judge(rules, 200, "[]") == "missing")
        #expect(Self.judge(rules, 200, "null") == "missing")
        #expect(Self.judge(rules, 200, "false") == "missing")
        #expect(Self.judge(rules, 200, "  \n") == "missing")
    }

    @Test func aValueIsOneShortLine() throws {
        let path = try LookupPath(#"a."x.y" ?? b"#)
        func text(_ json: String) throws -> String? {
            path.text(in: try #require(IntakeValue(json: Array(json.utf8))))
        }
        #expect(try text(#"{"a":{"x.y":"  one\n\ttwo\u0007 \u202e three "}}"#) == "one two three")
        #expect(try text(#"{"a":{"x.y":""},"b":["u",2,{"c":1},null]}"#) == "u, 2")
        #expect(try text(#"{"b":{"c":1}}"#) == nil)
        #expect(try text("{\"b\":\"\(String(repeating: "長", count: 5_000))\"}")?.count == LookupPath.lengthMax)
    }

    @Test(arguments: ["", "a..b", ".a", "a ??", "\"a", "a."]) func aPathThatNamesNothingIsSaid(text: String) {
        #expect(throws: LookupWrong.self) { try LookupPath(text) }
    }

    /// An answer is written by anybody: random bytes are judged, and nothing ends.
    @Test func randomBytesAreJudged() throws {
        let rules = try Self.rules("a.0.b")
        var random = Seeded(7)
        let pieces = ["{", "}", "[", "]", "\"a\"", ":", ",", "0", "null", "\"", "\\", "\u{0}", "1e999", "-", " "]
        for _ in 0..<2_000 {
            var body = ""
            for _ in 0..<Int.random(in: 0..<30, using: &random) { body += pieces.randomElement(using: &random) ?? "" }
            let judged = rules.judge(status: 200, body: Array(body.utf8))
            #expect(judged != .refused)
        }
        let deep = Array((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8)
        #expect(rules.judge(status: 200, body: deep) == .failed("its answer is no JSON"))
    }

    @Test func theLinesOfARecordFitTheLog() {
        var record = LookupRecord()
        for number in 0..<200 {
            record.fields.append(.init(label: "f\(number)", value: String(repeating: "長", count: 300)))
        }
        let text = record.text ?? ""
        #expect(text.utf8.count <= LookupRecord.textMax && text.hasPrefix("f0: 長"))
        #expect(LookupRecord().text == nil)
    }
}
