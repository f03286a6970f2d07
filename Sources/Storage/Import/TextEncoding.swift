/// How a file's characters are encoded, as spreadsheets and CRMs save them.
public enum TextEncoding: String, Equatable, Sendable {
    /// UTF-8 without a mark at its beginning.
    case utf8 = "utf-8"
    /// UTF-8 with a byte order mark, as Excel saves it.
    case utf8WithMark = "utf-8-bom"
    /// Windows' Shift_JIS.
    case cp932
    /// Japanese, of Unix.
    case eucJP = "euc-jp"
    /// Western Europe and the Americas.
    case windows1252 = "windows-1252"
    /// UTF-16 with the low byte first, as Windows writes it.
    case utf16LittleEndian = "utf-16le"
    /// UTF-16 with the high byte first.
    case utf16BigEndian = "utf-16be"

    /// What may be said for a file, in the words of whoever saved it.
    ///
    /// - Parameter name: in any case, with or without hyphens.
    public init?(named name: String) {
        switch name.lowercased().filter({ $0.isLetter || $0.isNumber }) {
        case "utf8": self = .utf8
        case "utf8bom", "utf8sig": self = .utf8WithMark
        case "cp932", "shiftjis", "sjis", "windows31j", "ms932", "mskanji": self = .cp932
        case "eucjp", "eucjpms", "ujis": self = .eucJP
        case "windows1252", "cp1252", "latin1", "iso88591", "ansi": self = .windows1252
        case "utf16le", "utf16": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        default: return nil
        }
    }

    /// One name of each, for whoever has to choose.
    public static let names = ["utf-8", "shift_jis", "euc-jp", "windows-1252", "utf-16le", "utf-16be"]

    /// The bytes that mark it at a file's beginning; empty where there are none.
    var mark: [UInt8] {
        switch self {
        case .utf8, .utf8WithMark: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .cp932, .eucJP, .windows1252: []
        }
    }

    /// What `iconv` calls it; nil for UTF-8, which needs no converting.
    var iconvName: String? {
        switch self {
        case .utf8, .utf8WithMark: nil
        case .cp932: "CP932"
        // With the characters of NEC and IBM that Windows has.
        case .eucJP: "EUC-JP-MS"
        case .windows1252: "WINDOWS-1252"
        case .utf16LittleEndian: "UTF-16LE"
        case .utf16BigEndian: "UTF-16BE"
        }
    }
}
