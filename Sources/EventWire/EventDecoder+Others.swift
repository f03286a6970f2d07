import CallCenter

extension EventDecoder {
    static func operatorEvent(_ type: EventType, _ fields: borrowing Fields) throws(WireError) -> OperatorEvent {
        switch type {
        case .login:
            return .login(
                name: try fields.typed(.name), device: try fields.optional(.device), queues: try fields.queueNames())
        case .logout: return .logout
        case .paused: return .paused(reason: try fields.typed(.reason))
        case .unpaused: return .resumed
        case .ready: return .ready
        case .busy: return .busy(reason: try fields.typed(.reason))
        case .free: return .free
        default: preconditionFailure("\(type) is no operator's event")
        }
    }

    static func touchpoint(_ fields: borrowing Fields) throws(WireError) -> TouchpointRecorded {
        TouchpointRecorded(
            who: try who(fields), channel: try fields.required(.channel), summary: try summary(fields),
            direction: try fields.word(.direction), operator: try fields.optional(.operator),
            duration: try fields.integer(.duration, in: 0...WireLimits.durationMax))
    }

    private static func summary(_ fields: borrowing Fields) throws(WireError) -> String {
        guard let value = fields.value(.summary) else { throw fields.missing(.summary) }
        if value.count == 0 { throw fields.invalid(.summary, "is empty; it must be \(Attribute.summary.meaning)") }
        return try fields.typed(.summary) ?? ""
    }

    static func remark(_ type: EventType, _ fields: borrowing Fields) throws(WireError) -> RemarkEvent {
        let by = try fields.optional(.operator)
        let spent = try fields.integer(.duration, in: 0...WireLimits.durationMax)
        if type == .disposition {
            return RemarkEvent(by: by, what: .final(.disposition(try fields.required(.reason))), spent: spent)
        }
        let text = try fields.prose(.text), extent: Extent? = try fields.word(.kind)
        let isWhole = extent == .whole
        if type == .noteDraft { return RemarkEvent(by: by, what: .draft(text), spent: spent, isWhole: isWhole) }
        guard let text else { throw fields.missing(.text) }
        return RemarkEvent(by: by, what: .final(.note(text)), spent: spent, isWhole: isWhole)
    }

    /// What a look-up outside said.
    static func outside(_ fields: borrowing Fields, readAt: Timestamp) throws(WireError) -> OutsideAnswer {
        guard let state: OutsideAnswer.State = try fields.word(.state) else {
            throw fields.missing(.state, Fields.words(OutsideAnswer.State.self))
        }
        guard let at = try fields.time(.since, readAt: readAt) else { throw fields.missing(.since) }
        let age: Age? = try fields.word(.kind)
        return OutsideAnswer(
            lookup: try fields.required(.name), state: state, at: at,
            took: try fields.integer(.duration, in: 0...WireLimits.durationMax), text: try fields.prose(.text),
            externalID: try fields.optional(.externalID), url: try fields.optional(.url), isOld: age == .old)
    }

    /// Whether an answer is older than it should be.
    private enum Age: String, CaseIterable { case old }

    /// Whether a text is everything that its author typed about the call.
    private enum Extent: String, CaseIterable { case whole }

    /// A note on a customer, that belongs to no call.
    static func customerNote(_ fields: borrowing Fields) throws(WireError) -> TouchpointRecorded {
        guard let customer = try fields.customer() else { throw fields.missing(.customer) }
        guard let text = try fields.prose(.text) else { throw fields.missing(.text) }
        return TouchpointRecorded(
            who: .customer(customer), channel: Touchpoint.note, summary: text, operator: try fields.optional(.operator),
            duration: try fields.integer(.duration, in: 0...WireLimits.durationMax))
    }

    private static func who(_ fields: borrowing Fields) throws(WireError) -> TouchpointRecorded.Who {
        if let id = try fields.customer() { return .customer(id) }
        if let number = try fields.typed(.from) { return .from(number) }
        if let address = try fields.optional(.email) { return .email(address) }
        if let account = try fields.optional(.account) { return .account(account) }
        throw fields.missing(.customer, "who it was: customer, from, email or account")
    }

    /// Which part of a snapshot this is; nil for one that is whole.
    private static func part(_ fields: borrowing Fields) throws(WireError) -> PBXSnapshot.Part? {
        let parts = Int64(WireLimits.snapshotPartsMax)
        guard let of = try fields.integer(.parts, in: 1...parts) else {
            if fields.value(.part) != nil { throw fields.missing(.parts) }
            return nil
        }
        guard let number = try fields.integer(.part, in: 1...parts) else { throw fields.missing(.part) }
        if number > of { throw fields.invalid(.part, "is more than parts") }
        return .init(number: Int(number), of: Int(of))
    }

    /// Both lists are required: if one were forgotten, every open call would be ended.
    static func snapshot(_ fields: borrowing Fields, readAt: Timestamp) throws(WireError) -> PBXSnapshot {
        var snapshot = PBXSnapshot(calls: [], operators: [], part: try part(fields))
        try fields.objects(.calls) { (call: borrowing Fields) throws(WireError) in
            snapshot.calls.append(try liveCall(call, readAt: readAt))
        }
        try fields.objects(.operators) { (entry: borrowing Fields) throws(WireError) in
            snapshot.operators.append(try liveOperator(entry, readAt: readAt))
        }
        return snapshot
    }

    /// Only id and state are required: a PBX lists what it still knows of a call.
    private static func liveCall(_ fields: borrowing Fields, readAt: Timestamp) throws(WireError)
        -> PBXSnapshot.LiveCall
    {
        let call = try fields.required(.call)
        guard let state: PBXSnapshot.LiveCall.State = try fields.word(.state) else {
            throw fields.missing(.state, Fields.words(PBXSnapshot.LiveCall.State.self))
        }
        let queue = try fields.optional(.queue)
        return .init(
            call: call, state: state,
            offered: .init(
                from: try fields.typed(.from), to: try fields.typed(.to), queue: queue, name: try fields.typed(.name),
                presentation: try fields.word(.presentation) ?? .allowed),
            queue: queue, operator: try fields.optional(.operator), slot: try fields.optional(.slot),
            isOutbound: try fields.word(.direction) == TouchpointRecorded.Direction.outbound,
            since: try fields.time(.since, readAt: readAt))
    }

    /// An operator whose state is not said is available: the PBX lists who is there.
    private static func liveOperator(_ fields: borrowing Fields, readAt: Timestamp) throws(WireError)
        -> PBXSnapshot.LiveOperator
    {
        .init(
            operator: try fields.required(.operator), state: try fields.word(.state) ?? .available,
            name: try fields.typed(.name), device: try fields.optional(.device), queues: try fields.queueNames(),
            reason: try fields.typed(.reason), since: try fields.time(.since, readAt: readAt))
    }
}
