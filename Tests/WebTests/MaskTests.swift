import HTTPTypes
import Settings
import Storage
import Testing

@testable import Web

/// Whole telephone numbers are for some roles alone.
@Suite struct MaskTests {
    private static func masked(_ text: String) -> String {
        var mask = NumberMask()
        return String(decoding: mask.feed(text.utf8) + mask.feed([], isEnd: true), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"e164":"+819000001234"}"#, #"{"e164":"•••• 1234"}"#),
        (#"{"raw":"０９０−００００−１２３４","x":1}"#, #"{"raw":"•••• 1234","x":1}"#),
        (#"{"display":"090-0000-1234"}"#, #"{"display":"•••• 1234"}"#),
        (#"["03 0000 1234","(03)0000-1234"]"#, #"["•••• 1234","•••• 1234"]"#),
        (#"{"to":"0300001234"}"#, #"{"to":"•••• 1234"}"#), (#"{"from":"2125551234"}"#, #"{"from":"•••• 1234"}"#),
        (#"["(212) 555-1234","212-555-1234"]"#, #"["•••• 1234","•••• 1234"]"#),
        (
            #"{"text":"\n090-0000-1234へ、+81 3 0000 5678 or 0300009999."}"#,
            #"{"text":"\n•••• 1234へ、•••• 5678 or •••• 9999."}"#
        ),
        (#"{"text":"2026 03-0000-1234 2026"}"#, #"{"text":"2026 •••• 1234 2026"}"#),
        // What is no number.
        (#"{"at":"2026-11-26T09:00:00.000Z"}"#, #"{"at":"2026-11-26T09:00:00.000Z"}"#),
        (#"{"day":"2026-11-26","time":"00:00:00"}"#, #"{"day":"2026-11-26","time":"00:00:00"}"#),
        (#"{"external_id":"0001234567","id":1234567890123}"#, #"{"external_id":"0001234567","id":1234567890123}"#),
        (#"{"call":"1795392000.123","share":0.8112345678}"#, #"{"call":"1795392000.123","share":0.8112345678}"#),
        (#"{"next":"1795392000000-12"}"#, #"{"next":"1795392000000-12"}"#),
        (#"{"call":"03-0000-67890"}"#, #"{"call":"03-0000-67890"}"#),
        (#"{"text":"12345-67890","summary":"03-0000-1234"}"#, #"{"text":"12345-67890","summary":"•••• 1234"}"#),
        (#"{"etag":"01234567-8901-4234-8901-012345678901"}"#, #"{"etag":"01234567-8901-4234-8901-012345678901"}"#),
        (#"{"number":"101","amount":"12800"}"#, #"{"number":"101","amount":"12800"}"#),
        ("第２ビル １１月２６日", "第２ビル １１月２６日"),
    ]) func whatIsANumberIsMasked(text: String, expected: String) {
        #expect(Self.masked(text) == expected)
    }

    /// However the answer comes in pieces.
    @Test func piecesChangeNothing() {
        let text = #"{"a":"+81 90-0000-1234","raw":"０３−００００−５６７８","n":[1,2],"t":"03-0000-9999 x"}"# + "\n\n"
        let whole = Self.masked(text), bytes = Array(text.utf8)
        #expect(whole == #"{"a":"•••• 1234","raw":"•••• 5678","n":[1,2],"t":"•••• 9999 x"}"# + "\n\n")
        for cut in 1..<bytes.count {
            var mask = NumberMask()
            let out = mask.feed(bytes[..<cut]) + mask.feed(bytes[cut...]) + mask.feed([], isEnd: true)
            #expect(String(decoding: out, as: UTF8.self) == whole, "cut at \(cut)")
        }
        // What ends with a line is passed on at once: an event waits for no other one.
        var mask = NumberMask()
        #expect(mask.feed("data: {\"e164\":\"+819000001234\"}\n\n".utf8).suffix(3) == Array("}\n\n".utf8))
    }

    /// The digits of the two callers' numbers, without what their spellings begin with.
    private static func isLeaking(_ text: String) -> Bool {
        // A callback is named by the digits of its number: docs/administrator.md says so.
        let plain = text.replacing(#""id":"81300000102""#, with: "").filter { !"- ()".contains($0) }
        return plain.contains("300000101") || plain.contains("300000102")
    }

    @Test(arguments: ViewTests.shown.filter { $0.role != .admin })
    func noAnswerHasAWholeNumber(_ one: ViewTests.Shown) async throws {
        let (routes, pop) = try await ViewTests.centre(numbersSeenBy: .admin)
        let token = try routes.token(one.role)
        // The steps before some of them are others' to do: then the answer is a refusal, and has none either.
        let answer = try await routes.ask(
            one.method, one.target.replacing("POP", with: pop), one.body, headers: one.headers, token: token)
        #expect(answer.status < 500)
        #expect(!Self.isLeaking(answer.text), "\(answer.text)")
    }

    @Test func whoMaySeesThemWhole() async throws {
        let (routes, _) = try await ViewTests.centre(numbersSeenBy: .supervisor)
        for (role, isWhole) in [(Role.operator, false), (.supervisor, true), (.admin, true)] {
            let answer = try await routes.ask(.get, "/v1/customers/1", token: routes.token(role))
            #expect(Self.isLeaking(answer.text) == isWhole, "\(role)")
            #expect(answer.text.contains("•••• 0101") != isWhole, "\(role)")
        }
        #expect(Self.isLeaking(try await routes.ask(.get, "/v1/customers/1").text), "a local program")
    }

    @Test func aMaskThatIsSentBackStandsForItsNumber() async throws {
        let (routes, _) = try await ViewTests.centre(numbersSeenBy: .supervisor)
        let token = try routes.token(.operator), any: HTTPFields = [.ifMatch: "*"]
        let edited = try await routes.ask(
            .patch, "/v1/customers/1", #"{"phones":["•••• 0101","03-0000-0109"],"kana":"x"}"#, headers: any,
            token: token)
        #expect(edited.status == 200 && !Self.isLeaking(edited.text), "\(edited.text)")
        let record = try #require(try routes.parts.records.customer(1)).fields
        #expect(record.phones.map(\.raw) == ["03-0000-0101", "03-0000-0109"] && record.kana == "x")
        // Texts that came masked go back as they were; what is written elsewhere cannot have a mask in it.
        _ = try await routes.ask(
            .patch, "/v1/customers/1", #"{"cautions":["Ring 03-0000-0101 first"],"address":"c/o 0300000101"}"#,
            headers: any)
        let shown = try await routes.ask(.get, "/v1/customers/1", token: token)
        #expect(shown.text.contains(#"["Ring •••• 0101 first"]"#) && shown.text.contains(#""c/o •••• 0101""#))
        let same = try await routes.ask(
            .patch, "/v1/customers/1", #"{"cautions":["Ring •••• 0101 first","x"],"address":"c/o •••• 0101"}"#,
            headers: any, token: token)
        #expect(same.status == 200, "\(same.text)")
        let texts = try #require(try routes.parts.records.customer(1)).fields
        #expect(texts.cautions == ["Ring 03-0000-0101 first", "x"] && texts.address == "c/o 0300000101")
        for (path, body) in [
            ("/v1/customers/1/notes", #"{"text":"Ring •••• 0101"}"#), ("/v1/customers", #"{"name":"•••• 0101"}"#),
        ] {
            let refused = try await routes.ask(.post, path, body, token: token)
            #expect(refused.status == 400 && refused.detail.contains("••••"), "\(refused.text)")
        }
        let wrong = try await routes.ask(
            .patch, "/v1/customers/1", #"{"phones":["•••• 9999"]}"#, headers: any, token: token)
        #expect(wrong.status == 400 && wrong.detail.contains("•••• 9999"))
        let theirs = try await routes.ask(
            .patch, "/v1/customers/1", #"{"kana":"y"}"#, headers: [.ifMatch: #""v9""#], token: token)
        #expect(theirs.status == 412 && theirs.text.contains("•••• 0101") && !Self.isLeaking(theirs.text))
    }
}
