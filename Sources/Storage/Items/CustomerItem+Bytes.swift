import CallCenter

/// What an item says as bytes: a version of the format, the kind, and the fields.
extension CustomerItem.Content {
    var packed: [UInt8] {
        var out = PackedWriter()
        out.itemContent(self)
        return out.bytes
    }

    init(packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in try from.itemContent() }
    }
}

extension PackedWriter {
    mutating func itemContent(_ content: CustomerItem.Content) {
        byte(1)
        byte(UInt8(content.kind.rawValue))
        switch content {
        case .purchase(let one): purchase(one)
        case .contract(let one): contract(one)
        case .contact(let one):
            signed(one.at.ms)
            text(one.channel)
            optional(one.direction?.rawValue)
            text(one.summary)
            optional(one.duration)
            optional(one.operator)
        case .note(let one):
            signed(one.at.ms)
            text(one.text)
            optional(one.spent)
            optional(one.operator)
        case .file(let one):
            text(one.name)
            text(one.type)
            signed(one.size)
            blob(one.hash)
            signed(one.home)
        }
    }

    private mutating func purchase(_ one: Purchase) {
        moment(one.at)
        text(one.product)
        for number in [one.quantity, one.unitPrice, one.amount] { optional(number) { $0.decimal($1) } }
        optional(one.currency)
        optional(one.order)
        text(one.state)
    }

    private mutating func contract(_ one: Contract) {
        text(one.service)
        optional(one.amount) { $0.decimal($1) }
        optional(one.currency)
        for moment in [one.signed, one.starts, one.expires] { optional(moment) { $0.moment($1) } }
        switch one.renews {
        case nil: byte(0)
        case .yes: byte(1)
        case .no: byte(2)
        case .at(let moment):
            byte(3)
            self.moment(moment)
        }
    }

    private mutating func decimal(_ number: ExactDecimal) {
        byte(UInt8(number.scale))
        signed(number.units)
    }

    private mutating func moment(_ moment: DayOrTime) {
        byte(moment.isDay ? 1 : 0)
        signed(moment.ms)
    }
}

extension PackedReader {
    mutating func itemContent() throws(Malformed) -> CustomerItem.Content {
        guard try byte() == 1, let kind = CustomerItem.Kind(rawValue: Int64(try byte())) else { throw Malformed() }
        switch kind {
        case .purchase: return .purchase(try purchase())
        case .contract: return .contract(try contract())
        case .contact:
            var one = Contact(at: Timestamp(ms: try signed()), channel: try text())
            one.direction = try optionalWord()
            one.summary = try text()
            one.duration = try optionalSigned()
            one.operator = try optionalText()
            return .contact(one)
        case .note:
            var one = Note(at: Timestamp(ms: try signed()), text: try text())
            one.spent = try optionalSigned()
            one.operator = try optionalText()
            return .note(one)
        case .file:
            return .file(
                CustomerFile(
                    name: try text(), type: try text(), size: try signed(), hash: try byteList(), home: try signed()))
        }
    }

    private mutating func purchase() throws(Malformed) -> Purchase {
        var one = Purchase(at: try moment(), product: try text(), state: "")
        one.quantity = try decimalIfAny()
        one.unitPrice = try decimalIfAny()
        one.amount = try decimalIfAny()
        one.currency = try optionalText()
        one.order = try optionalText()
        one.state = try text()
        return one
    }

    private mutating func contract() throws(Malformed) -> Contract {
        var one = Contract(service: try text())
        one.amount = try decimalIfAny()
        one.currency = try optionalText()
        one.signed = try momentIfAny()
        one.starts = try momentIfAny()
        one.expires = try momentIfAny()
        switch try byte() {
        case 0: one.renews = nil
        case 1: one.renews = .yes
        case 2: one.renews = .no
        case 3: one.renews = .at(try moment())
        default: throw Malformed()
        }
        return one
    }

    private mutating func decimalIfAny() throws(Malformed) -> ExactDecimal? {
        try optional { from throws(Malformed) in
            let scale = Int(try from.byte())
            guard let number = ExactDecimal(units: try from.signed(), scale: scale) else { throw Malformed() }
            return number
        }
    }

    private mutating func moment() throws(Malformed) -> DayOrTime {
        let isDay = try byte() == 1
        return DayOrTime(ms: try signed(), isDay: isDay)
    }

    private mutating func momentIfAny() throws(Malformed) -> DayOrTime? {
        try optional { from throws(Malformed) in try from.moment() }
    }
}
