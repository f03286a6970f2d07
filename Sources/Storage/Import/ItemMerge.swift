import CallCenter

/// What an item becomes by a row: fields with a column get the row's value, everything else stays, and so does what a
/// cell that could not be read would have said.
extension ItemRow.Reading {
    /// What a row is when there is no item yet.
    func new(_ kind: CustomerItem.Kind, _ rules: ItemRules) -> CustomerItem.Content {
        let base: CustomerItem.Content =
            switch kind {
            case .purchase:
                .purchase(Purchase(at: DayOrTime(days: 0), product: "", state: rules.states.first ?? "ordered"))
            case .contract: .contract(Contract(service: ""))
            case .contact: .contact(Contact(at: Timestamp(ms: 0), channel: ""))
            case .note: .note(Note(at: Timestamp(ms: 0), text: ""))
            // No import has this kind (`ImportKind.allCases`).
            case .file: .file(CustomerFile(name: "", type: "", size: 0, hash: [], home: 0))
            }
        return merged(into: base, isNew: true)
    }

    func merged(into before: CustomerItem.Content, isNew: Bool = false) -> CustomerItem.Content {
        switch before {
        case .purchase(let one): .purchase(merged(into: one, isNew: isNew))
        case .contract(let one): .contract(merged(into: one))
        case .contact(let one): .contact(merged(into: one))
        case .note(let one): .note(merged(into: one))
        case .file(let one): .file(one)
        }
    }

    private func merged(into before: Purchase, isNew: Bool) -> Purchase {
        var one = before
        if case .moment(let at)? = values[.at] { one.at = at }
        line(.product, &one.product)
        decimal(.quantity, &one.quantity)
        decimal(.unitPrice, &one.unitPrice)
        decimal(.amount, &one.amount)
        line(ifAny: .order, &one.order)
        if case .word(let state, let written)? = values[.state], one.state != written { one.state = state }
        // What the file has no column for is what the others come to.
        if values[.amount] == nil, isNew || before.isComputed, let quantity = one.quantity, let price = one.unitPrice {
            one.amount = ExactDecimal.product(quantity, price) ?? one.amount
        }
        money(&one.currency, neededFor: [one.amount, one.unitPrice])
        return one
    }

    private func merged(into before: Contract) -> Contract {
        var one = before
        line(.service, &one.service)
        decimal(.amount, &one.amount)
        moment(.signed, &one.signed)
        moment(.starts, &one.starts)
        moment(.expires, &one.expires)
        switch values[.renews] {
        case .renews(let renewal)?: one.renews = renewal
        case .empty?: one.renews = nil
        default: break
        }
        money(&one.currency, neededFor: [one.amount])
        return one
    }

    private func merged(into before: Contact) -> Contact {
        var one = before
        if case .moment(let at)? = values[.at] { one.at = Timestamp(ms: at.ms) }
        if case .word(let channel, let written)? = values[.channel], one.channel != written { one.channel = channel }
        switch values[.direction] {
        case .word(let word, _)?: one.direction = TouchpointRecorded.Direction(rawValue: word)
        case .empty?: one.direction = nil
        default: break
        }
        line(.summary, &one.summary)
        number(.duration, &one.duration)
        line(ifAny: .operator, &one.operator)
        return one
    }

    private func merged(into before: Note) -> Note {
        var one = before
        if case .moment(let at)? = values[.at] { one.at = Timestamp(ms: at.ms) }
        line(.text, &one.text)
        number(.seconds, &one.spent)
        line(ifAny: .operator, &one.operator)
        return one
    }

    // MARK: Fields

    /// Spaces around a text are no change: the file's are not read either.
    private func line(_ column: ItemRow.Column, _ field: inout String) {
        switch values[column] {
        case .text(let text)?: if ImportRow.trimmed(field) != text { field = text }
        case .empty?: if !ImportRow.trimmed(field).isEmpty { field = "" }
        default: break
        }
    }

    private func line(ifAny column: ItemRow.Column, _ field: inout String?) {
        switch values[column] {
        case .text(let text)?: if ImportRow.trimmed(field ?? "") != text { field = text }
        case .word(let word, let written)?: if ImportRow.trimmed(field ?? "") != written { field = word }
        case .empty?: if !ImportRow.trimmed(field ?? "").isEmpty { field = nil }
        default: break
        }
    }

    /// A number that is written with other digits after the point is the same.
    private func decimal(_ column: ItemRow.Column, _ field: inout ExactDecimal?) {
        switch values[column] {
        case .decimal(let number)?: if field.map({ !$0.isEqual(to: number) }) ?? true { field = number }
        case .empty?: field = nil
        default: break
        }
    }

    private func moment(_ column: ItemRow.Column, _ field: inout DayOrTime?) {
        switch values[column] {
        case .moment(let moment)?: field = moment
        case .empty?: field = nil
        default: break
        }
    }

    private func number(_ column: ItemRow.Column, _ field: inout Int64?) {
        switch values[column] {
        case .number(let number)?: field = number
        case .empty?: field = nil
        default: break
        }
    }

    /// An amount has a currency; one without an amount keeps what the file says.
    private func money(_ field: inout String?, neededFor amounts: [ExactDecimal?]) {
        switch values[.currency] {
        case .text(let code)?: field = code
        case .empty?: field = nil
        default: break
        }
        if field == nil, amounts.contains(where: { $0 != nil }) { field = currency }
    }
}

extension Purchase {
    /// Whether the amount is what quantity and price come to.
    fileprivate var isComputed: Bool {
        guard let quantity, let unitPrice else { return false }
        return amount == ExactDecimal.product(quantity, unitPrice)
    }
}

extension ExactDecimal {
    func isEqual(to other: ExactDecimal) -> Bool {
        func micros(_ number: ExactDecimal) -> Int128 {
            (number.scale..<ExactDecimal.scaleMax).reduce(Int128(number.units)) { units, _ in units * 10 }
        }
        return micros(self) == micros(other)
    }
}
