import AMI
import CallCenter

/// Phones in use by something that is no customer's call: a colleague, a consultation, a code that takes its time.
extension Translator {
    mutating func noteUse(_ ids: Set<String>, _ time: Timestamp) {
        let phones = ids.filter { id in channels[id].map { !$0.isLocal } ?? false }
        guard !phones.isEmpty else { return }
        var owners: [String: String] = [:]
        for id in phones { owners[id] = channels[id].flatMap(operatorID) }
        guard !owners.isEmpty else { return }
        var changed: Set<String> = []
        for group in groups(of: Set(owners.keys)) {
            let hasCustomer = group.contains { callOfParty[$0] != nil }
            let isTalkOfColleagues = !hasCustomer && Set(group.compactMap { owners[$0] }).count > 1
            for id in group {
                guard let channel = channels[id], let who = owners[id] else { continue }
                let isUsed = channel.isIncoming || channel.isUp || channel.ringAt != nil
                if isTalkOfColleagues, channel.isIncoming { channels[id]?.isInternal = true }
                let isBusy =
                    !channel.hasServed && channel.agent == nil
                    && (channels[id]?.isInternal == true || (isTalkOfColleagues && isUsed))
                if isBusy == (channel.busyAs != nil) { continue }
                channels[id]?.busyAs = isBusy ? who : nil
                let counted = channel.busyAs ?? who
                changed.insert(counted)
                if isBusy { busy[counted, default: []].insert(id) } else { busy[counted]?.remove(id) }
            }
        }
        for who in changed.sorted() { tellUse(who, time) }
    }

    /// Phones that hang together, group by group.
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
        tellUse(who, time)
    }

    /// One busy until one free, whatever is used meanwhile. Bridges are joined and split within some milliseconds, so
    /// a phone that is free is told of a moment later.
    private mutating func tellUse(_ who: String, _ time: Timestamp) {
        guard busy[who]?.isEmpty == false else {
            busy[who] = nil
            if toldBusy.contains(who), freeSince[who] == nil { freeSince[who] = time }
            return
        }
        freeSince[who] = nil
        guard toldBusy.insert(who).inserted else { return }
        tell("operator.busy", who, time, [("operator", .text(who))])
    }

    mutating func settleUse(_ now: Timestamp) {
        guard !freeSince.isEmpty else { return }
        for (who, since) in freeSince.sorted(by: { $0.key < $1.key }) where now - since > Translator.lossAfterMs {
            freeSince[who] = nil
            toldBusy.remove(who)
            tell("operator.free", who, since, [("operator", .text(who))])
        }
    }

    /// A phone that is off the hook for a while, and calls nobody: it listens in, or to a recording.
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

    /// The phone waits for the calls of an agent, whoever's it is.
    mutating func agentLogin(_ frame: AMIFrame, _ time: Timestamp) {
        guard let id = frame["Uniqueid"], let agent = frame["Agent"], !agent.isEmpty, let channel = channels[id] else {
            return
        }
        // Whoever sits at the phone is the agent from now on.
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
