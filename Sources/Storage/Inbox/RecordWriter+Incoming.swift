import CallCenter
import SQLite

/// Recording contacts that come from elsewhere: on the record of whom they are from, or in the inbox.
extension RecordWriter {
    /// Records a contact from elsewhere. It comes once: with a key that came before, nothing is written.
    ///
    /// What the centre wrote is on the record of everybody who got it. Of several customers with one address the one
    /// whose thread it is, or whose name it bears, has it; where that is nobody it goes to the inbox, as it must not be
    /// on the record of somebody else.
    public func receive(
        _ contact: IncomingContact, rules: IncomingRules, by author: Author, at now: Timestamp
    ) throws(EditError) -> Received {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                if let before = try state.received(contact.key) { return Outcome(before) }
                let thread = try state.traces(of: contact.thread)
                let customers = try state.customers(of: contact, thread: thread)
                guard !customers.isEmpty else { return try waiting(contact, origin, state) }
                var changes: [RecordChange] = [], places: [Received.Place] = []
                for customer in customers {
                    let place = try state.record(contact, on: customer, thread: thread, rules, origin, &changes)
                    if let place { places.append(place) }
                }
                return Outcome(Received(outcome: .recorded, places: places), changes)
            }
        }
    }

    private func waiting(
        _ contact: IncomingContact, _ origin: CustomerStore.State.Origin, _ state: borrowing CustomerStore.State
    ) throws(SQLiteError) -> Outcome<Received> {
        if contact.direction == .outbound, contact.kind == .message {
            // What the centre writes to its suppliers is nobody's work. An answer to somebody in the inbox waits with
            // what it answers.
            var isAnswer = false
            for party in contact.parties {
                if try !state.openInboxItems(address: party.address.key, limit: 1).isEmpty { isAnswer = true }
            }
            guard isAnswer else { return Outcome(Received(outcome: .ignored)) }
        }
        let item = InboxItem(id: try state.nextInboxItem(), receivedAt: origin.at, contact: contact)
        try state.apply(item)
        return Outcome(Received(outcome: .inbox, inbox: item.id), [.inbox(item)])
    }
}

extension CustomerStore.State {
    /// Where a contact with this key is; nil for a new one.
    fileprivate borrowing func received(_ key: String) throws(SQLiteError) -> Received? {
        let places = try traces(of: key).map {
            Received.Place(customer: $0.customer, contact: $0.item, caseID: $0.caseID)
        }
        if !places.isEmpty { return Received(outcome: .known, places: places) }
        if let item = try inboxItem(key: key) { return Received(outcome: .known, inbox: item.id) }
        // A mail of ours that comes back as a copy is recorded by whoever sends it.
        if try isReply(key) { return Received(outcome: .known) }
        return try isTraced(key) ? Received(outcome: .known) : nil
    }

    /// Whose records a contact belongs on.
    fileprivate borrowing func customers(
        of contact: IncomingContact, thread: [TracedContact]
    ) throws(SQLiteError) -> [Int64] {
        var found: [Int64] = []
        for party in contact.parties.prefix(IncomingContact.Limits.partiesMax) {
            guard let one = try customer(of: party, thread: thread), !found.contains(one) else { continue }
            found.append(one)
        }
        // A server says which mail it could not deliver, and not always to whom.
        if found.isEmpty, contact.kind == .bounce, let first = thread.first { found = [first.customer] }
        return found
    }

    private borrowing func customer(
        of party: IncomingContact.Party, thread: [TracedContact]
    ) throws(SQLiteError) -> Int64? {
        let ids = try customers(with: party.address)
        guard ids.count > 1 else { return ids.first }
        if let known = thread.first(where: { ids.contains($0.customer) }) { return known.customer }
        guard let name = party.name.map(CustomerStore.State.plain) else { return nil }
        var named: [Int64] = []
        for id in ids {
            guard let fields = try record(id)?.fields else { continue }
            let names = [fields.name, fields.kana].compactMap { $0.map(CustomerStore.State.plain) }
            if names.contains(name) { named.append(id) }
        }
        return named.count == 1 ? named[0] : nil
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { !$0.isWhitespace } }

