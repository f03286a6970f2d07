import Foundation
import Testing

@testable import Storage

/// What spreadsheets save: the same rows, in every encoding.
@Suite struct ImportEncodingTests {
    static let text = """
        external_id,氏名,フリガナ,電話番号,住所,タグ
        A-1,髙橋 花子①,タカハシ ハナコ,０９０−００００−０００１,東京都〜表示,新規;能
        A-2,ソ能表 噂,ｿﾉｳ,090-0000-0002,"表, ""本""\r\n2階",十
        """.replacing("\n", with: "\r\n").replacing("\r\r\n", with: "\r\n")

    static func encoded(_ text: String, _ name: String, mark: [UInt8] = []) throws -> [UInt8] {
        let file = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let iconv = Process(), out = Pipe()
        iconv.executableURL = URL(fileURLWithPath: "/usr/bin/iconv")
        iconv.arguments = ["-f", "UTF-8", "-t", name, file]
        iconv.standardOutput = out
        try iconv.run()
        let bytes = out.fileHandleForReading.readDataToEndOfFile()
        iconv.waitUntilExit()
        try #require(iconv.terminationStatus == 0, "iconv cannot write \(name)")
        return mark + bytes
    }

    static let cases: [(String, [UInt8], TextEncoding)] = [
        ("UTF-8", [], .utf8), ("UTF-8", [0xEF, 0xBB, 0xBF], .utf8WithMark), ("CP932", [], .cp932),
        ("EUC-JP-MS", [], .eucJP),
        ("UTF-16LE", [0xFF, 0xFE], .utf16LittleEndian), ("UTF-16BE", [0xFE, 0xFF], .utf16BigEndian)
    ]

    @Test(arguments: cases) func everyEncodingGivesTheSameRecords(
        name: String, mark: [UInt8], encoding: TextEncoding
    ) throws {
        let directory = try StateDirectory(), store = try directory.store()
        // Windows' tables have the full-width tilde for the wave dash.
        let text = encoding == .cp932 || encoding == .eucJP ? Self.text.replacing("〜", with: "～") : Self.text
        let report = try store.load(try Self.encoded(text, name, mark: mark), in: directory)
        #expect(report.bad == [])
        #expect(report.encoding == encoding)
        #expect(report.created == 2)
        let all = try store.everybody.map(\.fields)
        #expect(all.map(\.name) == ["髙橋 花子①", "ソ能表 噂"])
        #expect(all.map(\.kana) == ["タカハシ ハナコ", "ｿﾉｳ"])
        #expect(all.map { $0.phones.map(\.e164) } == [["+819000000001"], ["+819000000002"]])
        #expect(all[1].address == "表, \"本\"\r\n2階")
        #expect(all.map(\.tags) == [["新規", "能"], ["十"]])
    }

    /// A character in two halves at each chunk's end: 256 KiB of them.
    @Test(arguments: cases) func aLongFileIsReadWhole(name: String, mark: [UInt8], encoding: TextEncoding) throws {
        let directory = try StateDirectory(), store = try directory.store()
        let rows = (0..<6_000).map { "K\($0),漢字の長い名前\(String(repeating: "表", count: 1 + $0 % 41))山田" }
        let report = try store.load(
            try Self.encoded("external_id,name\n" + rows.joined(separator: "\n"), name, mark: mark), in: directory)
        #expect(report.encoding == encoding)
        #expect(report.created == 6_000)
        #expect(report.rejected == 0)
        let found = try store.customers(after: 5_999, limit: 1).first?.fields
        #expect(found.map { "\($0.externalID ?? ""),\($0.name)" } == rows.last)
    }

    /// Small files, as somebody tries an import with: a few characters beyond ASCII decide.
    static let guesses: [(String, String, String, TextEncoding)] = [
        ("JP", "WINDOWS-1252", "name,phone\nHélène,09055550001\n", .windows1252),
        ("DE", "WINDOWS-1252", "name,phone\nHélène,09055550001\n", .windows1252),
        ("JP", "WINDOWS-1252", "name,address\nJürgen Müller,Straße 5\nFrançois,12 rue de l’Église\n", .windows1252),
        ("DE", "WINDOWS-1252", "name\nMüller\nGroß\nÖzdemir\nÅsa Øst\n", .windows1252),
        ("US", "WINDOWS-1252", "name;city\nJosé Peña;México\n", .windows1252),
        ("JP", "WINDOWS-1252", "name,company\nZoë,Café “Noir” – Genève\n", .windows1252),
        ("JP", "EUC-JP-MS", "name,phone\n山田太郎,09055550001\n", .eucJP),
        ("JP", "EUC-JP-MS", "氏名,電話番号\n山田太郎,09055550001\n鈴木花子,\n", .eucJP),
        ("DE", "EUC-JP-MS", "氏名,電話番号\n山田太郎,09055550001\n", .eucJP),
        ("JP", "EUC-JP-MS", "name,kana\nたなか,タナカ\n", .eucJP), ("JP", "EUC-JP-MS", "name,kana\n髙橋,ﾀｶﾊｼ\n", .eucJP),
        ("JP", "CP932", "name,phone\n山田太郎,09055550001\n", .cp932), ("JP", "CP932", "name,kana\n山田,ﾔﾏﾀﾞ ﾀﾛｳ\n", .cp932),
        ("JP", "CP932", "name\n澤\n", .cp932), ("JP", "CP932", "name,company\nA,ABC株式会社\n", .cp932),
        ("DE", "CP932", "氏名\n佐藤一郎\n", .cp932),
        ("JP", "CP932", "氏名,住所\n髙橋,東京都千代田区丸の内１－１\n", .cp932), ("JP", "CP932", "name,kana\nY,ﾔﾏﾀﾞ ﾊﾅｺ\n", .cp932),
        ("JP", "CP932", "name\n表能ソ\n", .cp932), ("JP", "EUC-JP-MS", "name,address\n渡邊,埼玉県\n齋藤,札幌市\n", .eucJP)
    ]

