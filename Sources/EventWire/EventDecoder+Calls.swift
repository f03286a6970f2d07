import CallCenter

extension EventDecoder {
    static func callEvent(_ type: EventType, _ fields: borrowing Fields) throws(WireError) -> CallEvent {
        switch type {
        case .offered: return .offered(try offered(fields))
        case .dialed:
            return .dialed(
                .init(
                    operator: try fields.required(.operator), to: try dialed(fields), from: try fields.typed(.from)))
        case .identified: return .identified(try identified(fields))
        case .queued:
            return .queued(
                queue: try fields.required(.queue), position: try fields.rank(.position, from: 0),
                priority: try fields.rank(.priority, from: -WireLimits.rankMax))
        case .ringing:
            return .ringing(operator: try fields.required(.operator), device: try fields.optional(.device))
        case .unanswered:
            return .unanswered(
                operator: try fields.required(.operator), device: try fields.optional(.device),
                reason: try fields.word(.reason))
        // The far end of a dialed call is no operator. Only the state knows whether the call was dialed.
        case .answered: return .answered(operator: try fields.nonempty(.operator))
        case .parked: return .parked(operator: try fields.required(.operator), slot: try fields.optional(.slot))
        case .retrieved: return .retrieved(operator: try fields.required(.operator), slot: try fields.optional(.slot))
        case .held: return .held
        case .resumed: return .resumed
        case .transferred: return .transferred(to: try transferTarget(fields), kind: try fields.word(.kind) ?? .blind)
        // A PBX that does not say why a call left its queue has most often run out of time or room.
        case .dequeued:
            return .dequeued(queue: try fields.required(.queue), reason: try fields.word(.reason) ?? .overflow)
        case .ended: return .ended(by: try fields.word(.by), cause: try fields.optional(.cause))
        default: preconditionFailure("\(type) is no call's event")
        }
    }

    private static func offered(_ fields: borrowing Fields) throws(WireError) -> CallEvent.Offered {
        let presentation: Presentation = try fields.word(.presentation) ?? .allowed
        // A withheld number may be missing. Otherwise the attribute must be present, as null or "", so that a misspelt
        // name is noticed.
        if presentation == .allowed, !fields.has(.from) { throw fields.missing(.from) }
        if !fields.has(.to) { throw fields.missing(.to, "the line called as a string, or null when it is not known") }
        return .init(
            from: try fields.typed(.from), to: try fields.typed(.to), queue: try fields.optional(.queue),
            name: try fields.typed(.name), presentation: presentation)
    }

    private static func dialed(_ fields: borrowing Fields) throws(WireError) -> String {
        guard let number = try fields.typed(.to) else { throw fields.missing(.to) }
        return number
    }

    private static func identified(_ fields: borrowing Fields) throws(WireError) -> CallEvent.Identified {
        if let id = try fields.customer() { return .customer(id) }
        if let id = try fields.optional(.externalID) { return .externalID(id) }
        if let account = try fields.optional(.account) { return .account(account) }
        if let address = try fields.optional(.email) { return .email(address) }
        if let number = try fields.typed(.from) { return .from(number) }
        throw fields.missing(.customer, "who is calling: customer, external_id, account, email or from")
    }

    private static func transferTarget(_ fields: borrowing Fields) throws(WireError) -> TransferTarget {
        if let id = try fields.optional(.operator) { return .operator(id) }
        if let name = try fields.optional(.queue) { return .queue(name) }
        if let number = try fields.typed(.to) { return .number(number) }
        throw fields.missing(.operator, "where the call went: operator, queue or to")
    }
}

extension Fields {
    /// A `position` or `priority`.
    func rank(_ attribute: Attribute, from min: Int) throws(WireError) -> Int? {
        try integer(attribute, in: Int64(min)...Int64(WireLimits.rankMax)).map(Int.init)
    }
}
