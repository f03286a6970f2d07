import BridgeCore
import CallCenter

/// Agents of mod_callcenter: their status and their after-call work.
extension Translator {
    /// The operator of a phone's user, where the agent has another name than the phone.
    mutating func know(_ phone: String, of id: String) { phoneOwners[phone] = id }

    /// An agent who is offered a call is there, whether or not that was told.
    mutating func appear(_ name: String, _ time: Timestamp) {
        guard isAgent(name), agents[name]?.status == nil || agents[name]?.status == .loggedOut else { return }
        set(name, .available, time)
    }

    private func isAgent(_ name: String) -> Bool { !Agent.id(name).isEmpty && name.utf8.count <= 128 }

    mutating func agentStatus(_ event: SwitchEvent, _ time: Timestamp) {
        guard let name = event["CC-Agent"], isAgent(name), let status = Agent.Status(event["CC-Agent-Status"]) else {
            return
        }
        set(name, status, time)
    }

    mutating func agentContact(_ event: SwitchEvent) {
        guard let name = event["CC-Agent"], isAgent(name), let contact = event["CC-Agent-Contact"] else { return }
        learn(contact: contact, of: name)
    }

    mutating func learn(contact: String, of name: String) {
        guard let device = Agent.device(ofContact: contact) else { return }
        agents[name, default: Agent(name: name)].device = device
        if let phone = Agent.phone(ofDevice: device) { know(phone, of: Agent.id(name)) }
    }

    mutating func set(_ name: String, _ status: Agent.Status, _ time: Timestamp) {
        var agent = agents[name] ?? Agent(name: name)
        let before = agent.status
        agent.status = status
        let failedAt = agent.failedAt
        agent.failedAt = nil
        if status != .available { agent.readyAt = nil }
        agents[name] = agent
        // FreeSWITCH reports a status that was set before as well, which is no change.
        guard before != status else { return }
        let who: (name: String, value: BridgeEvent.Value) = ("operator", .text(agent.id))
        switch status {
        case .loggedOut: emit("operator.logout", agent.id, time, [who])
        case .available where before == .onBreak: emit("operator.resumed", agent.id, time, [who])
        case .available: login(agent, time)
        case .onBreak:
            if before != .available { login(agent, time) }
            let hasFailed = failedAt.map { time - $0 <= Translator.togetherMs } ?? false
            emit("operator.paused", agent.id, time, [who] + (hasFailed ? [("reason", .text("no answer"))] : []))
        }
    }

    mutating func login(_ agent: Agent, _ time: Timestamp) {
        var fields: [(name: String, value: BridgeEvent.Value)] = [("operator", .text(agent.id))]
        if let device = agent.device { fields.append(("device", .text(device))) }
        if !agent.queues.isEmpty { fields.append(("queues", .texts(agent.queues.sorted()))) }
        emit("operator.login", agent.id, time, fields)
    }

    mutating func emit(
        _ type: String, _ id: String, _ time: Timestamp, _ fields: [(name: String, value: BridgeEvent.Value)]
    ) {
        // Two events of one millisecond are two events.
        let last = toldOf[id], count = last?.time == time ? (last?.count ?? 0) + 1 : 0
        toldOf[id] = (time, count)
        out.append(
            BridgeEvent(
                type: type, id: "op.\(id).\(type.dropFirst(9)).\(time.ms).\(count)\(options.run)", time: time,
                fields: fields))
    }

    // MARK: After-call work

    /// mod_callcenter does not tell of it: it offers no call for so long.
    mutating func beginWrapUp(_ name: String, _ time: Timestamp) {
        guard let agent = agents[name], let wrapUpMs = agent.wrapUpMs, agent.status == .available else { return }
        agents[name]?.readyAt = time + wrapUpMs
    }

    mutating func settleWrapUps(_ now: Timestamp) {
        let ready = agents.values.filter { agent in agent.readyAt.map { $0 <= now } ?? false }
        for agent in ready.sorted(by: { $0.name < $1.name }) {
            guard let at = agent.readyAt else { continue }
            agents[agent.name]?.readyAt = nil
            emit("operator.ready", agent.id, at, [("operator", .text(agent.id))])
        }
    }

    // MARK: Phones in use by no customer's call

    /// A colleague, a consultation, a service of the PBX that takes its time.
    mutating func setBusy(_ id: String, _ time: Timestamp) {
        guard let leg = legs[id], let who = leg.owner, leg.busyAs == nil, !leg.isServing else { return }
        legs[id]?.busyAs = who
        let wasFree = busy[who]?.isEmpty ?? true
        busy[who, default: []].insert(id)
        if wasFree { emit("operator.busy", who, time, [("operator", .text(who))]) }
    }

    mutating func clearBusy(_ id: String, _ time: Timestamp) {
        guard let leg = legs[id] else { return }
        legs[id]?.busyAs = nil
        clearBusy(leg, time)
    }

    mutating func clearBusy(_ leg: Leg, _ time: Timestamp) {
        guard let who = leg.busyAs else { return }
        busy[who]?.remove(leg.id)
        guard busy[who]?.isEmpty == true else { return }
        busy[who] = nil
        emit("operator.free", who, time, [("operator", .text(who))])
    }
}
