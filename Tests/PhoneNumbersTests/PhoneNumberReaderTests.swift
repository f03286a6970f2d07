import CallCenter
import PhoneNumbers
import Testing

@Suite struct PhoneNumberReaderTests {
    @Test(arguments: [
        ("09012345678", "+819012345678", "090-1234-5678"), ("090-1234-5678", "+819012345678", "090-1234-5678"),
        ("０９０１２３４５６７８", "+819012345678", "090-1234-5678"), ("090‐1234−5678", "+819012345678", "090-1234-5678"),
        ("+81 (0)90 1234 5678", "+819012345678", "090-1234-5678"), (" 0312345678 ", "+81312345678", "03-1234-5678"),
        ("+819000007932", "+819000007932", "090-0000-7932"), ("0120-000-000", "+81120000000", "0120-000-000"),
        ("+12025550123", "+12025550123", "+1 202-555-0123"), ("tel:+44-20-7946-0000", "+442079460000", "+44 20 7946 0000"),
        ("+4930000000", "+4930000000", "+49 30 000000"),
    ])
    func numbers(raw: String, e164: String, display: String) {
        let number = PhoneNumberReader(region: "JP", language: "ja").read(raw: raw)
        #expect(number.kind == .number)
        #expect(number.e164 == e164)
        #expect(number.display == display)
        #expect(number.raw == raw)
    }

    @Test(arguments: ["101", "*45", "Yamada", "0902\r\n\r\nEvent: Fake", "—"]) func otherThings(raw: String) {
        let number = PhoneNumberReader(region: "JP", language: "ja").read(raw: raw)
        #expect(number.kind == .notANumber)
        #expect(number.e164 == nil)
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
