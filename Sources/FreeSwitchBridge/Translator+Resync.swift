import BridgeCore
import CallCenter

/// The live state after a gap in the connection.
extension Translator {
    /// The connection is established, with complete lists. Calls that are not listed have ended unseen.
    ///
    /// - Parameter now: when the lists were complete.
    public mutating func resync(_ lists: SwitchLists, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out = connected(at: now)
        learnAgents(lists, now, isTold: false)
        learnLegs(lists)
        learnCalls(lists, now)
        learnUse(now)
        out += Snapshot(
            id: "link.\(now.ms).snapshot\(options.run)", time: now,
            calls: calls.values.sorted { $0.id < $1.id }.map { object($0, now) },
            operators: agents.values.filter { $0.status == .available || $0.status == .onBreak }.sorted {
                $0.name < $1.name
            }.map { object($0) }
        ).events
        return out
    }

    /// Agents and tiers, which change without events.
    public mutating func poll(_ lists: SwitchLists, arrivedAt now: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        learnAgents(lists, now - aheadMs, isTold: true)
        return out
    }

    /// - Parameter isTold: changes are told, each by its event; otherwise a snapshot tells them.
    private mutating func learnAgents(_ lists: SwitchLists, _ time: Timestamp, isTold: Bool) {
        var queues: [String: Set<String>] = [:]
        for tier in lists.tiers {
            guard let name = tier["agent"], let queue = tier["queue"]?.prefix(while: { $0 != "@" }), !queue.isEmpty,
                queue.utf8.count <= 128
            else { continue }
            queues[name, default: []].insert(String(queue))
        }
        var listed: Set<String> = []
        for row in lists.agents {
            guard let name = row["name"], !Agent.id(name).isEmpty, name.utf8.count <= 128 else { continue }
            listed.insert(name)
            if let contact = row["contact"] { learn(contact: contact, of: name) }
            let before = agents[name]?.queues
            agents[name, default: Agent(name: name)].queues = queues[name] ?? []
            agents[name]?.wrapUpMs = PBXSeconds.milliseconds(row["wrap_up_time"])
            guard let status = Agent.Status(row["status"]) else { continue }
            if !isTold {
                agents[name]?.status = status
            } else if agents[name]?.status != status {
                set(name, status, time)
            } else if let agent = agents[name], status != .loggedOut, let before, before != agent.queues {
                login(agent, time)
                if status == .onBreak { emit("operator.paused", agent.id, time, [("operator", .text(agent.id))]) }
            }
        }
        for name in agents.keys.sorted() where !listed.contains(name) {
            if isTold, agents[name]?.status != .loggedOut { set(name, .loggedOut, time) }
            agents[name] = nil
        }
        let phones = Set(agents.values.compactMap { $0.device.flatMap(Agent.phone(ofDevice:)) })
        phoneOwners = phoneOwners.filter { phones.contains($0.key) }
    }

    // MARK: Legs

    private mutating func learnLegs(_ lists: SwitchLists) {
        let before = legs
        legs = [:]
        var agentOf: [String: String] = [:]
        for row in lists.agents {
            if let leg = row["uuid"], !leg.isEmpty, let name = row["name"] { agentOf[leg] = name }
        }
        for row in lists.channels {
            guard let id = row["uuid"], !id.isEmpty, id.utf8.count <= 100 else { continue }
            var leg = before[id] ?? leg(row, id, lists.facts[id])
            if let name = agentOf[id], leg.owner == nil || !leg.isAgents {
                leg.isAgents = true
                leg.agent = name
                leg.owner = Agent.id(name)
            }
            let created = PBXSeconds.milliseconds(row["created_epoch"]).map(Timestamp.init) ?? leg.createdAt
            switch row["callstate"] {
            case "ACTIVE", "HELD", "UNHELD": leg.answeredAt = leg.answeredAt ?? created
            case "RINGING", "EARLY": if !leg.isIncoming { leg.ringAt = leg.ringAt ?? created }
            default: break
            }
            leg.mates = []
            leg.busyAs = nil
            legs[id] = leg
        }
        for row in lists.channels {
            guard let id = row["uuid"], let leg = legs[id] else { continue }
            // A chain has the id of its first leg.
            if let chain = row["call_uuid"], chain != id, legs[chain] != nil, !leg.isIncoming {
                if before[id] == nil, !leg.isAgents { legs[id]?.originator = chain }
                if leg.answeredAt != nil { mate(id, chain) }
            }
            if row["application"] == "uuid_bridge", let other = row["application_data"], legs[other] != nil {
                mate(id, other)
            }
        }
    }