    /// Puts a contact on a record, and into the case of its subject.
    ///
    /// - Parameter changes: gets what was changed.
    /// - Returns: nil where there is no such customer.
    borrowing func record(
        _ contact: IncomingContact, on customer: Int64, thread: [TracedContact], _ rules: IncomingRules,
        _ origin: Origin, _ changes: inout [RecordChange]
    ) throws(SQLiteError) -> Received.Place? {
        guard let fields = try record(customer)?.fields else { return nil }
        let item = RecordChange.KeptItem(
            id: try nextItem(), customer: customer, version: 1, createdAt: origin.at, createdBy: origin.author.who,
            content: .contact(contact.contact))
        try apply(item, origin)
        changes.append(.item(item))
        var place = Received.Place(customer: customer, contact: item.id)
        let found = try currentCase(of: contact, customer, thread, rules, origin.at)
        if let found {
            if let changed = found.with(contact, item: item.id, at: origin.at) {
                try apply(changed.fields, origin)
                changes.append(.customerCase(changed.fields))
            }
            place.caseID = found.id
        } else if contact.opensCase, rules.opensCases {
            var details = CaseDetails()
            details.phase = rules.phase
            details.cameBy = contact.channel
            details.contacts = [item.id]
            let new = RecordChange.CaseFields(
                id: try nextCase(), customer: customer, kind: .case, title: contact.title,
                owner: fields.owner, due: nil, createdAt: origin.at, createdBy: nil, closedAt: nil, closedBy: nil,
                spent: nil, version: 1, details: details)
            try apply(new, origin)
            changes.append(.customerCase(new))
            place.caseID = new.id
            place.isNewCase = true
        }
        let trace = RecordChange.Trace(
            item: item.id, customer: customer, key: contact.key, caseID: place.caseID, subject: contact.subjectKey,
            at: contact.at)
        try apply(trace)
        changes.append(.trace(trace))
        return place
    }

    /// The case that a contact belongs to: of its thread, else of its subject. One that was closed is it still, where
    /// it is opened again by this contact.
    private borrowing func currentCase(
        of contact: IncomingContact, _ customer: Int64, _ thread: [TracedContact], _ rules: IncomingRules,
        _ now: Timestamp
    ) throws(SQLiteError) -> CustomerCase? {
        var ids = thread.filter { $0.customer == customer }.compactMap(\.caseID)
        // Programs write subjects of their own.
        if contact.kind == .message {
            let since = contact.at - rules.threadWithin
            if let id = try caseAbout(contact.subjectKey, of: customer, since: since) { ids.append(id) }
        }
        for id in ids {
            guard let one = try customerCase(id), one.customer == customer else { continue }
            guard let closedAt = one.closedAt else { return one }
            if contact.opensCase, now - closedAt <= rules.reopenWithin { return one }
        }
        return nil
    }
}

extension IncomingContact {
    /// Whether somebody has to do something now.
    fileprivate var opensCase: Bool { kind == .message && direction == .inbound }
}

extension CustomerCase {
    /// The case with a contact; nil where nothing changes.
    fileprivate func with(_ contact: IncomingContact, item: Int64, at now: Timestamp) -> CustomerCase? {
        var one = self
        let isClosed = closedAt != nil
        if isClosed { one.reopen() }
        if one.details.contacts.count < CaseDetails.linksMax { one.details.contacts.append(item) }
        if contact.kind == .message, contact.direction == .inbound {
            // The customer has done something: that is no progress of the centre's.
            one.details.waitingSince = nil
            if isClosed { one.noteProgress(since: self, at: now) }
        } else if contact.kind == .message {
            one.noteProgress(since: self, at: now)
        }
        guard one.fields != fields else { return nil }
        one.version += 1
        return one
    }
}
