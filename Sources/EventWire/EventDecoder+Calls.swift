import CallCenter

extension EventDecoder {
    static func callEvent(_ type: EventType, _ fields: borrowing Fields) throws(WireError) -> CallEvent {
        switch type {
        case .offered: return .offered(try offered(fields))
        case .identified: return .identified(.init(customer: try fields.customer(), from: try fields.optional(.from)))
        case .queued:
            return .queued(
                queue: try fields.required(.queue), position: try fields.rank(.position, from: 0),
                priority: try fields.rank(.priority, from: -WireLimits.rankMax))
        case .ringing: return .ringing(operator: try fields.required(.operator))
        case .unanswered: return .unanswered(operator: try fields.required(.operator), reason: try fields.word(.reason))
        case .answered: return .answered(operator: try fields.required(.operator))
        case .held: return .held
        case .resumed: return .resumed
        case .transferred: return .transferred(to: try transferTarget(fields), kind: try fields.word(.kind) ?? .blind)
        // A PBX that does not say why a call left its queue has most often run out of time or room.
        case .dequeued: return .dequeued(queue: try fields.required(.queue), reason: try fields.word(.reason) ?? .overflow)
        case .ended: return .ended(by: try fields.word(.by), cause: try fields.optional(.cause))
        default: preconditionFailure("\(type) is no call's event")
        }
    }

    private static func offered(_ fields: borrowing Fields) throws(WireError) -> CallEvent.Offered {
        let presentation: Presentation = try fields.word(.presentation) ?? .allowed
        // A caller who withholds the number has none to send; all others say so with null or "", lest a misspelt name go unseen.
        if presentation == .allowed, !fields.has(.from) { throw fields.missing(.from) }
        if !fields.has(.to) { throw fields.missing(.to, "the line called as a string, or null when it is not known") }
        return .init(
            from: try fields.optional(.from), to: try fields.optional(.to), queue: try fields.optional(.queue),
            name: try fields.optional(.name), presentation: presentation)
    }

    private static func transferTarget(_ fields: borrowing Fields) throws(WireError) -> TransferTarget {
        if let id = try fields.optional(.operator) { return .operator(id) }
        if let name = try fields.optional(.queue) { return .queue(name) }
        if let number = try fields.optional(.to) { return .number(number) }
        throw fields.missing(.operator, "where the call went: operator, queue or to")
    }
}

extension Fields {
    /// A `position` or `priority`.
    func rank(_ attribute: Attribute, from min: Int) throws(WireError) -> Int? {
        try integer(attribute, in: Int64(min)...Int64(WireLimits.rankMax)).map(Int.init)
    }
}