    private mutating func mate(_ a: String, _ b: String) {
        guard a != b else { return }
        if legs[a]?.mates.contains(b) == false { legs[a]?.mates.append(b) }
        if legs[b]?.mates.contains(a) == false { legs[b]?.mates.append(a) }
    }

    private func leg(_ row: SwitchLists.Row, _ id: String, _ facts: SwitchEvent?) -> Leg {
        let isIncoming = row["direction"] == "inbound", name = LegName(row["name"] ?? "")
        let created = Timestamp(ms: PBXSeconds.milliseconds(row["created_epoch"]) ?? 0)
        var leg = Leg(id: id, createdAt: created, isIncoming: isIncoming)
        leg.profile = name.profile
        leg.user = name.user
        leg.isLoopback = name.isLoopback
        leg.dialled = [row["initial_dest"], row["dest"]].lazy.compactMap { $0 }.first { !$0.isEmpty }
        leg.destination = row["dest"]
        leg.number = isIncoming ? row["cid_num"] : leg.dialled
        let presence = row["presence_id"].flatMap { $0.isEmpty ? nil : $0 }
        let registered = facts?["variable_user_name"] ?? facts?["variable_sip_auth_username"]
        let phone = options.legRules.phone(
            .init(
                profile: leg.profile, user: leg.user, isIncoming: isIncoming,
                context: row["initial_context"] ?? row["context"] ?? "",
                directoryUser: isIncoming ? registered : presence.map { String($0.prefix { $0 != "@" }) },
                gateway: facts?["variable_sip_gateway_name"] ?? facts?["variable_sip_gateway"]),
            isKnown: { phoneOwners[$0] != nil })
        if let phone, !leg.isLoopback {
            leg.owner = phoneOwners[phone] ?? phone
            leg.device = presence.map { "user/\($0)" } ?? "sofia/\(leg.profile)/\(phone)"
        }
        return leg
    }

    // MARK: Calls

    private mutating func learnCalls(_ lists: SwitchLists, _ now: Timestamp) {
        for call in calls.values.sorted(by: { $0.id < $1.id }) {
            let isAlive =
                call.parties.contains { legs[$0] != nil }
                || (call.isDialed && !call.isReached && call.phone.map { legs[$0] != nil } == true)
            if !isAlive { drop(call.id, now) }
        }
        for leg in legs.values.sorted(by: { $0.id < $1.id }) where !leg.isLoopback {
            guard callOfParty[leg.id] == nil, leg.owner == nil else { continue }
            if leg.isIncoming {
                var call = SwitchCall(id: leg.id, startedAt: leg.createdAt)
                let facts = lists.facts[leg.id]
                call.line = facts?["variable_screenpop_did"] ?? leg.dialled
                // Without the facts it is not known whether the number may be shown.
                if let facts { call.caller.update(facts) }
                add(call)
            } else if let from = leg.originator, let phone = legs[from], let who = phone.owner {
                let typed = phone.isIncoming ? phone.dialled : nil
                guard callOfPhone[from] == nil, calls[from] == nil,
                    let to = DialedNumber.meant(typed: typed, sent: leg.number)
                else { continue }
                var call = SwitchCall(id: from, startedAt: phone.createdAt, dialedBy: who, phone: from, to: to)
                call.parties = [leg.id]
                call.isReached = leg.answeredAt != nil
                add(call)
            }
        }
        let members = lists.members.filter { row in
            // Who gave up, or talked when FreeSWITCH was killed, is kept for a while as Abandoned.
            ["Waiting", "Trying", "Answered"].contains(row["state"])
                && row["session_uuid"].flatMap { callOfParty[$0] } != nil
        }
        callOfTarget = [:]
        callOfTalk = [:]
        for id in calls.keys.sorted() {
            with(id) { translator, call in
                let member = members.last { call.parties.contains($0["session_uuid"] ?? "") }
                translator.learn(&call, member)
            }
            for talk in calls[id]?.talks ?? [] { callOfTalk[talk.leg] = id }
        }
    }

