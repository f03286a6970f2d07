import CallCenter
import PhoneNumbers

/// How cells of purchases, contracts, contacts and notes are read.
public struct ItemRules: Sendable {
    /// The centre's states of purchases; a new one has the first.
    public var states = ["ordered", "shipped", "delivered", "returned", "cancelled"]
    /// ISO 4217: the currency of amounts that name none.
    public var currency = "JPY"
    /// The moment at which the centre's clock shows something. Milliseconds since 1970-01-01T00:00 of that clock.
    public var clock: @Sendable (Int64) -> Timestamp = { Timestamp(ms: $0) }

    /// The rules of a centre that configured nothing, with a clock in UTC.
    init() {}
}

/// Parses a row into what it says of an item, and whose that is. A cell that cannot be read is left out; without what
/// the kind needs, the row is rejected.
struct ItemRow {
    typealias Column = ItemColumns.Column
    typealias Fault = ImportRow.Fault

    /// Whom a row names.
    struct Owner: Equatable, Sendable {
        var externalID: String?
        /// The number of a record.
        var customer: Int64?
        var name: String?
        var phone: PhoneEntry?
        var email: String?
    }

    enum Value: Equatable, Sendable {
        case empty
        case text(String)
        /// A word of ours that the file may say otherwise.
        case word(String, written: String)
        case decimal(ExactDecimal)
        case moment(DayOrTime)
        case number(Int64)
        case renews(Contract.Renewal)
    }

    /// A row as it was read.
    struct Reading: Sendable {
        var owner = Owner()
        /// The item's number in the export that the file may be.
        var id: Int64?
        var values: [Column: Value] = [:]
        /// Whether the moment says a time of day, and not a day alone.
        var isTimed = false
        /// The currency of an amount that names none.
        var currency = ""
        var badCells: [Fault] = []
        var notes: [Fault] = []
    }

    /// Bytes of a note, or of what a contact was about.
    private static let noteBytesMax = 16_384
    private static let idBytesMax = 128
    /// How far ahead of the daemon's clock the one of who wrote the file may be. Milliseconds.
    private static let aheadMax: Int64 = 300_000
    private static let durationMax: Int64 = 31_622_400_000

    let columns: ItemColumns
    let rules: ItemRules
    let numbers: PhoneNumberReader
    let now: Timestamp

    /// - Throws: the reason why the whole row is rejected.
    func read(_ cells: [String]) throws(Fault) -> Reading {
        let places = columns.places
        if cells.count > places.count, cells[places.count...].contains(where: { !$0.isEmpty }) {
            throw Fault(
                column: "",
                message: "the row has \(cells.count) fields and the header \(places.count): "
                    + "is a separator in a text without quotes?")
        }
        var row = Reading()
        row.currency = rules.currency
        for (place, raw) in zip(places, cells) {
            guard let column = place else { continue }
            do throws(Fault) { try read(raw, column, &row) } catch {
                // Another customer's, or an item without what it is about, is worse than none.
                let isNeeded = column == .externalID || column == .customer
                if isNeeded || Column.needed(by: columns.kind).contains(column) { throw error }
                row.badCells.append(error)
            }
        }
        for needed in Column.needed(by: columns.kind) {
            guard let value = row.values[needed], value != .empty else {
                throw Fault(column: needed.rawValue, message: "\(needed.rawValue) is empty")
            }
        }
        if case .moment(let starts)? = row.values[.starts], case .moment(let ends)? = row.values[.expires],
            ends.ms < starts.ms
        {
            throw Fault(column: "expires", message: "the contract ends before it starts")
        }
        return row
    }

