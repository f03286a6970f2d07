import AMI
import CallCenter

/// Phones in use by something that is no customer's call: a colleague, a consultation, a code that takes its time.
extension Translator {
    mutating func noteUse(_ ids: Set<String>, _ time: Timestamp) {
        var owners: [String: String] = [:]
        for id in ids {
            guard let channel = channels[id], !channel.isLocal, let who = operatorID(of: channel) else { continue }
            owners[id] = who
        }
        guard !owners.isEmpty else { return }
        var changed: Set<String> = []
        if owners.count == 1 {
            // A phone with a caller, as nearly always: there is no colleague to talk with.
            for (id, who) in owners { noteUse(of: id, who, withColleagues: false, &changed) }
        } else {
            for group in groups(of: Set(owners.keys)) {
                let hasCustomer = group.contains { callOfParty[$0] != nil }
                let isTalkOfColleagues = !hasCustomer && Set(group.compactMap { owners[$0] }).count > 1
                for id in group {
                    if let who = owners[id] { noteUse(of: id, who, withColleagues: isTalkOfColleagues, &changed) }
                }
            }
        }
        for who in changed.sorted() { emitUse(who, time) }
    }

    /// - Parameters:
    ///   - isTalkOfColleagues: the phone is connected with phones of others, and with no customer.
    ///   - changed: operators whose phones became busy or free.
    private mutating func noteUse(
        of id: String, _ who: String, withColleagues isTalkOfColleagues: Bool, _ changed: inout Set<String>
    ) {
        guard let channel = channels[id] else { return }
        let isInternal = channel.isInternal || (isTalkOfColleagues && channel.isIncoming)
        if isInternal != channel.isInternal { channels[id]?.isInternal = true }
        let isUsed = channel.isIncoming || channel.isUp || channel.ringAt != nil
        let isBusy = !channel.hasServed && channel.agent == nil && (isInternal || (isTalkOfColleagues && isUsed))
        if isBusy == (channel.busyAs != nil) { return }
        channels[id]?.busyAs = isBusy ? who : nil
        let counted = channel.busyAs ?? who
        changed.insert(counted)
        if isBusy { busy[counted, default: []].insert(id) } else { busy[counted]?.remove(id) }
    }

    /// Connected phones, by group.
    private func groups(of phones: Set<String>) -> [Set<String>] {
        var left = phones, groups: [Set<String>] = []
        while let first = left.first {
            let group = party(of: first).union([first])
            groups.append(group)
            left.subtract(group)
        }
        return groups
    }

    /// The channel is gone.
    mutating func endUse(of channel: Channel?, _ time: Timestamp) {
        guard let channel, let who = channel.busyAs else { return }
        busy[who]?.remove(channel.id)
        emitUse(who, time)
    }

    /// Sends one `busy` until one `free`, however many channels are used meanwhile. Bridges are merged and split within
    /// milliseconds, so `free` is sent a moment later.
    private mutating func emitUse(_ who: String, _ time: Timestamp) {
        guard busy[who]?.isEmpty == false else {
            busy[who] = nil
            if toldBusy.contains(who), freeSince[who] == nil { freeSince[who] = time }
            return
        }
        freeSince[who] = nil
        guard toldBusy.insert(who).inserted else { return }
        emit("operator.busy", who, time, [("operator", .text(who))])
    }

    mutating func settleUse(_ now: Timestamp) {
        guard !freeSince.isEmpty else { return }
        for (who, since) in freeSince.sorted(by: { $0.key < $1.key }) where now - since > Translator.lossAfterMs {
            freeSince[who] = nil
            toldBusy.remove(who)
            emit("operator.free", who, since, [("operator", .text(who))])
        }
    }

    /// A phone that is off the hook for a while and calls nobody: it listens in, or to a recording.
    mutating func decide(_ id: String, _ now: Timestamp) {
        guard let channel = channels[id], !channel.hasServed, !channel.isInternal, channel.agent == nil else {
            undecided.remove(id)
            return
        }
        guard channel.isUp, now - channel.startedAt > Translator.codeAfterMs else { return }
        undecided.remove(id)
        channels[id]?.isInternal = true
        noteUse(component(of: [id]), channel.startedAt)
    }

    // MARK: Agents' pools

    /// The phone belongs to an agent from now on.
    mutating func agentLogin(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let agent = frame["Agent"], !agent.isEmpty, let channel = channels[id] else {
            return
        }
        // The agent owns the phone from now on.
        endUse(of: channel, time)
        channels[id]?.busyAs = nil
        channels[id]?.isInternal = false
        channels[id]?.agent = agent
        undecided.remove(id)
        follow([id], time)
    }

    mutating func agentLogoff(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], channels[id] != nil else { return }
        channels[id]?.agent = nil
        follow([id], time)
    }
}
