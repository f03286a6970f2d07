import CallCenter
import Foundation
import Testing

@testable import PhoneNumbers

/// The short way says what libphonenumber says, for every number it takes.
@Suite struct JapaneseMobileTests {
    /// SplitMix64. A test prints its seed; `SCREENPOP_SEED` repeats the run.
    struct Seeded: RandomNumberGenerator {
        private var state: UInt64

        init(_ name: String) {
            state =
                ProcessInfo.processInfo.environment["SCREENPOP_SEED"].flatMap(UInt64.init)
                ?? UInt64.random(in: 0...UInt64.max)
            print("\(name): SCREENPOP_SEED=\(state)")
        }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    /// Every shape that is taken: with and without country code, hyphens anywhere.
    static func shapes(_ digits: String, _ random: inout Seeded) -> [String] {
        let first = digits.prefix(2), second = digits.dropFirst(2).prefix(4), third = digits.suffix(4)
        var scattered = ""
        for digit in digits {
            if Int.random(in: 0..<4, using: &random) == 0 { scattered += "-" }
            scattered.append(digit)
        }
        return [
            "+81\(digits)", "0\(digits)", "0\(first)-\(second)-\(third)", "+81-\(first)-\(second)-\(third)",
            "+81\(first)-\(second)\(third)", "0\(scattered)", "+81\(scattered)",
            "0\(scattered.replacing("-", with: "--"))-",
            "+81---\(digits)--"
        ]
    }

    private static let centres = [("JP", "ja"), ("JP", "en"), ("US", "ja"), ("US", "en")]

    private func compare(
        _ digits: String, _ reader: PhoneNumberReader, region: String, _ random: inout Seeded
    ) -> [String] {
        Self.shapes(digits, &random).compactMap { raw in
            guard let short = JapaneseMobile.read(raw, region: region) else { return nil }
            let whole = reader.make(raw)
            return short == whole ? nil : "\(region) \(raw): \(short) and \(whole)"
        }
    }

    @Test func itEqualsLibphonenumber() {
        var random = Seeded("itEqualsLibphonenumber")
        let readers = Self.centres.map { PhoneNumberReader(region: $0.0, language: $0.1) }
        var differing: [String] = []
        for n in 0..<5_000 {
            let prefix = ["50", "70", "80", "90"].randomElement(using: &random)!
            let digits = prefix + String(String(Int.random(in: 100_000_000...199_999_999, using: &random)).dropFirst())
            differing += compare(digits, readers[n % 4], region: Self.centres[n % 4].0, &random)
        }
        #expect(differing.count == 0, "\(differing.prefix(5))")
    }

    /// Every block of ten thousand: nothing of what decides the reading is behind the first six digits.
    @Test func itEqualsLibphonenumberInEveryBlock() {
        var random = Seeded("itEqualsLibphonenumberInEveryBlock")
        var blocks: Set<String> = []
        let reader = PhoneNumberReader(region: "JP", language: "ja")
        for prefix in ["50", "70", "80", "90"] {
            for block in 0..<10_000 {
                let middle = String(String(10_000 + block).dropFirst()),
                    end = String(String(Int.random(in: 10_000...19_999, using: &random)).dropFirst())
                let raw = "0\(prefix)\(middle)\(end)"
                if let short = JapaneseMobile.read(raw, region: "JP"), short != reader.make(raw) {
                    blocks.insert("0\(prefix)-\(middle)")
                }
            }
        }
        #expect(blocks.count == 0, "\(blocks.count): \(blocks.sorted().prefix(40))")
    }

    @Test func aTextTooLongForANumberIsNone() {
        let raw = "0" + String(repeating: "-", count: 60) + "9012345678"
        #expect(
            PhoneNumberReader(region: "JP", language: "ja").reading(raw: raw)
                == PhoneNumberReader(region: "JP", language: "ja").make(raw))
    }

    @Test(arguments: ["09012345678", "090-1234-5678", "+819012345678", "+81-50-1234-5678", "0801-234-5678"])
    func theseAreTaken(raw: String) {
        #expect(JapaneseMobile.read(raw, region: "JP") != nil)
    }

    @Test(arguments: [
        "0312345678", "0120-000-000", "08001234567", "0901234567", "090123456789", "+8109012345678", "+81 90 1234 5678",
        "+1 202-555-0123",
        "", "+", "+81", "0", "-09012345678", "０９０１２３４５６７８", "090-1234-567a"
    ]) func othersAreLeftToLibphonenumber(raw: String) { #expect(JapaneseMobile.read(raw, region: "JP") == nil) }

    @Test func elsewhereANumberWithoutCountryCodeIsNotJapanese() {
        #expect(JapaneseMobile.read("09012345678", region: "US") == nil)
        #expect(JapaneseMobile.read("+819012345678", region: "US")?.caller.display == "+81 90-1234-5678")
    }
}