    private func read(_ raw: String, _ column: Column, _ row: inout Reading) throws(Fault) {
        let isLong = column == .text || column == .summary
        let text = try cell(raw, column, isLong: isLong)
        if text.isEmpty {
            if !Column.owners.contains(column), column != .name, column != .id { row.values[column] = .empty }
            return
        }
        switch column {
        case .id:
            guard let id = Int64(text), id > 0 else { throw Fault(column: "id", message: "\"\(text)\" is no number") }
            row.id = id
        case .customer:
            guard let id = Int64(text), id > 0 else {
                throw Fault(
                    column: "customer",
                    message: "\"\(text)\" is not the number of a customer's record, such as 17; "
                        + "a column of names is mapped to name")
            }
            row.owner.customer = id
        case .externalID: row.owner.externalID = text
        case .name: row.owner.name = text
        case .email: row.owner.email = text.lowercased()
        case .phone:
            let cell = PhoneCell(text, numbers)
            guard let first = cell.entries.first else {
                if let fault = cell.faults.first { throw Fault(column: "phone", message: fault) }
                return
            }
            row.owner.phone = first
        case .at: try moment(text, &row)
        case .signed, .starts, .expires: row.values[column] = .moment(try day(text, column))
        case .product, .service, .text, .summary: row.values[column] = .text(text)
        case .order: row.values[column] = .text(try short(text, column))
        case .operator: row.values[column] = .word(try short(NumberText.narrow(text), column), written: text)
        case .quantity, .unitPrice, .amount: try amount(text, column, &row)
        case .currency:
            let code = NumberText.narrow(text).uppercased()
            guard code.utf8.count == 3, code.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 }) else {
                throw Fault(column: "currency", message: "\"\(text)\" is no currency; write three letters such as JPY")
            }
            row.values[column] = .text(code)
        case .state, .channel, .direction: row.values[column] = try word(text, column)
        case .renews: row.values[column] = .renews(try renewal(text))
        case .duration, .minutes, .seconds: try duration(text, column, &row)
        }
    }

    // MARK: Cells

    private func cell(_ raw: String, _ column: Column, isLong: Bool) throws(Fault) -> String {
        if raw.isEmpty { return raw }
        var text = ImportRow.trimmed(FormulaGuard.unguarded(raw))
        if isLong, text.utf8.contains(0x0D) {
            text = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        }
        let most = isLong ? ItemRow.noteBytesMax : ImportRow.textBytesMax
        guard text.utf8.count <= most else {
            throw Fault(column: column.rawValue, message: "longer than \(most) bytes")
        }
        for byte in text.utf8 where byte < 0x20 || byte == 0x7F {
            if isLong, byte == 0x0A || byte == 0x09 { continue }
            throw Fault(column: column.rawValue, message: "has a control character or a line break")
        }
        return text
    }

    private func short(_ text: String, _ column: Column) throws(Fault) -> String {
        guard text.utf8.count <= ItemRow.idBytesMax else {
            throw Fault(column: column.rawValue, message: "longer than \(ItemRow.idBytesMax) bytes")
        }
        return text
    }

    private func day(_ text: String, _ column: Column) throws(Fault) -> DayOrTime {
        switch CellMoment(text) {
        case .day(let days)?: return DayOrTime(days: days)
        case .clock(let ms)?: return DayOrTime(rules.clock(ms))
        case .time(let time)?: return DayOrTime(time)
        case nil:
            throw Fault(
                column: column.rawValue,
                message: "\"\(text.prefix(40))\" is no date; write it as 2026-11-26, or 2026-11-26 14:30")
        }
    }

    /// When something happened. A contact and a note have a moment: of a day alone, when the centre's clock began it.
    private func moment(_ text: String, _ row: inout Reading) throws(Fault) {
        var moment = try day(text, .at)
        row.isTimed = !moment.isDay
        guard columns.kind == .contact || columns.kind == .note else {
            row.values[.at] = .moment(moment)
            return
        }
        if moment.isDay { moment = DayOrTime(rules.clock(moment.ms)) }
        guard moment.ms <= now.ms + ItemRow.aheadMax else {
            throw Fault(column: "at", message: "\"\(text.prefix(40))\" has not come yet")
        }
        row.values[.at] = .moment(moment)
    }

    private func amount(_ text: String, _ column: Column, _ row: inout Reading) throws(Fault) {
        guard let money = CellMoney(text), column != .quantity || !money.number.isNegative else {
            throw Fault(
                column: column.rawValue,
                message: column == .quantity
                    ? "\"\(text.prefix(40))\" is no quantity; it is a number from 0 on"
                    : "\"\(text.prefix(40))\" is no amount; write it as 12800, 12,800 or 19.90")
        }
        row.values[column] = .decimal(money.number)
        if column != .quantity, let currency = money.currency { row.currency = currency }
    }

    private func duration(_ text: String, _ column: Column, _ row: inout Reading) throws(Fault) {
        let unit: Int64 = column == .minutes ? 60_000 : column == .seconds ? 1_000 : 1
        guard let number = CellMoney(text)?.number, !number.isNegative,
            let unit = ExactDecimal(units: unit, scale: 0),
            let whole = ExactDecimal.product(number, unit)?.whole, whole <= ItemRow.durationMax
        else {
            throw Fault(column: column.rawValue, message: "\"\(text.prefix(40))\" is no duration")
        }
        row.values[column == .minutes ? .duration : column] = .number(whole)
    }

    private func renewal(_ text: String) throws(Fault) -> Contract.Renewal {
        switch text.lowercased() {
        case "true", "yes", "1", "はい", "自動", "自動更新", "あり", "有", "○": return .yes
        case "false", "no", "0", "いいえ", "なし", "無", "×": return .no
        default: return .at(try day(text, .renews))
        }
    }

    private func word(_ text: String, _ column: Column) throws(Fault) -> Value {
        switch column {
        case .state:
            guard let state = ItemRow.known(text, in: rules.states, ItemRow.states) else {
                throw Fault(
                    column: "state",
                    message: "\"\(text)\" is no state; there are \(rules.states.joined(separator: ", "))")
            }
            return .word(state, written: text)
        case .direction:
            let words = [TouchpointRecorded.Direction.inbound, .outbound].map(\.rawValue)
            guard let direction = ItemRow.known(text, in: words, ItemRow.directions) else {
                throw Fault(column: "direction", message: "\"\(text)\" is neither inbound nor outbound")
            }
            return .word(direction, written: text)
        default:
            let channel = try short(ItemRow.channels[NumberText.narrow(text)] ?? text, column)
            guard !TimelineQuery.reserved.contains(channel) else {
                throw Fault(
                    column: "channel",
                    message: "is how they were in contact, such as visit, letter, phone or email; not \(channel)")
            }
            return .word(channel, written: text)
        }
    }

    private static func known(_ text: String, in words: [String], _ others: [String: String]) -> String? {
        if words.contains(text) { return text }
        if let word = words.first(where: { $0.lowercased() == text.lowercased() }) { return word }
        return others[NumberText.narrow(text).lowercased()].flatMap { words.contains($0) ? $0 : nil }
    }

    private static let states = [
        "注文済み": "ordered", "注文": "ordered", "受注": "ordered", "発送済み": "shipped", "出荷済み": "shipped", "発送": "shipped",
        "納品済み": "delivered", "納品": "delivered", "返品": "returned", "取消": "cancelled", "キャンセル": "cancelled",
        "canceled": "cancelled",
    ]
    private static let directions = [
        "in": "inbound", "incoming": "inbound", "受信": "inbound", "着信": "inbound", "受電": "inbound", "入電": "inbound",
        "out": "outbound", "outgoing": "outbound", "発信": "outbound", "架電": "outbound", "送信": "outbound",
    ]
    private static let channels = [
        "電話": "phone", "メール": "email", "訪問": "visit", "来店": "visit", "来社": "visit", "手紙": "letter", "郵便": "letter",
        "ファックス": "fax", "ウェブ": "web",
    ]
}

extension ExactDecimal {
    /// nil where there is something after the point.
    fileprivate var whole: Int64? {
        var units = self.units
        for _ in 0..<scale {
            guard units % 10 == 0 else { return nil }
            units /= 10
        }
        return units
    }
}
