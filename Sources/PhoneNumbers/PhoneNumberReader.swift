import CPhoneNumbers
import CallCenter

/// Parses the numbers that a PBX sends (protocol.md, An event) with libphonenumber, and caches results.
///
/// Not thread-safe: used by one thread.
public final class PhoneNumberReader {
    /// Cached numbers in each of two generations: the callers of a busy day.
    static let rememberedMax = 32_768
    /// A number with fewer digits is an internal extension.
    static let digitsMin = 6
    /// E.164 has at most 15 digits, and a `+`.
    static let e164BytesMax = 16
    /// Bytes above which a text is no number, whatever is in it.
    static let bytesMax = 64
    /// What a caller in Japan dials to withhold or to show the own number, before the number itself.
    private static let presentationPrefixes = ["184", "186"]

    /// The rules it was made with; other rules take another reader, as results are cached.
    let rules: NumberRules
    private let alsoValid: AlsoValid
    private var callers = Remembered()
    private var dialledNumbers = Remembered()

    /// A reader with an empty cache.
    public init(_ rules: NumberRules) {
        self.rules = rules
        alsoValid = AlsoValid(rules.alsoValid)
    }

    /// - Parameters:
    ///   - region: ISO 3166, how a number without country code is read.
    ///   - language: of the places' names.
    public convenience init(region: String, language: String) {
        self.init(NumberRules(region: region, language: language))
    }

    /// What a caller's number is without a look into the records.
    ///
    /// - Parameter raw: nil or empty where the network gave none.
    public func read(raw: String?, presentation: Presentation = .allowed) -> CallerNumber {
        reading(raw: raw, presentation: presentation).caller
    }

    /// The same, with what the records are asked by.
    public func reading(raw: String?, presentation: Presentation = .allowed) -> NumberReading {
        switch presentation {
        // Withheld numbers are not cached.
        case .restricted: return NumberReading(.withheld)
        case .unavailable: return NumberReading(.unavailable)
        case .allowed: break
        }
        guard let raw, !raw.isEmpty else { return NumberReading(.unavailable) }
        if let mobile = JapaneseMobile.read(raw, region: rules.region) { return resolved(mobile) }
        if let known = callers[raw] { return known }
        let reading = make(raw)
        callers.insert(reading, for: raw)
        return reading
    }

    /// What an operator dialled: the same, without the prefix of an outside line.
    public func dialled(_ raw: String) -> NumberReading {
        if let known = dialledNumbers[raw] { return known }
        let reading = make(raw, isDialled: true)
        dialledNumbers.insert(reading, for: raw)
        return reading
    }

    /// What libphonenumber says, whatever was read before.
    func make(_ raw: String, isDialled: Bool = false) -> NumberReading {
        let address = AddressText(raw)
        switch CallerWords.meaning(of: address) {
        case .withheld: return NumberReading(.withheld)
        case .unavailable: return NumberReading(.unavailable)
        case nil: break
        }
        let text = NumberText.narrowNumber(address.user)
        guard text.utf8.count <= PhoneNumberReader.bytesMax else { return PhoneNumberReader.other(raw, address, text) }
        let outside = rules.outsidePrefix
        if isDialled, !outside.isEmpty, NumberText.exactKey(text) != nil {
            let dialString = NumberText.dialString(text)
            if dialString.hasPrefix(outside),
                let reading = shortest(String(dialString.dropFirst(outside.count)), raw, removed: [outside])
            {
                return reading
            }
        }
        guard NumberText.isNumberLike(text) else { return PhoneNumberReader.other(raw, address, text) }
        if let reading = shortest(text, raw, removed: []) { return reading }
        guard let possible = parse(text), possible.isPossible else {
            return PhoneNumberReader.other(raw, address, text)
        }
        let shown = PhoneNumberReader.shown(address.isWrapped ? text : raw)
        return NumberReading(
            CallerNumber(kind: .notANumber, raw: PhoneNumberReader.shown(raw), display: shown), key: possible.e164,
            ifRecorded: possible.number(raw: raw), text: text)
    }

