import CallCenter
import PhoneNumbers
import Testing

@Suite struct PhoneNumberReaderTests {
    /// As written, E.164, as people write it.
    static let valid = [
        ("09012345678", "+819012345678", "090-1234-5678"), ("090-1234-5678", "+819012345678", "090-1234-5678"),
        ("０９０１２３４５６７８", "+819012345678", "090-1234-5678"), ("090‐1234−5678", "+819012345678", "090-1234-5678"),
        ("+81 (0)90 1234 5678", "+819012345678", "090-1234-5678"), (" 0312345678 ", "+81312345678", "03-1234-5678"),
        ("+819012347932", "+819012347932", "090-1234-7932"), ("0120-000-000", "+81120000000", "0120-000-000"),
        ("+12025550123", "+12025550123", "+1 202-555-0123"),
        ("tel:+44-20-7946-0000", "+442079460000", "+44 20 7946 0000"),
        ("+4930000000", "+4930000000", "+49 30 000000"), ("819012345678", "+819012345678", "090-1234-5678"),
        ("(03) 1234-5678", "+81312345678", "03-1234-5678"), ("９０１１１１００１１", "+819011110011", "090-1111-0011"),
        ("\u{202A}+81 90-1234-5678\u{202C}", "+819012345678", "090-1234-5678"),
        ("090\u{200B}1234\u{200B}5678", "+819012345678", "090-1234-5678"),
        ("०९०१२३४५६७८", "+819012345678", "090-1234-5678"), ("010-44-20-7946-0000", "+442079460000", "+44 20 7946 0000"),
        ("sip:+819012345678@pbx.example", "+819012345678", "090-1234-5678"),
        ("sip:09012345678@192.0.2.1;user=phone", "+819012345678", "090-1234-5678"),
        ("<sip:+819012345678@pbx.example>", "+819012345678", "090-1234-5678"),
        ("\"山田 太郎\" <sip:%2B819012345678;npdi@pbx.example>;tag=1", "+819012345678", "090-1234-5678"),
        ("山田 <09012345678>", "+819012345678", "090-1234-5678"),
        ("tel:+81-90-1234-5678;npdi", "+819012345678", "090-1234-5678"),
        ("tel:90-1234-5678;phone-context=+81", "+819012345678", "090-1234-5678"),
        ("TEL:０９０−１２３４−５６７８", "+819012345678", "090-1234-5678"),
        ("09012345678@pbx.example", "+819012345678", "090-1234-5678"),
        ("18409012345678", "+819012345678", "090-1234-5678"),
        ("186-090-1234-5678", "+819012345678", "090-1234-5678"), ("1840312345678", "+81312345678", "03-1234-5678"),
        ("sip:18409012345678@h", "+819012345678", "090-1234-5678")
    ]

    @Test(arguments: valid) func numbers(raw: String, e164: String, display: String) {
        let number = PhoneNumberReader(region: "JP", language: "ja").read(raw: raw)
        #expect(number.kind == .number)
        #expect(number.e164 == e164)
        #expect(number.display == display)
        #expect(number.raw == raw)
    }

    /// As written, what is shown, what a record must have for it to be found.
    static let others: [(String, String, String?)] = [
        ("101", "101", "101"), ("4711", "4711", "4711"), ("４７−１１", "４７−１１", "4711"), ("*45", "*45", "*45"),
        ("Yamada", "Yamada", nil), ("—", "—", nil),
        ("0902\r\n\r\nEvent: Fake", "0902\r\n\r\nEvent: Fake", nil), ("0000000000", "0000000000", "+81000000000"),
        ("20012345", "20012345", "+8120012345"),
        ("12345678901234567", "12345678901234567", "12345678901234567"),
        ("+12345678901234567", "+12345678901234567", "12345678901234567"),
        ("09000000001", "09000000001", "+819000000001"), ("060-1234-5678", "060-1234-5678", "+816012345678"),
        ("sip:4711@pbx.example", "4711", "4711"),
        ("4711@pbx.example", "4711", "4711"), ("\"Taro\" <sip:20012345@pbx.example>", "20012345", "+8120012345"),
        ("taro@example.com", "taro@example.com", nil),
        ("184", "184", "184"), ("18420012345", "18420012345", nil), ("1", "1", nil), ("+", "+", nil)
    ]

