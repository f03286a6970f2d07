import Foundation
import Testing

@testable import Spreadsheet

/// Workbooks as programs write them (`make-workbooks.py`), against what openpyxl reads in them.
@Suite struct SheetRowsTests {
    struct Expected: Decodable {
        struct Row: Decodable {
            var number: Int
            var cells: [String]
        }
        var sheet: String
        var rows: [Row]
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Workbooks")

    static func open(_ name: String) throws -> FileHandle {
        try FileHandle(forReadingFrom: folder.appendingPathComponent(name + ".xlsx"))
    }

    static func rows(_ sheet: SheetRows) throws -> [SheetRows.Row] {
        var all: [SheetRows.Row] = []
        while let rows = try sheet.next() { all += rows }
        return all
    }

    @Test(arguments: ["customers", "values", "from-1904"]) func rowsAreWhatOpenpyxlReads(name: String) throws {
        let expected = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: Self.folder.appendingPathComponent(name + ".json")))
        let file = try Self.open(name), sheet = try SheetRows(descriptor: file.fileDescriptor)
        #expect(sheet.sheet == expected.sheet)
        let rows = try Self.rows(sheet)
        #expect(rows.map(\.number) == expected.rows.map(\.number))
        for (row, other) in zip(rows, expected.rows) {
            // openpyxl leaves characters that XML cannot have as they are escaped.
            #expect(row.cells == other.cells.map(CellText.unescaped), "row \(row.number)")
        }
        #expect(sheet.bytesRead == sheet.bytesTotal && sheet.bytesTotal > 0)
        #expect(try sheet.next() == nil)
    }

    @Test func whatOtherProgramsWriteIsRead() throws {
        let file = try Self.open("by-hand"), sheet = try SheetRows(descriptor: file.fileDescriptor)
        #expect(sheet.sheet == "by hand")
        #expect(
            try Self.rows(sheet) == [
                .init(number: 1, cells: ["氏名", "inside"]),
                .init(number: 5, cells: ["見本 花子", "", "formula!", "", "", "9012345678", "2026-11-26"]),
            ])
    }

    @Test(arguments: ["doctype", "broken", "no-sheet", "wide", "endless"]) func aWorkbookThatIsNoneIsRefused(
        name: String
    ) throws {
        let file = try Self.open(name)
        let error = #expect(throws: SheetError.self) {
            let sheet = try SheetRows(descriptor: file.fileDescriptor)
            _ = try Self.rows(sheet)
        }
        switch name {
        case "doctype": #expect(error?.description.contains("DOCTYPE") == true)
        case "broken": #expect(error?.description.contains("line 1") == true)
        case "no-sheet": #expect(error == .noSheet)
        case "wide": #expect(error == .tooLarge(row: 3, what: "more than 1024 columns"))
        default: #expect(error == .tooLarge(row: 2, what: "a text that is too long"))
        }
    }

    @Test func otherFilesAreRefused() throws {
        let path = NSTemporaryDirectory() + "screenpop-sheet-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (bytes, fault) in [
            ([0x50, 0x4B, 0x03, 0x04, 1, 2, 3], SheetError.notAWorkbook("it is no ZIP archive")),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], .protectedOrOld), ([], .notAWorkbook("it is no ZIP archive")),
        ] as [([UInt8], SheetError)] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            #expect(throws: fault) { try SheetRows(descriptor: file.fileDescriptor) }
        }
    }

    /// Whatever bytes of a workbook are damaged, it is read or refused, and ends nothing.
    @Test func damagedWorkbooksEndNothing() throws {
        let whole = try Data(contentsOf: Self.folder.appendingPathComponent("customers.xlsx"))
        let path = NSTemporaryDirectory() + "screenpop-sheet-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var refused = 0
        for seed in 0..<300 {
            var bytes = [UInt8](whole), state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
            func random(_ below: Int) -> Int {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Int(state % UInt64(below))
            }
            if seed % 3 == 0 { bytes.removeLast(random(bytes.count)) }
            for _ in 0..<max(1, random(20)) where !bytes.isEmpty { bytes[random(bytes.count)] = UInt8(random(256)) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            do { _ = try Self.rows(SheetRows(descriptor: file.fileDescriptor)) } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test func columnsOfReferences() {
        #expect(CellText.column("A1") == 0)
        #expect(CellText.column("Z9") == 25)
        #expect(CellText.column("AA10") == 26)
        #expect(CellText.column("XFD1048576") == 16_383)
        for none in ["", "1", "A", "ABCD1", "Ä1"] { #expect(CellText.column(none) == nil) }
    }

    @Test(arguments: [
        ("General", false), ("yyyy/mm/dd", true), ("[$-411]ggge\"年\"m\"月\"d\"日\"", true), ("#,##0", false),
        ("0.00E+00", false), ("\"day\" 0", false), ("[h]:mm", true), ("mm:ss.0", true), ("@", false),
        ("0%;[Red]-0%", false), ("d\\-m", true),
    ]) func formatsThatShowAMoment(code: String, isMoment: Bool) {
        #expect((CellFormats.shows(code) == .moment) == isMoment, "\(code)")
    }
}
