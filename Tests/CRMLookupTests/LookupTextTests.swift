import Foundation
import Intake
import Testing

@testable import CRMLookup

@Suite struct LookupTextTests {
    static func facts(_ found: String = "{}", notation: NumberNotation = .e164) throws -> LookupFacts {
        let number = try #require(NumberNotationTests.mobile)
        return LookupFacts(
            number: number, notation: notation, values: ["base": "https://crm.example/a b", "field": "電話&x"],
            secret: "s\"e\\c", found: try #require(IntakeValue(json: Array(found.utf8))))
    }

    @Test func anAddressIsEncodedWhereItHasTo() throws {
        let text = try LookupText("{values.base}/r?q={values.field} = \"{number}\"&w[0]={national}", .address)
        let query = "q=%E9%9B%BB%E8%A9%B1%26x%20=%20%22%2B819012345678%22&w%5B0%5D=09012345678"
        #expect(text.filled(try Self.facts()) == "https://crm.example/a%20b/r?" + query)
    }

    @Test func aMachineThatIsNamedByItsNumberKeepsItsBrackets() throws {
        let text = try LookupText("http://[::1]:8080/x?n={digits}", .address)
        #expect(text.filled(try Self.facts()) == "http://[::1]:8080/x?n=819012345678")
    }

    @Test func jsonStaysJSONWhateverIsFilledIn() throws {
        let text = try LookupText(#"{"a":"x{found.name}y","b":{found.id},"c":["{number}"],"k":"{secret}"}"#, .json)
        let found = #"{"name":"\"},{\"evil\":\"\\\n","id":"12"}"#
        let filled = try #require(text.filled(try Self.facts(found)))
        let object = try JSONSerialization.jsonObject(with: Data(filled.utf8)) as? [String: Any]
        #expect(Set(try #require(object).keys) == ["a", "b", "c", "k"])
        #expect(object?["b"] as? Int == 12)
        #expect(object?["k"] as? String == "s\"e\\c")
    }

    @Test func aHeaderHasOneLine() throws {
        let text = try LookupText("x {found.name}", .header)
        let filled = try #require(text.filled(try Self.facts(#"{"name":"a\r\nEvil: 1"}"#)))
        #expect(!filled.contains("\n") && !filled.contains("\r"))
    }

    @Test func aPlaceWithoutAValueMakesNoRequest() throws {
        #expect(try LookupText("https://a.example/{found.id}", .address).filled(try Self.facts()) == nil)
        #expect(try LookupText("https://a.example/{values.none}", .address).filled(try Self.facts()) == nil)
    }

    @Test(arguments: ["https://a.example/{nmber}", "https://a.example/{values.}", "https://a.example/{}"])
    func aMisspeltPlaceIsSaid(text: String) {
        #expect(throws: LookupWrong.self) { try LookupText(text, .address) }
    }

    /// Neither a caller nor an answer decides which machine is asked.
    @Test(arguments: ["https://{found.host}/x", "{found.url}", "https://{number}.example/", "https://a.{secret}"])
    func theMachineIsTheAdministrators(text: String) {
        #expect(throws: LookupWrong.self) { try LookupText(text, .address) }
    }

    @Test func objectsOfJSONAreNoPlaces() throws {
        let text = try LookupText(#"{"a":{},"b":{"number":"{number}"}}"#, .json)
        #expect(text.filled(try Self.facts()) == #"{"a":{},"b":{"number":"+819012345678"}}"#)
    }

    /// Random texts of hostile pieces: the address keeps its machine and its number of parameters.
    @Test(arguments: 0..<4) func anAddressKeepsItsShape(seed: Int) throws {
        var random = Seeded(seed)
        let pieces = ["&x=1", "#", "?", "/../", "@evil.example", "%0d%0a", "\n", "'", "\"", "]", "日本", "\\", ";"]
        let text = try LookupText("https://crm.example/v1/{found.id}?n={found.id}&m=2", .address)
        for _ in 0..<200 {
            var id = ""
            for _ in 0..<4 { id += pieces.randomElement(using: &random) ?? "" }
            let json = try JSONSerialization.data(withJSONObject: ["id": id])
            guard let filled = text.filled(try Self.facts(String(decoding: json, as: UTF8.self))) else { continue }
            let parts = try #require(URLComponents(string: filled))
            #expect(parts.host == "crm.example")
            #expect(parts.queryItems?.map(\.name) == ["n", "m"], "\(filled)")
            #expect(parts.fragment == nil)
        }
    }
}
