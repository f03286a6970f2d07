import CallCenter

/// Encodes events of the daemon as lines of the log, so that `EventDecoder` reads the same event again: what is applied
/// now is what a replay will apply.
///
/// The limits are the decoder's: text that a person typed is cleaned, everything else that is out of range is refused.
public enum EventEncoder {
    /// - Parameters:
    ///   - event: one that the daemon makes itself. Its time is written when `timeIsGiven`.
    ///   - readAt: the time that goes into the log as when it was read.
    /// - Returns: the event as it will be read, and the line without an end. The line names no source: the log has it
    ///   beside the line, as that of every line that names none.
    /// - Throws: `WireError` for what no line can say: a text that is too long or has control characters, a number out
    ///   of its range, an event that is longer than a line.
    public static func encode(
        _ event: Event, readAt: Timestamp
    ) throws(WireError) -> (event: Event, call: String?, line: [UInt8]) {
        try EventLine.checkSource(event.source)
        var line = EventLine(readAt: readAt)
        var event = event
        event.body = event.body.asRead
        line.out.append(UInt8(ascii: "{"))
        line.out.field("type", type(of: event.body).rawValue)
        try line.name(.id, event.id)
        if event.timeIsGiven { try line.time(.time, event.time) } else { event.time = readAt }
        let call = event.body.call
        try line.name(.call, call)
        try write(event.body, into: &line)
        line.out.append(UInt8(ascii: "}"))
        if line.out.count > WireLimits.lineBytesMax { throw .lineTooLong }
        return (event, call, line.out.bytes)
    }

    private static func type(of body: Event.Body) -> EventType {
        switch body {
        case .call(_, let event): type(of: event)
        case .operator(_, let event): type(of: event)
        case .snapshot: .snapshot
        case .pbxDisconnected: .pbxDisconnected
        case .pbxConnected: .pbxConnected
        case .touchpoint(let contact): contact.isCustomerNote ? .customerNote : .touchpoint
        case .popSeen: .popSeen
        case .remark(_, let remark):
            switch remark.what {
            case .draft: .noteDraft
            case .final(.note): .note
            case .final(.disposition): .disposition
            }
        case .callbackDone: .callbackDone
        case .callbackClaim: .callbackClaim
        case .outside: .outside
        case .ping: .ping
        }
    }

    private static func type(of event: CallEvent) -> EventType {
        switch event {
        case .offered: .offered
        case .dialed: .dialed
        case .identified(.nobody): .unidentified
        case .identified: .identified
        case .queued: .queued
        case .ringing: .ringing
        case .unanswered: .unanswered
        case .answered: .answered
        case .parked: .parked
        case .retrieved: .retrieved
        case .held: .held
        case .resumed: .resumed
        case .transferred: .transferred
        case .dequeued: .dequeued
        case .ended: .ended
        }
    }

    private static func type(of event: OperatorEvent) -> EventType {
        switch event {
        case .login: .login
        case .logout: .logout
        case .paused: .paused
        case .resumed: .unpaused
        case .ready: .ready
        case .busy: .busy
        case .free: .free
        }
    }

    private static func write(_ body: Event.Body, into line: inout EventLine) throws(WireError) {
        switch body {
        case .call(_, let event): try write(event, into: &line)
        case .operator(let id, let event):
            try line.name(.operator, id)
            try write(event, into: &line)
        case .snapshot(let snapshot): try write(snapshot, into: &line)
        case .touchpoint(let contact): try write(contact, into: &line)
        case .popSeen(let pop, let who):
            try line.name(.pop, pop)
            try line.name(.operator, who)
        case .remark(_, let remark): try write(remark, into: &line)
        case .callbackDone(let done):
            try line.required(.from, done.from)
            try line.text(.operator, done.by)
            try line.prose(.text, done.note)
        case .callbackClaim(let claim):
            try line.required(.from, claim.from)
            try line.text(.operator, claim.by)
        case .outside(_, let answer): try write(answer, into: &line)
        case .pbxDisconnected, .pbxConnected, .ping: break
        }
    }

    private static func write(_ remark: RemarkEvent, into line: inout EventLine) throws(WireError) {
        try line.text(.operator, remark.by)
        try line.number(.duration, remark.spent, in: 0...WireLimits.durationMax)
        switch remark.what {
        case .draft(let text): try line.prose(.text, text)
        case .final(.note(let text)): try line.requiredProse(.text, text)
        case .final(.disposition(let code)): return try line.required(.reason, code)
        }
        if remark.isWhole { line.word(.kind, "whole") }
    }

    private static func write(_ answer: OutsideAnswer, into line: inout EventLine) throws(WireError) {
        try line.required(.name, answer.lookup)
        line.word(.state, answer.state.rawValue)
        try line.time(.since, answer.at)
        try line.number(.duration, answer.took, in: 0...WireLimits.durationMax)
        try line.prose(.text, answer.text)
        try line.text(.externalID, answer.externalID)
        try line.text(.url, answer.url)
        if answer.isOld { line.word(.kind, "old") }
    }

    private static func write(_ contact: TouchpointRecorded, into line: inout EventLine) throws(WireError) {
        switch contact.who {
        case .customer(let id): try line.number(.customer, id, in: 1...Int64.max)
        case .from(let number): try line.required(.from, number)
        case .email(let address): try line.required(.email, address)
        case .account(let account): try line.required(.account, account)
        }
        try line.text(.operator, contact.operator)
        try line.number(.duration, contact.duration, in: 0...WireLimits.durationMax)
        if contact.isCustomerNote { return try line.requiredProse(.text, contact.summary) }
        try line.required(.channel, contact.channel)
        try line.required(.summary, contact.summary)
        line.word(.direction, contact.direction?.rawValue)
    }
}

extension TouchpointRecorded {
    /// A note about a customer, which belongs to no call.
    fileprivate var isCustomerNote: Bool {
        guard case .customer = who else { return false }
        return channel == Touchpoint.note && direction == nil
    }
}