    @Test(arguments: others) func otherThings(raw: String, shown: String, key: String?) {
        let reading = PhoneNumberReader(region: "JP", language: "ja").reading(raw: raw)
        #expect(reading.caller.kind == .notANumber)
        #expect(reading.caller.e164 == nil)
        #expect(reading.caller.display == shown)
        #expect(reading.basis == nil)
        if raw != "18420012345" { #expect(reading.key == key) }
        // Only what may be a number is one when a record has it.
        #expect((reading.ifRecorded != nil) == (reading.key?.first == "+"))
        #expect(reading.recorded.e164 == (reading.key?.first == "+" ? reading.key : nil))
    }

    @Test func prefixesAreSaid() {
        let reader = PhoneNumberReader(region: "JP", language: "ja")
        #expect(reader.reading(raw: "184-090-1234-5678").removed == ["184"])
        #expect(reader.reading(raw: "184-090-1234-5678").text == "09012345678")
        #expect(reader.reading(raw: "09012345678").removed == [])
        // Elsewhere they are digits like others.
        #expect(
            PhoneNumberReader(region: "US", language: "en").reading(raw: "184+819012345678").caller.kind == .notANumber)
    }

    /// Prefix of an outside line, what was dialled, what is looked up, what was taken away.
    static let dialled: [(String, String, String?, [String])] = [
        ("", "09012345678", "+819012345678", []), ("0", "009012345678", "+819012345678", ["0"]),
        ("0", "0-03-1234-5678", "+81312345678", ["0"]),
        ("9", "90312345678", "+81312345678", ["9"]), ("9", "0312345678", "+81312345678", []),
        ("9", "9,0312345678", nil, []),
        ("0", "018409012345678", "+819012345678", ["0", "184"]), ("0", "18609012345678", "+819012345678", ["186"]),
        ("0", "0101", "0101", []), ("9", "9+12025550123", "+12025550123", ["9"]),
        ("#9", "#90312345678", "+81312345678", ["#9"]),
        ("0", "sip:00312345678@h", "+81312345678", ["0"])
    ]

    @Test(arguments: dialled) func whatAnOperatorDials(prefix: String, to: String, key: String?, removed: [String]) {
        let reader = PhoneNumberReader(NumberRules(region: "JP", language: "ja", outsidePrefix: prefix))
        let reading = reader.dialled(to)
        #expect(reading.key == key)
        #expect(reading.removed == removed)
        // A caller has no prefix of ours.
        if removed.first == prefix, !prefix.isEmpty { #expect(reader.reading(raw: to).removed.first != prefix) }
        #expect(reader.dialled(to) == reading)
    }

    @Test(arguments: [
        #"^\+8160\d{8}$"#, #"\+8160\d{8}"#, #"\+81(60|61)\d{8}"#
    ]) func aRangeThatTheCentreKnows(pattern: String) {
        let reader = PhoneNumberReader(NumberRules(region: "JP", language: "ja", alsoValid: [#"\+999\d+"#, pattern]))
        let reading = reader.reading(raw: "060-1234-5678")
        #expect(reading.caller.kind == .number)
        #expect(reading.caller.e164 == "+816012345678")
        #expect(reading.basis == .alsoValid(pattern))
        #expect(reader.reading(raw: "sip:+816012345678@h").key == "+816012345678")
        // The whole number or nothing.
        #expect(reader.reading(raw: "060-1234-56789").caller.kind == .notANumber)
        #expect(reader.reading(raw: "0000000000").caller.kind == .notANumber)
    }

    @Test func aRangeOfTheShortWay() {
        let reader = PhoneNumberReader(NumberRules(region: "JP", language: "ja", alsoValid: [#"\+81900\d{7}"#]))
        #expect(reader.reading(raw: "090-0000-0001").caller.e164 == "+819000000001")
        #expect(reader.reading(raw: "080-0000-000").caller.kind == .notANumber)
    }

    @Test func whatIsNoExpressionMatchesNothing() {
        let reader = PhoneNumberReader(NumberRules(region: "JP", language: "ja", alsoValid: ["(", "^06.*$"]))
        #expect(reader.reading(raw: "060-1234-5678").caller.kind == .notANumber)
    }

    @Test func fiveHundredDigitsAreNoNumber() {
        let number = PhoneNumberReader(region: "JP", language: "ja").read(raw: String(repeating: "7", count: 500))
        #expect(number.kind == .notANumber)
        #expect(number.raw.count <= 32)
    }

    @Test func whatIsWithheldIsNotKept() {
        let reader = PhoneNumberReader(region: "JP", language: "ja")
        #expect(reader.read(raw: "09012345678", presentation: .restricted) == .withheld)
        #expect(reader.read(raw: "anonymous") == .withheld)
        #expect(reader.read(raw: "<unknown>") == .unavailable)
        #expect(reader.read(raw: nil) == .unavailable)
    }

    @Test func placesAreNamedInTheCentresLanguage() {
        #expect(PhoneNumberReader(region: "JP", language: "en").read(raw: "0312345678").place == "Tokyo")
        #expect(PhoneNumberReader(region: "JP", language: "ja").read(raw: "0312345678").place == "東京")
    }
}
