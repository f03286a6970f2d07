/// A kind of what belongs to a customer, as its verbs need it.
protocol ItemKind: Sendable {
    /// In the path, and the verb's name.
    static var path: String { get }
    static var abstract: String { get }
    /// Examples for the help.
    static var examples: String { get }
    /// The fields that can be said.
    static var fields: [String] { get }
    /// The columns of a list.
    static func columns(_ l: Language) -> [String]
    static func cells(_ item: Item, _ l: Language, _ clock: CivilClock) -> [String]
}

/// An item of any kind, as the API gives it.
struct Item: Decodable {
    var id: Int
    var version: Int?
    var createdAt: String
    var at, product, unitPrice, amount, currency, order, state: String?
    var quantity: Double?
    var service, signed, starts, expires: String?
    var renews: Renewal?
    var channel, direction, summary, `operator`, text: String?
    var name, type: String?
    var bytes: Int64?
    var durationMs: Int64?
    var seconds: Double?

    /// A day, or whether it goes on by itself.
    struct Renewal: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let one = try decoder.singleValueContainer()
            text = try (try? one.decode(String.self)) ?? String(one.decode(Bool.self))
        }
    }

    /// An amount with its currency.
    var money: String { [amount, currency].compactMap { $0 }.joined(separator: " ") }
}

extension CivilClock {
    /// A day as it is, a moment in the centre's time.
    func day(_ text: String?) -> String {
        guard let text else { return "" }
        return text.utf8.count == 10 ? text : shown(text)
    }
}

enum PurchaseVerb: ItemKind {
    static let path = "purchases"
    static let abstract = "What a customer bought."
    static let examples = """
          screenpop customers purchases 17
          screenpop customers purchases add 17 product="Coffee machine" quantity=2 unit_price=6400 currency=JPY
          screenpop customers purchases change 17 5 state=shipped
        """
    static let fields = ["at", "product", "quantity", "unit_price", "amount", "currency", "order", "state"]

    static func columns(_ l: Language) -> [String] {
        [l.say("日付", "date"), l.say("商品", "product"), l.say("数量", "quantity"), l.say("金額", "amount"),
         l.say("注文番号", "order"), l.say("状態", "state")]
    }

    static func cells(_ item: Item, _ l: Language, _ clock: CivilClock) -> [String] {
        [clock.day(item.at), item.product ?? "", item.quantity.map { "\($0)".replacing(/\.0$/, with: "") } ?? "",
         item.money, item.order ?? "", item.state ?? ""]
    }
}

enum ContractVerb: ItemKind {
    static let path = "contracts"
    static let abstract = "What was agreed with a customer."
    static let examples = """
          screenpop customers contracts 17
          screenpop customers contracts add 17 service=Maintenance starts=2026-04-01 expires=2027-03-31 renews=true
        """
    static let fields = ["service", "amount", "currency", "signed", "starts", "expires", "renews"]

    static func columns(_ l: Language) -> [String] {
        [l.say("サービス", "service"), l.say("金額", "amount"), l.say("契約日", "signed"), l.say("開始", "starts"),
         l.say("満了", "expires"), l.say("更新", "renews")]
    }

    static func cells(_ item: Item, _ l: Language, _ clock: CivilClock) -> [String] {
        let renews =
            switch item.renews?.text {
            case "true": l.say("自動", "by itself")
            case "false": l.say("なし", "no")
            default: clock.day(item.renews?.text)
            }
        return [item.service ?? "", item.money, clock.day(item.signed), clock.day(item.starts),
                clock.day(item.expires), renews]
    }
}

enum ContactVerb: ItemKind {
    static let path = "contacts"
    static let abstract = "Contacts that somebody recorded by hand: a visit, a letter, a call on a mobile."
    static let examples = """
          screenpop customers contacts 17
          screenpop customers contacts add 17 channel=visit direction=outbound summary="Looked at the machine."
        """
    static let fields = ["at", "channel", "direction", "summary", "duration_ms", "operator"]

    static func columns(_ l: Language) -> [String] {
        [l.say("日時", "at"), l.say("手段", "channel"), l.say("方向", "direction"), l.say("担当", "operator"),
         l.say("時間", "duration"), l.say("内容", "summary")]
    }

    static func cells(_ item: Item, _ l: Language, _ clock: CivilClock) -> [String] {
        [clock.day(item.at), item.channel ?? "", l.direction(item.direction), item.operator ?? "",
         item.durationMs.map { l.duration($0) } ?? "", item.summary ?? ""]
    }
}

enum NoteVerb: ItemKind {
    static let path = "notes"
    static let abstract = "What was written of a customer, and of no call."
    static let examples = """
          screenpop customers notes 17
          screenpop customers notes add 17 text="Moves in May"
          screenpop customers notes history 17 5
        """
    static let fields = ["text", "seconds"]

    static func columns(_ l: Language) -> [String] {
        [l.say("日時", "at"), l.say("担当", "operator"), l.say("内容", "text")]
    }

    static func cells(_ item: Item, _ l: Language, _ clock: CivilClock) -> [String] {
        [clock.day(item.at), item.operator ?? "", item.text ?? ""]
    }
}

extension Language {
    /// In which direction a contact went.
    func direction(_ direction: String?) -> String {
        switch direction {
        case "inbound": say("受", "in")
        case "outbound": say("発", "out")
        default: ""
        }
    }
}
