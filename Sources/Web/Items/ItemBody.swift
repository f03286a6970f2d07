import CallCenter
import EventWire
import Storage

/// An item as a client sends it. What is absent stays as it was, or is what a new one has; null empties.
struct ItemBody {
    let members: JSONMembers
    /// The centre's states of purchases; a new one has the first.
    let states: [String]
    /// The operator who sends it; nil for a program.
    let person: String?
    let now: Timestamp

    /// What an item becomes.
    ///
    /// - Parameter before: what it is; nil for a new one.
    func content(_ kind: CustomerItem.Kind, before: CustomerItem.Content?) throws(Problem) -> CustomerItem.Content {
        switch kind {
        case .purchase:
            if case .purchase(let one) = before { return .purchase(try purchase(one)) }
            return .purchase(try purchase(nil))
        case .contract:
            if case .contract(let one) = before { return .contract(try contract(one)) }
            return .contract(try contract(Contract(service: "")))
        case .contact:
            if case .contact(let one) = before { return .contact(try contact(one)) }
            var one = Contact(at: now, channel: "")
            one.operator = person
            return .contact(try contact(one))
        case .note:
            if case .note(let one) = before { return .note(try note(one)) }
            var one = Note(at: now, text: "")
            one.operator = person
            return .note(try note(one))
        case .file:
            guard case .file(let one) = before else { throw .bad("A file is attached by its bytes: POST …/files.") }
            return .file(try file(one))
        }
    }

    /// Its name alone: other bytes are another file.
    private func file(_ before: CustomerFile) throws(Problem) -> CustomerFile {
        try members.require(["name"], of: "a file")
        var one = before
        try ItemFields(members: members).line("name", &one.name, bytesMax: ItemRoutes.nameBytesMax)
        one.name = try ItemRoutes.fileName(one.name)
        return one
    }

    private func purchase(_ before: Purchase?) throws(Problem) -> Purchase {
        try members.require(
            ["at", "product", "quantity", "unit_price", "amount", "currency", "order", "state"], of: "a purchase")
        let fields = ItemFields(members: members)
        var one = before ?? Purchase(at: DayOrTime(now), product: "", state: states.first ?? "ordered")
        if let at = try fields.moment("at") { one.at = at }
        try fields.line("product", &one.product)
        try fields.quantity("quantity", &one.quantity)
        try fields.money("unit_price", &one.unitPrice)
        try fields.money("amount", &one.amount)
        try fields.line(ifAny: "order", &one.order, bytesMax: WireLimits.idBytesMax)
        let hasParts = before == nil || members["quantity"] != nil || members["unit_price"] != nil
        if members["amount"] == nil, hasParts, one.amount == nil || before.map(isComputed) ?? true {
            // What nobody says is what the others come to.
            one.amount = try ItemBody.product(one)
        }
        try fields.currency(&one.currency, neededFor: [one.amount, one.unitPrice])
        switch members["state"] {
        case nil: break
        case .text(let state) where states.contains(state): one.state = state
        default: throw .bad("state is one of \(states.joined(separator: ", ")).")
        }
        return one
    }

    private func isComputed(_ one: Purchase) -> Bool {
        guard let quantity = one.quantity, let price = one.unitPrice else { return false }
        return one.amount == ExactDecimal.product(quantity, price)
    }

    private static func product(_ one: Purchase) throws(Problem) -> ExactDecimal? {
        guard let quantity = one.quantity, let price = one.unitPrice else { return one.amount }
        guard let amount = ExactDecimal.product(quantity, price) else {
            throw .bad("amount is missing: quantity times unit_price has too many digits; say what it comes to.")
        }
        return amount
    }

    private func contract(_ before: Contract) throws(Problem) -> Contract {
        try members.require(
            ["service", "amount", "currency", "signed", "starts", "expires", "renews"], of: "a contract")
        let fields = ItemFields(members: members)
        var one = before
        try fields.line("service", &one.service)
        try fields.money("amount", &one.amount)
        try fields.currency(&one.currency, neededFor: [one.amount])
        try fields.moment("signed", &one.signed)
        try fields.moment("starts", &one.starts)
        try fields.moment("expires", &one.expires)
        switch members["renews"] {
        case nil: break
        case .null: one.renews = nil
        case .flag(let flag): one.renews = flag ? .yes : .no
        case .text(let text):
            guard let moment = DayOrTime(written: text) else { throw ItemBody.noRenewal }
            one.renews = .at(moment)
        default: throw ItemBody.noRenewal
        }
        if let starts = one.starts, let expires = one.expires, expires.ms < starts.ms {
            throw .bad("expires is before starts.")
        }
        return one
    }

    private static let noRenewal = Problem.bad(
        "renews is the day on which it is renewed, such as 2027-04-01; true when it goes on by itself; or false.")

    private func contact(_ before: Contact) throws(Problem) -> Contact {
        try members.require(
            ["at", "channel", "direction", "summary", "duration_ms", "operator"], of: "a contact")
        let fields = ItemFields(members: members)
        var one = before
        try fields.past("at", &one.at, now: now)
        try fields.line("channel", &one.channel, bytesMax: WireLimits.idBytesMax)
        guard !TimelineQuery.reserved.contains(one.channel) else {
            throw .bad("channel is how they were in contact, such as visit, letter, phone, email; not \(one.channel).")
        }
        switch members["direction"] {
        case nil: break
        case .null: one.direction = nil
        case .text("inbound"): one.direction = .inbound
        case .text("outbound"): one.direction = .outbound
        default: throw .bad("direction is inbound or outbound.")
        }
        try fields.text("summary", &one.summary)
        try fields.duration("duration_ms", &one.duration)
        try fields.operator(&one.operator)
        return one
    }

    private func note(_ before: Note) throws(Problem) -> Note {
        try members.require(["text", "seconds"], of: "a note")
        let fields = ItemFields(members: members)
        var one = before
        try fields.text("text", &one.text)
        guard one.text.contains(where: { !$0.isWhitespace }) else {
            throw .bad("text is empty: say what is to be known.")
        }
        try fields.seconds("seconds", &one.spent)
        return one
    }
}
