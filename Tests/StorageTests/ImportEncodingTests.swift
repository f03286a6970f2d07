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
        ("UTF-16LE", [0xFF, 0xFE], .utf16LittleEndian), ("UTF-16BE", [0xFE, 0xFF], .utf16BigEndian),
    ]

    @Test(arguments: cases) func everyEncodingGivesTheSameRecords(name: String, mark: [UInt8], encoding: TextEncoding) throws {
        let directory = try StateDirectory(), store = try directory.store()
        // CP932 has the full-width tilde for the wave dash.
        let text = encoding == .cp932 ? Self.text.replacing("〜", with: "～") : Self.text
        let report = try store.take(try Self.encoded(text, name, mark: mark), in: directory)
        #expect(report.badRows == [])
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
        let report = try store.take(try Self.encoded("external_id,name\n" + rows.joined(separator: "\n"), name, mark: mark), in: directory)
        #expect(report.encoding == encoding)
        #expect(report.created == 6_000)
        #expect(report.rejected == 0)
        let found = try store.customers(after: 5_999, limit: 1).first?.fields
        #expect(found.map { "\($0.externalID ?? ""),\($0.name)" } == rows.last)
    }

    @Test func halfACharacterAtTheEndIsNoText() throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.notText(line: nil)) { try store.take([0xFF, 0xFE] + Array("n\0a\0m\0e\0\n\0a\0b".utf8), in: directory) }
    }

    @Test(arguments: [
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13], Array("PK\u{3}\u{4}\0\0".utf8), [0xFE, 0xFE, 0xFF, 0xFD, 0x80],
    ] as [[UInt8]]) func abinaryFileIsRefused(bytes: [UInt8]) throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.self) { try store.take(bytes, in: directory) }
        #expect(try store.count() == 0)
    }

    @Test(arguments: ["", "\n\r\n", "\u{FEFF}", "\u{FEFF}\n"]) func aFileWithoutTextIsEmpty(text: String) throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.empty) { try store.take(text, in: directory) }
    }

    @Test func aFolderOrNothingCannotBeRead() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var work = CustomerImport(into: store, options: importOptions)
        for path in [directory.path, directory.path + "/none.csv"] {
            do {
                _ = try work.run(file: path, now: morning)
                Issue.record("\(path) was taken")
            } catch { #expect("\(error)".hasPrefix("the file cannot be read"), "\(error)") }
        }
    }
}
