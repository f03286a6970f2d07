import CallCenter

/// Contacts from elsewhere as bytes: in the log, and in their tables.
extension PackedWriter {
    mutating func inboxItem(_ one: InboxItem) {
        byte(1)
        signed(one.id)
        signed(one.version)
        signed(one.receivedAt.ms)
        signed(one.state.rawValue)
        optional(one.handling) { out, handling in
            out.signed(handling.at.ms)
            out.optional(handling.by)
            for id in [handling.customer, handling.contact, handling.caseID] { out.optional(id) }
            out.byte((handling.hasOpenedCase ? 1 : 0) | (handling.hasStoredAddress ? 2 : 0))
        }
        incoming(one.contact)
    }

    mutating func trace(_ one: RecordChange.Trace) {
        byte(1)
        signed(one.item)
        signed(one.customer)
        text(one.key)
        optional(one.caseID)
        text(one.subject)
        signed(one.at.ms)
    }

    mutating func incoming(_ one: IncomingContact) {
        text(one.key)
        text(one.channel)
        text(one.direction.rawValue)
        signed(one.at.ms)
        list(one.parties) { out, party in
            switch party.address {
            case .email(let address):
                out.byte(1)
                out.text(address)
            case .phone(let number):
                out.byte(2)
                out.text(number.raw)
                out.optional(number.e164)
                out.text(number.display)
            case .account(let service, let id):
                out.byte(3)
                out.text(service)
                out.text(id)
            }
            out.optional(party.name)
        }
        optional(one.subject)
        text(one.text)
        list(one.attachments) { out, attachment in
            out.optional(attachment.name)
            out.text(attachment.type)
            out.signed(attachment.size)
        }
        list(one.thread) { $0.text($1) }
        signed(one.kind.rawValue)
    }
}

extension PackedReader {
    mutating func inboxItem() throws(Malformed) -> InboxItem {
        guard try byte() == 1 else { throw Malformed() }
        let id = try signed(), version = try signed(), receivedAt = Timestamp(ms: try signed())
        guard let state = InboxItem.State(rawValue: try signed()) else { throw Malformed() }
        let handling = try optional { from throws(Malformed) in
            var one = InboxItem.Handling(at: Timestamp(ms: try from.signed()), by: try from.optionalText())
            one.customer = try from.optionalSigned()
            one.contact = try from.optionalSigned()
            one.caseID = try from.optionalSigned()
            let flags = try from.byte()
            one.hasOpenedCase = flags & 1 != 0
            one.hasStoredAddress = flags & 2 != 0
            return one
        }
        var one = InboxItem(
            id: id, version: version, receivedAt: receivedAt, contact: try incoming(), state: state)
        one.handling = handling
        return one
    }

    mutating func trace() throws(Malformed) -> RecordChange.Trace {
        guard try byte() == 1 else { throw Malformed() }
        return RecordChange.Trace(
            item: try signed(), customer: try signed(), key: try text(), caseID: try optionalSigned(),
            subject: try text(), at: Timestamp(ms: try signed()))
    }

    mutating func incoming() throws(Malformed) -> IncomingContact {
        var one = IncomingContact(
            key: try text(), channel: try text(), direction: try word(), at: Timestamp(ms: try signed()))
        one.parties = try list { from throws(Malformed) in
            let address: IncomingContact.Address
            switch try from.byte() {
            case 1: address = .email(try from.text())
            case 2:
                address = .phone(
                    PhoneEntry(raw: try from.text(), e164: try from.optionalText(), display: try from.text()))
            case 3: address = .account(service: try from.text(), id: try from.text())
            default: throw Malformed()
            }
            return IncomingContact.Party(address, name: try from.optionalText())
        }
        one.subject = try optionalText()
        one.text = try text()
        one.attachments = try list { from throws(Malformed) in
            IncomingContact.Attachment(name: try from.optionalText(), type: try from.text(), size: try from.signed())
        }
        one.thread = try texts()
        guard let kind = IncomingContact.Kind(rawValue: try signed()) else { throw Malformed() }
        one.kind = kind
        return one
    }
}
