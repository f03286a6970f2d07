/// Why a workbook cannot be read.
public enum SheetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It is no workbook of Office Open XML, or a damaged one.
    case notAWorkbook(String)
    /// With a password, or in the format before 2007: both have the same first bytes.
    case protectedOrOld
    /// It has no sheet, or its file is not there.
    case noSheet
    /// More than this program reads: a row of the sheet, and what it has too much of.
    case tooLarge(row: Int, what: String)

    public var description: String {
        switch self {
        case .notAWorkbook(let why): "the file is no workbook that can be read (\(why)); save it as .xlsx or CSV UTF-8"
        case .protectedOrOld:
            "the workbook has a password, or is an .xls of the format before 2007; save it as .xlsx without a password"
        case .noSheet: "the workbook has no sheet with cells"
        case .tooLarge(let row, let what): "row \(row) of the sheet has \(what); is it the right sheet?"
        }
    }
}

/// What a workbook may have: a small file can unpack to any size.
enum SheetLimits {
    static let columnsMax = 1_024
    /// Of the texts of one row. Bytes.
    static let rowBytesMax = 1 << 20
    /// Of all texts that cells share. Bytes.
    static let sharedBytesMax = 256 << 20
    /// Of an unpacked part of the file. Bytes.
    static let partBytesMax: UInt64 = 8 << 30
    /// Unpacked and parsed at once. Bytes.
    static let pieceBytes = 32 << 10
}
