import CPhoneNumbers
import CallCenter

/// Reads what a PBX calls a number: libphonenumber decides, and what was read lately is remembered.
///
/// Used by one thread.
public final class PhoneNumberReader {
    /// Numbers remembered in each of two generations: the callers of a busy day.
    static let rememberedMax = 32_768
    /// Digits below which a number is an extension of the house and nobody's number.
    static let digitsMin = 6
    /// Bytes above which a text is no number, whatever is in it.
    static let bytesMax = 64

    private let region: String
    private let language: String
    private var younger: [String: CallerNumber] = [:]
    private var older: [String: CallerNumber] = [:]

    /// - Parameters:
    ///   - region: ISO 3166, how a number without country code is read.
    ///   - language: of the places' names.
    public init(region: String, language: String) {
        self.region = region
        self.language = language
    }

    /// - Parameter raw: nil or empty where the network gave none.
    public func read(raw: String?, presentation: Presentation = .allowed) -> CallerNumber {
        switch presentation {
        // What is withheld is not kept either.
        case .restricted: return .withheld
        case .unavailable: return .unavailable
        case .allowed: break
        }
        guard let raw, !raw.isEmpty else { return .unavailable }
        if let mobile = JapaneseMobile.read(raw, region: region) { return mobile }
        if let known = younger[raw] ?? older[raw] { return known }
        let number = make(raw)
        if younger.count >= PhoneNumberReader.rememberedMax {
            older = younger
            younger = [:]
        }
        younger[raw] = number
        return number
    }

    /// What libphonenumber says, whatever was read before.
    func make(_ raw: String) -> CallerNumber {
        switch raw.lowercased() {
        case "anonymous", "restricted", "private", "withheld", "非通知": return .withheld
        case "<unknown>", "unknown", "unavailable": return .unavailable
        default: break
        }
        let shown = String(raw.prefix(32))
        let digits = raw.unicodeScalars.lazy.filter { $0.properties.numericType == .decimal }.count
        guard raw.utf8.count <= PhoneNumberReader.bytesMax, digits >= PhoneNumberReader.digitsMin else {
            return CallerNumber(kind: .notANumber, raw: shown, display: shown)
        }
        var found = phone_number()
        var text = raw
        let isNumber = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { phone_number_read($0.baseAddress, $0.count, region, language, &found) }
        }
        guard isNumber else { return CallerNumber(kind: .notANumber, raw: shown, display: shown) }
        let place = PhoneNumberReader.string(found.place)
        return CallerNumber(
            kind: .number, raw: raw, e164: PhoneNumberReader.string(found.e164), display: PhoneNumberReader.string(found.display),
            region: PhoneNumberReader.string(found.region), place: place.isEmpty ? nil : place)
    }

    /// The text in a C array, up to its zero.
    private static func string<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
