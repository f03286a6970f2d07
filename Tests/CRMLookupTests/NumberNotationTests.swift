import Testing

@testable import CRMLookup

@Suite struct NumberNotationTests {
    static let mobile = LookupNumber(e164: "+819012345678", display: "090-1234-5678")

    @Test(arguments: [
        (NumberNotation.e164, "+819012345678"), (.digits, "819012345678"), (.national, "09012345678"),
        (.nationalHyphens, "090-1234-5678"), (.international, "+81 90-1234-5678"),
    ]) func everyNotationOfANumber(notation: NumberNotation, text: String) throws {
        #expect(try #require(Self.mobile).text(notation) == text)
    }

    @Test func aNumberOfAnotherCountryHasNoNationalOne() throws {
        let number = try #require(LookupNumber(e164: "+16502530000", display: "+1 650-253-0000"))
        #expect(number.text(.national) == nil && number.text(.nationalHyphens) == nil)
        #expect(number.text(.international) == "+1 650-253-0000")
        #expect(number.text(.digits) == "16502530000")
    }

    @Test(arguments: ["+81", "090", "", "+8190a", "+" + String(repeating: "1", count: 20)])
    func whatIsNoNumberIsNotAskedFor(text: String) { #expect(LookupNumber(e164: text, display: "") == nil) }

    /// Whatever a PBX or a caller writes, nothing but a number comes into a request.
    @Test func aDisplayWithOtherCharactersIsNotUsed() throws {
        let number = try #require(LookupNumber(e164: "+819012345678", display: "090' or '1'='1"))
        #expect(number.display == "")
        for notation in NumberNotation.allCases {
            let text = number.text(notation) ?? ""
            #expect(text.allSatisfy { "0123456789+-() ".contains($0) })
        }
    }
}
