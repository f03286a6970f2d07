import Foundation
import Testing

@testable import Workers

/// A body of the administrator's own: values stand in it so that its form stays what it is.
@Suite struct BodyTemplateTests {
    static var event: [String: Any] {
        [
            "type": "note.written", "seq": 12, "customer": 7, "ok": true, "nothing": NSNull(), "tags": ["a", "b"],
            "record": ["text": "He said \"no\"\nand \\ hung up", "amount": 1.5] as [String: Any],
        ]
    }

    static func body(_ template: String, _ type: String = "application/json") throws -> String {
        String(decoding: try BodyTemplate(template, contentType: type).body(event), as: UTF8.self)
    }

    @Test func aValueInATextIsEscaped() throws {
        let body = try Self.body(#"{"text":"{type}: {record.text}","at":"{seq}"}"#)
        let read = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: String]
        #expect(read == ["text": "note.written: He said \"no\"\nand \\ hung up", "at": "12"])
    }

    @Test func aValueOutsideOfATextIsJSON() throws {
        let body = try Self.body(
            #"{"seq":{seq},"text":{record.text},"tags":{tags},"ok":{ok},"nothing":{nothing},"none":{record.none.x}}"#)
        let read = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(read["seq"] as? Int == 12 && read["text"] as? String == "He said \"no\"\nand \\ hung up")
        #expect(read["tags"] as? [String] == ["a", "b"] && body.contains(#""ok":true"#))
        #expect(read["nothing"] is NSNull && read["none"] is NSNull)
    }

    @Test func bracesThatAreNoPlaceStay() throws {
        #expect(try Self.body(#"{"a":{"b":"{ x } {X} {}"}}"#) == #"{"a":{"b":"{ x } {X} {}"}}"#)
        #expect(try Self.body("{type} {nothing}{record.amount}", "text/plain") == "note.written 1.5")
    }

    @Test func aFormIsEncoded() throws {
        let type = "application/x-www-form-urlencoded"
        #expect(
            try Self.body("text={record.text}&n={seq}", type)
                == "text=He%20said%20%22no%22%0Aand%20%5C%20hung%20up&n=12")
    }

    @Test(arguments: [#"{"a":"{type}"#, #"{"a":{type}{seq}}"#, "{type} {seq}", #"{"a":"\"{type}}"#])
    func whatCannotBeJSONIsRefused(template: String) {
        #expect(throws: TemplateProblem.self) { try BodyTemplate(template, contentType: "application/json") }
    }

    @Test func theNamesOfItsPlaces() throws {
        let type = "application/json; charset=utf-8"
        let template = try BodyTemplate(#"{"a":"{tier} {record.text}"}"#, contentType: type)
        #expect(template.names == ["tier", "record"])
    }
}
