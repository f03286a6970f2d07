import CallCenter

/// A line as it is written, attribute by attribute, each within the limits that `Fields` reads it with.
struct EventLine {
    var out = ByteBuilder(capacity: 256)
    let readAt: Timestamp

    init(readAt: Timestamp) { self.readAt = readAt }

    /// The source of an event, which is kept beside its line.
    static func checkSource(_ source: String) throws(WireError) {
        var line = EventLine(readAt: Timestamp(ms: 0))
        try line.name(.source, source)
    }

    private func invalid(_ attribute: Attribute, _ rule: String) -> WireError {
        WireError(.invalidField, field: attribute.name, message: "\(attribute.name) \(rule).")
    }

    private func checkLength(_ text: String, of attribute: Attribute) throws(WireError) {
        if text.utf8.count > attribute.bytesMax {
            throw invalid(attribute, "is longer than \(attribute.bytesMax) bytes; shorten it")
        }
    }

    private mutating func write(_ attribute: Attribute, _ text: String) {
        out.key(text: attribute.name)
        out.value(text)
    }

    /// A text that may be left out; "" is read as none.
    mutating func text(_ attribute: Attribute, _ text: String?) throws(WireError) {
        guard let text else { return }
        if text.hasControls { throw invalid(attribute, "has a control character in it; leave it out") }
        try checkLength(text, of: attribute)
        if text.isEmpty { throw invalid(attribute, "is empty; leave it out") }
        write(attribute, text)
    }

    /// The same, and null where there is none.
    mutating func textOrNull(_ attribute: Attribute, _ text: String?) throws(WireError) {
        if let text { return try self.text(attribute, text) }
        out.key(text: attribute.name)
        out.null()
    }

    mutating func required(_ attribute: Attribute, _ text: String) throws(WireError) { try self.text(attribute, text) }

    /// What names something: it may be left out, and is not "".
    mutating func name(_ attribute: Attribute, _ name: String?) throws(WireError) { try text(attribute, name) }

    mutating func names(_ attribute: Attribute, _ names: [String]?) throws(WireError) {
        guard let names else { return }
        guard names.count <= WireLimits.queuesMax else { throw invalid(attribute, "must be \(attribute.meaning)") }
        for name in names {
            if name.isEmpty { throw invalid(attribute, "has an empty name in it; leave it out") }
            if name.hasControls { throw invalid(attribute, "has a control character in it; leave it out") }
            try checkLength(name, of: attribute)
        }
        out.key(text: attribute.name)
        out.value(names)
    }

    /// A text of several lines.
    mutating func prose(_ attribute: Attribute, _ text: String?) throws(WireError) {
        guard let text else { return }
        if text.utf8.contains(where: { ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F }) {
            throw invalid(attribute, "has a control character in it that is no line end; leave it out")
        }
        try checkLength(text, of: attribute)
        if text.isEmpty { throw invalid(attribute, "is empty; leave it out") }
        write(attribute, text)
    }

    mutating func requiredProse(_ attribute: Attribute, _ text: String) throws(WireError) {
        try prose(attribute, text)
    }

    mutating func number(_ attribute: Attribute, _ number: Int64?, in range: ClosedRange<Int64>) throws(WireError) {
        guard let number else { return }
        guard range.contains(number) else { throw invalid(attribute, "must be \(attribute.meaning)") }
        out.key(text: attribute.name)
        out.value(number)
    }

    /// One of a closed set.
    mutating func word(_ attribute: Attribute, _ word: String?) {
        guard let word else { return }
        write(attribute, word)
    }

    mutating func time(_ attribute: Attribute, _ time: Timestamp?) throws(WireError) {
        guard let time else { return }
        guard time >= WireLimits.timeMin, time - readAt <= WireLimits.timeAheadMax else {
            throw invalid(attribute, "is before the year 2000, or more than 366 days ahead of this machine's clock")
        }
        out.key(text: attribute.name)
        out.value(time)
    }

    mutating func objects<Element>(
        _ attribute: Attribute, _ elements: [Element], _ write: (Element, inout EventLine) throws(WireError) -> Void
    ) throws(WireError) {
        out.key(text: attribute.name)
        out.append(UInt8(ascii: "["))
        for (number, element) in elements.enumerated() {
            if number > 0 { out.append(UInt8(ascii: ",")) }
            out.append(UInt8(ascii: "{"))
            try write(element, &self)
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "]"))
    }
}

extension Event.Body {
    /// The call that it is about; nil for what is about none.
    var call: String? {
        switch self {
        case .call(let call, _), .remark(let call, _), .outside(let call, _): call
        default: nil
        }
    }

    /// With the texts as a reader of the line has them: those that a person typed have a space for each control
    /// character and are cut where they are too long; a text of nothing is none.
    var asRead: Event.Body {
        func clean(_ text: String?) -> String? {
            guard let text else { return nil }
            let plain = text.withoutControls.cut(toBytes: WireLimits.stringBytesMax)
            return plain.isEmpty ? nil : plain
        }
        func named(_ text: String?) -> String? { text == "" ? nil : text }
        func clean(_ text: String) -> String { clean(text as String?) ?? "" }
        func clean(_ offered: CallEvent.Offered) -> CallEvent.Offered {
            var offered = offered
            offered.from = clean(offered.from)
            offered.to = clean(offered.to)
            offered.name = clean(offered.name)
            return offered
        }
        switch self {
        case .call(let call, .offered(let offered)): return .call(call, .offered(clean(offered)))
        case .call(let call, .dialed(var dialed)):
            dialed.to = clean(dialed.to)
            dialed.from = clean(dialed.from)
            return .call(call, .dialed(dialed))
        case .call(let call, .identified(.from(let number))): return .call(call, .identified(.from(clean(number))))
        case .call(let call, .transferred(.number(let number), let kind)):
            return .call(call, .transferred(to: .number(clean(number)), kind: kind))
        case .operator(let id, .login(let name, let device, let queues)):
            return .operator(id, .login(name: clean(name), device: named(device), queues: queues))
        case .operator(let id, .paused(let reason)): return .operator(id, .paused(reason: clean(reason)))
        case .operator(let id, .busy(let reason)): return .operator(id, .busy(reason: clean(reason)))
        case .snapshot(var snapshot):
            for i in snapshot.calls.indices { snapshot.calls[i].offered = clean(snapshot.calls[i].offered) }
            for i in snapshot.operators.indices {
                snapshot.operators[i].name = clean(snapshot.operators[i].name)
                snapshot.operators[i].reason = clean(snapshot.operators[i].reason)
            }
            return .snapshot(snapshot)
        case .touchpoint(var contact):
            if case .from(let number) = contact.who { contact.who = .from(clean(number)) }
            if contact.channel != Touchpoint.note { contact.summary = clean(contact.summary) }
            contact.operator = named(contact.operator)
            return .touchpoint(contact)
        case .remark(let call, var remark):
            remark.by = named(remark.by)
            if case .draft(let text) = remark.what { remark.what = .draft(named(text)) }
            return .remark(call: call, remark)
        case .callbackDone(var done):
            (done.by, done.note) = (named(done.by), named(done.note))
            return .callbackDone(done)
        case .callbackClaim(var claim):
            claim.by = named(claim.by)
            return .callbackClaim(claim)
        case .outside(let call, var answer):
            answer.text = named(answer.text)
            answer.externalID = named(answer.externalID)
            answer.url = named(answer.url)
            return .outside(call: call, answer)
        default: return self
        }
    }
}
