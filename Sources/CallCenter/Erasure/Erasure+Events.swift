/// An event without a customer's data.
extension Erasure {
    /// An event as it stands in the log after the customer was erased.
    ///
    /// - Parameters:
    ///   - lookup: what was looked up for it, before this was applied to it.
    ///   - isTheirs: whether the event is about the customer as such: told by its position or its call, where its
    ///     texts are not enough. For a snapshot it is asked for each of its calls.
    public func applied(to event: Event, _ lookup: Lookup?, isTheirs: (_ call: String?) -> Bool) -> Event {
        var event = event
        event.body = applied(to: event.body, lookup, isTheirs)
        return event
    }

    private func applied(to body: Event.Body, _ lookup: Lookup?, _ isTheirs: (String?) -> Bool) -> Event.Body {
        switch body {
        case .call(let id, let event): return .call(id, applied(to: event, lookup, isTheirs: isTheirs(id)))
        case .remark(let id, let remark): return isTheirs(id) ? .remark(call: id, blanked(remark)) : body
        case .snapshot(var snapshot):
            for i in snapshot.calls.indices {
                let live = snapshot.calls[i]
                if live.isOutbound {
                    if let found = pseudonym(live.offered.to) { snapshot.calls[i].offered.to = found }
                    continue
                }
                let found = pseudonym(live.offered.from)
                if let found { snapshot.calls[i].offered.from = found }
                if found != nil || isTheirs(live.call) { snapshot.calls[i].offered.name = nil }
            }
            return .snapshot(snapshot)
        case .touchpoint(var contact):
            var isOwn = isTheirs(nil)
            switch contact.who {
            case .customer(let id): isOwn = isOwn || id == customer
            case .from(let number):
                guard let found = pseudonym(number, lookup?.caller) else { break }
                contact.who = .from(found)
                isOwn = true
            case .email(let address):
                guard let found = words[address] else { break }
                contact.who = .email(found)
                isOwn = true
            case .account(let account):
                guard let found = words[account] else { break }
                contact.who = .account(found)
                isOwn = true
            }
            if isOwn, !contact.summary.isEmpty { contact.summary = Erasure.text }
            return .touchpoint(contact)
        case .callbackDone(var done):
            let found = pseudonym(done.from)
            if let found { done.from = found }
            if found != nil || isTheirs(nil), done.note != nil { done.note = Erasure.text }
            return .callbackDone(done)
        case .callbackClaim(var claim):
            if let found = pseudonym(claim.from) { claim.from = found }
            return .callbackClaim(claim)
        case .outside(let id, let answer):
            return isTheirs(id) || isAbout(answer) ? .outside(call: id, answer.erased) : body
        case .operator, .pbxDisconnected, .pbxConnected, .popSeen, .ping: return body
        }
    }

    /// Whether a CRM meant the customer, whoever called.
    func isAbout(_ answer: OutsideAnswer) -> Bool { answer.externalID.map { words[$0] != nil } ?? false }

    private func applied(to event: CallEvent, _ lookup: Lookup?, isTheirs: Bool) -> CallEvent {
        switch event {
        case .offered(var offered):
            let found = pseudonym(offered.from, lookup?.caller)
            if let found { offered.from = found }
            if found != nil || isTheirs { offered.name = nil }
            return .offered(offered)
        case .dialed(var dialed):
            if let found = pseudonym(dialed.to, lookup?.caller) { dialed.to = found }
            return .dialed(dialed)
        case .identified(let who): return .identified(applied(to: who, lookup))
        case .transferred(.number(let number), let kind):
            return .transferred(to: .number(pseudonym(number) ?? number), kind: kind)
        default: return event
        }
    }

    private func applied(to who: CallEvent.Identified, _ lookup: Lookup?) -> CallEvent.Identified {
        switch who {
        case .externalID(let id): .externalID(words[id] ?? id)
        case .account(let account): .account(words[account] ?? account)
        case .email(let address): .email(words[address] ?? address)
        case .from(let number): .from(pseudonym(number, lookup?.caller) ?? number)
        case .customer, .nobody: who
        }
    }

    private func blanked(_ remark: RemarkEvent) -> RemarkEvent {
        var remark = remark
        switch remark.what {
        case .draft(let text): remark.what = .draft(text == nil ? nil : Erasure.text)
        case .final(.note): remark.what = .final(.note(Erasure.text))
        // A code of the configuration, by which calls are counted.
        case .final(.disposition): break
        }
        return remark
    }
}

extension Event {
    /// Whether something of a customer who was erased is replaced in it.
    public var isErased: Bool {
        switch body {
        case .call(_, .offered(let offered)): offered.from.map(ErasedCaller.isOne) ?? false
        case .call(_, .dialed(let dialed)): ErasedCaller.isOne(dialed.to)
        case .call(_, .identified(.from(let word))), .call(_, .identified(.account(let word))),
            .call(_, .identified(.email(let word))), .call(_, .identified(.externalID(let word))):
            ErasedCaller.isOne(word)
        case .call(_, .transferred(.number(let number), _)): ErasedCaller.isOne(number)
        case .remark(_, let remark):
            remark.what == .draft(Erasure.text) || remark.what == .final(.note(Erasure.text))
        case .touchpoint(let contact): contact.summary == Erasure.text
        case .callbackDone(let done): ErasedCaller.isOne(done.from) || done.note == Erasure.text
        case .callbackClaim(let claim): ErasedCaller.isOne(claim.from)
        case .outside(_, let answer): answer.text == Erasure.text
        case .snapshot(let snapshot):
            snapshot.calls.contains { live in
                [live.offered.from, live.offered.to].contains { $0.map(ErasedCaller.isOne) ?? false }
            }
        case .call, .operator, .pbxDisconnected, .pbxConnected, .popSeen, .ping: false
        }
    }
}