    @Test(arguments: guesses.indices) func theEncodingIsGuessedByPlausibility(at: Int) throws {
        let (region, name, text, encoding) = Self.guesses[at]
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.numbers.region = region
        let report = try store.load(try Self.encoded(text, name), in: directory, options)
        #expect(report.encoding == encoding, "\(region) \(name) \(text)")
        let rows = text.split(separator: "\n").dropFirst()
        #expect(
            try store.everybody.map(\.fields.name)
                == rows.map { $0.split(whereSeparator: { ",;".contains($0) }).first.map(String.init) ?? "" })
    }

    @Test func anEncodingThatIsSaidIsTaken() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        // Half-width katakana, an even number of them: kanji in EUC-JP.
        let bytes = try Self.encoded("name\nﾔﾏﾀﾊﾅｺ\n", "CP932")
        options.encoding = .cp932
        #expect(try store.load(bytes, in: directory, options).encoding == .cp932)
        options.encoding = .eucJP
        #expect(try store.load(bytes, in: directory, options).encoding == .eucJP)
        options.encoding = .utf8
        #expect(throws: ImportError.notText(said: .utf8)) { try store.load(bytes, in: directory, options) }
        #expect(
            try store.load([0xEF, 0xBB, 0xBF] + Array("name\nA\n".utf8), in: directory, options).encoding
                == .utf8WithMark)
        options.encoding = .utf16LittleEndian
        #expect(try store.load(try Self.encoded("name\n山\n", "UTF-16LE"), in: directory, options).created == 1)
        #expect(try store.everybody.map(\.fields.name).first == "ﾔﾏﾀﾊﾅｺ")
    }

    @Test(arguments: [
        ("UTF-8", TextEncoding.utf8), ("utf8", .utf8), ("Shift_JIS", .cp932), ("SJIS", .cp932), ("cp932", .cp932),
        ("Windows-31J", .cp932), ("EUC-JP", .eucJP),
        ("eucjp", .eucJP), ("windows-1252", .windows1252), ("CP1252", .windows1252), ("ISO-8859-1", .windows1252),
        ("latin1", .windows1252), ("UTF-16", .utf16LittleEndian)
    ]) func encodingsHaveManyNames(name: String, encoding: TextEncoding) {
        #expect(TextEncoding(named: name) == encoding)
    }

    @Test(arguments: TextEncoding.names) func theNamesThatAreOfferedAreKnown(name: String) {
        #expect(TextEncoding(named: name) != nil)
    }

    @Test func halfACharacterAtTheEndIsNoText() throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.notText(said: nil)) {
            try store.load([0xFF, 0xFE] + Array("n\0a\0m\0e\0\n\0a\0b".utf8), in: directory)
        }
    }

    @Test(
        arguments: [
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13], Array("PK\u{3}\u{4}\0\0".utf8),
            [0xFE, 0xFE, 0xFF, 0xFD, 0x81]
        ] as [[UInt8]]) func abinaryFileIsRefused(bytes: [UInt8]) throws
    {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.self) { try store.load(bytes, in: directory) }
        #expect(try store.count() == 0)
    }

    @Test(arguments: ["", "\n\r\n", "\u{FEFF}", "\u{FEFF}\n"]) func aFileWithoutTextIsEmpty(text: String) throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.empty) { try store.load(text, in: directory) }
    }

    @Test func aFolderOrNothingCannotBeRead() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var work = CustomerImport(into: store.writer, options: importOptions)
        for path in [directory.path, directory.path + "/none.csv"] {
            do {
                _ = try work.run(file: path, now: morning)
                Issue.record("\(path) was taken")
            } catch { #expect("\(error)".hasPrefix("the file cannot be read"), "\(error)") }
        }
    }
}