    private mutating func learn(_ call: inout SwitchCall, _ member: SwitchLists.Row?) {
        // The snapshot tells of it.
        call.isOffered = true
        call.leftQueueAt = nil
        call.lostAt = nil
        call.sentTo = nil
        call.ending = nil
        call.rings = [:]
        call.targets = []
        call.endedRings = []
        if let phone = call.phone, legs[phone] == nil {
            callOfPhone[phone] = nil
            call.phone = nil
        }
        for party in call.parties where legs[party] == nil && call.isDialed {
            callOfParty[party] = nil
            call.parties.removeAll { $0 == party }
        }
        let isWaiting = member.map { $0["state"] != "Answered" } ?? false
        if let member {
            call.queue = member["queue"].map { String($0.prefix { $0 != "@" }) }
            call.member = member["uuid"]
        }
        if isWaiting, !call.isQueued || call.queuedAt == nil {
            // A caller who called again keeps the time of the first call.
            let joined = ["rejoined_epoch", "joined_epoch"].lazy.compactMap { PBXSeconds.milliseconds(member?[$0]) }
                .first { $0 > 0 }
            call.queuedAt = max(call.startedAt, Timestamp(ms: joined ?? 0))
        }
        call.isQueued = isWaiting
        var talks: [SwitchCall.Talk] = []
        for party in call.parties {
            for mate in legs[party]?.mates ?? [] {
                guard let who = legs[mate]?.owner, !talks.contains(where: { $0.who == who }) else { continue }
                talks.append(.init(leg: mate, who: who))
            }
        }
        if let phone = call.phone, let who = call.dialedBy, call.isReached, talks.isEmpty {
            talks = [.init(leg: phone, who: who)]
        }
        for talk in talks { legs[talk.leg]?.isServing = true }
        if let phone = call.phone { legs[phone]?.isServing = true }
        if call.isDialed, !talks.isEmpty { call.isReached = true }
        call.talks = isWaiting ? [] : talks
        if call.talks.isEmpty {
            call.isHeld = false
            call.isHeldToConsult = false
        }
        for leg in legs.values.sorted(by: { $0.id < $1.id }) where !leg.isIncoming && leg.answeredAt == nil {
            // A leg that rings for an agent is in no list of agents yet.
            let agent = isWaiting && leg.originator == nil ? member?["serving_agent"] : nil
            let isAgents = agent.map { leg.owner == Agent.id($0) } ?? false
            if isAgents {
                legs[leg.id]?.isAgents = true
                legs[leg.id]?.agent = agent
            }
            guard isAgents || leg.originator.map({ call.parties.contains($0) && !call.isDialed }) == true else {
                continue
            }
            call.targets.insert(leg.id)
            callOfTarget[leg.id] = call.id
            if let who = leg.owner, leg.ringAt != nil {
                call.rings[leg.id] = .init(who: who, device: leg.device)
                legs[leg.id]?.isServing = true
            }
        }
    }

    // MARK: Phones in use

    private mutating func learnUse(_ now: Timestamp) {
        let before = busy
        busy = [:]
        undecided = undecided.filter { legs[$0] != nil }
        for leg in legs.values.sorted(by: { $0.id < $1.id }) {
            guard let who = leg.owner, !leg.isServing, callOfTarget[leg.id] == nil else { continue }
            let isTalk = leg.mates.contains { legs[$0]?.owner != nil }
            guard leg.isInternal || isTalk || leg.consultOf != nil else {
                if leg.isIncoming { undecided.insert(leg.id) }
                continue
            }
            legs[leg.id]?.isInternal = leg.consultOf == nil
            legs[leg.id]?.busyAs = who
            busy[who, default: []].insert(leg.id)
        }
        // Of agents the snapshot says it; of the others, and of a use that ended unseen, an event does.
        for who in before.keys.sorted() where busy[who] == nil {
            emit("operator.free", who, now, [("operator", .text(who))])
        }
        let listed = Set(agents.values.map(\.id))
        for who in busy.keys.sorted() where before[who] == nil && !listed.contains(who) {
            emit("operator.busy", who, now, [("operator", .text(who))])
        }
    }
}