    /// The valid number that the text is, or that is behind a prefix of the Japanese network; nil when there is none.
    private func shortest(_ text: String, _ raw: String, removed: [String]) -> NumberReading? {
        if let reading = valid(text, raw, removed: removed) { return reading }
        guard rules.region == "JP" else { return nil }
        let dialString = NumberText.dialString(text)
        for prefix in PhoneNumberReader.presentationPrefixes where dialString.hasPrefix(prefix) {
            if let reading = valid(String(dialString.dropFirst(prefix.count)), raw, removed: removed + [prefix]) {
                return reading
            }
        }
        return nil
    }

    private func valid(_ text: String, _ raw: String, removed: [String]) -> NumberReading? {
        guard let parsed = parse(text) else { return nil }
        let basis: NumberReading.Basis
        if parsed.isValid {
            basis = .valid
        } else if let pattern = alsoValid.pattern(for: parsed.e164) {
            basis = .alsoValid(pattern)
        } else {
            return nil
        }
        return NumberReading(parsed.number(raw: raw), key: parsed.e164, text: text, removed: removed, basis: basis)
    }

    /// What the short way for Japanese numbers cannot know: whether the centre has declared the range valid.
    private func resolved(_ mobile: NumberReading) -> NumberReading {
        guard mobile.basis == nil, !alsoValid.isEmpty, let key = mobile.key, let pattern = alsoValid.pattern(for: key)
        else { return mobile }
        return NumberReading(mobile.recorded, key: key, text: mobile.text, basis: .alsoValid(pattern))
    }

    /// What is kept as text: an extension, a word, seventeen digits.
    private static func other(_ raw: String, _ address: AddressText, _ text: String) -> NumberReading {
        let key = NumberText.exactKey(text)
        let display = shown(address.isWrapped || key != nil && address.host != nil ? address.user : raw)
        return NumberReading(
            CallerNumber(kind: .notANumber, raw: shown(raw), display: display), key: key,
            text: String(text.prefix(bytesMax)))
    }

    /// As much of a text that is no number as a screen has room for.
    static func shown(_ text: String) -> String { text.utf8.count <= 32 ? text : String(text.prefix(32)) }

    // MARK: libphonenumber

    private struct Parsed {
        var e164, display, region, place: String
        var isPossible, isValid: Bool

        func number(raw: String) -> CallerNumber {
            CallerNumber(
                kind: .number, raw: raw, e164: e164, display: display, region: region,
                place: place.isEmpty ? nil : place)
        }
    }

    private func parse(_ text: String) -> Parsed? {
        guard text.utf8.count(where: { $0 >= 0x30 && $0 <= 0x39 }) >= PhoneNumberReader.digitsMin else { return nil }
        var found = phone_number()
        var text = text
        let isNumber = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                phone_number_read($0.baseAddress, $0.count, rules.region, rules.language, &found)
            }
        }
        guard isNumber else { return nil }
        let e164 = PhoneNumberReader.string(found.e164)
        // Some countries have longer ones inside; as a caller's they come from nowhere.
        let isOfE164 = e164.utf8.count <= PhoneNumberReader.e164BytesMax
        return Parsed(
            e164: e164, display: PhoneNumberReader.string(found.display),
            region: PhoneNumberReader.string(found.region),
            place: PhoneNumberReader.string(found.place), isPossible: isOfE164 && found.is_possible,
            isValid: isOfE164 && found.is_valid)
    }

    /// The text in a C array, up to its zero.
    private static func string<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }

    // MARK: What was read lately

    private struct Remembered {
        private var younger: [String: NumberReading] = [:]
        private var older: [String: NumberReading] = [:]

        subscript(raw: String) -> NumberReading? { younger[raw] ?? older[raw] }

        mutating func insert(_ reading: NumberReading, for raw: String) {
            if younger.count >= PhoneNumberReader.rememberedMax {
                older = younger
                younger = [:]
            }
            younger[raw] = reading
        }
    }
}
