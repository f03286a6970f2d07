import CallCenter

/// Lines of a queue log → events of the protocol, with what has to be remembered of the lines before.
///
/// The queue log knows a call while it is in a queue or with the member who got it from there. A call that leaves the
/// queue alive, or is transferred, may come back; when it does not, it ended there as far as the log says.
struct QueueLogEvents {
    typealias Fault = ImportRow.Fault

    /// A call without a line for so long is not expected to have another one. Milliseconds: half a day.
    static let quietMax: Int64 = 12 * 3_600_000
    /// A call that left a queue so shortly before the end of the file may come back behind it. Milliseconds.
    static let returnsWithin: Int64 = 15 * 60_000
    /// A phone does not ring longer than this: what a line says beyond is cut. Milliseconds.
    static let ringMax: Int64 = 10 * 60_000

    private enum Place: Equatable {
        case waiting
        case talking
        /// Alive, in no queue.
        case between
    }
    private struct Open {
        /// Of the file: where it came in.
        var line: Int
        var queue: String
        var place = Place.waiting
        /// When it entered the queue.
        var entered: Timestamp
        /// The time of its newest line.
        var last: Timestamp
    }

    let source: String
    /// Which operators the agents of the file are.
    let named: [String: String]
    private var open: [String: Open] = [:]
    /// Numbers that callers dialed, told before the call enters a queue.
    private var dialed: [String: (line: String, at: Timestamp)] = [:]
    private var agents: [String: QueueLogAgent] = [:]
    private var sweptAt = Timestamp(ms: .min)
    /// Events of other programs, each named once.
    private var unknown: Set<String> = []
    /// What a line said that could not be counted; nil when all of it was.
    private(set) var remark: String?
    /// In the order of the lines; a phone that rang began to do so before.
    private(set) var out: [Event] = []

    init(source: String, named: [String: String]) {
        self.source = source
        self.named = named
    }

    /// The events since the last time.
    mutating func takeEvents() -> [Event] {
        defer { out = [] }
        return out
    }

    /// Calls that have not ended, with the lines where they came in. Those in no queue end where they left the last
    /// one, but for those that may come back.
    ///
    /// - Parameter last: the time of the last line.
    mutating func finish(at last: Timestamp) -> [(call: String, line: Int)] {
        let before = last - QueueLogEvents.returnsWithin
        endThoseBetween { $0.last < before }
        return open.map { (call: $0.key, line: $0.value.line) }.sorted { $0.line < $1.line }
    }

    // MARK: Lines

    mutating func read(_ line: QueueLogLine, at number: Int) throws(Fault) {
        remark = nil
        sweep(line.time)
        switch line.event {
        case "ENTERQUEUE": try enter(line, number)
        case "CONNECT": try connect(line)
        case "COMPLETECALLER", "COMPLETEAGENT": try complete(line)
        case "ABANDON": try with(line) { reader, _ in reader.end(line, by: .caller) }
        case "SYSCOMPAT": try with(line) { reader, _ in reader.end(line, by: .system) }
        case "EXITWITHTIMEOUT": try leave(line, .timeout)
        case "EXITEMPTY": try leave(line, .overflow)
        case "EXITWITHKEY": try leave(line, .key)
        case "RINGNOANSWER": try ring(line, .timeout)
        case "RINGCANCELED": try ring(line, .elsewhere)
        case "AGENTDUMP": try ring(line, .rejected)
        case "TRANSFER", "BLINDTRANSFER": try transfer(line, to: line.value(0), .blind)
        case "ATTENDEDTRANSFER":
            let method = line.value(0)
            try transfer(line, to: method == "APP" || method == "LINK" ? line.value(1) : method, .attended)
        case "DID": dialed[line.call] = (line.value(0), line.time)
        // Asterisk was started: its calls of before are gone.
        case "QUEUESTART":
            endThoseBetween { _ in true }
            vanish(at: line.time) { _ in true }
        case "CONFIGRELOAD", "INFO", "URL", "JOINEMPTY", "JOINUNAVAIL", "FULL", "PENALTY", "ROTATE": break
        default: if try !member(line) { passOver(line.event) }
        }
    }

    private mutating func passOver(_ event: String) {
        guard unknown.count < 1_000, unknown.insert(event).inserted else { return }
        remark = "\(event) is no event of a queue: its lines are left aside"
    }

    private mutating func enter(_ line: QueueLogLine, _ number: Int) throws(Fault) {
        try QueueLogEvents.check(line.call, "call")
        try QueueLogEvents.check(line.queue, "queue")
        if open[line.call] == nil {
            let from = line.value(1), to = dialed.removeValue(forKey: line.call)?.line
            let offered = CallEvent.Offered(
                from: from.isEmpty ? nil : from, to: to.flatMap { $0.isEmpty ? nil : $0 }, queue: line.queue,
                presentation: from.isEmpty ? .unavailable : .allowed)
            emit(.call(line.call, .offered(offered)), line.time)
        }
        emit(.call(line.call, .queued(queue: line.queue, position: nil, priority: nil)), line.time)
        let first = open[line.call]?.line ?? number
        open[line.call] = Open(line: first, queue: line.queue, entered: line.time, last: line.time)
    }

    private mutating func connect(_ line: QueueLogLine) throws(Fault) {
        let who = try agent(line)
        try with(line) { reader, call in
            if let seconds = line.number(2), seconds > 0 { reader.rang(who, line, seconds * 1_000, since: call) }
            reader.emit(.call(line.call, .answered(operator: who)), line.time)
            reader.open[line.call]?.place = .talking
        }
    }

    private mutating func complete(_ line: QueueLogLine) throws(Fault) {
        let by: EndedBy = line.event == "COMPLETEAGENT" ? .operator : .caller
        let who = try agent(line)
        try with(line) { reader, call in
            if call.place != .talking {
                // Its line CONNECT is broken: how long they talked stands here too.
                let talked = min((line.number(1) ?? 0) * 1_000, max(0, line.time - call.entered))
                reader.emit(.call(line.call, .answered(operator: who)), line.time - talked)
            }
            reader.end(line, by: by)
        }
    }

    private mutating func leave(_ line: QueueLogLine, _ reason: DequeueReason) throws(Fault) {
        try with(line) { reader, _ in
            reader.emit(.call(line.call, .dequeued(queue: line.queue, reason: reason)), line.time)
            reader.open[line.call]?.place = .between
        }
    }

    private mutating func transfer(_ line: QueueLogLine, to target: String, _ kind: TransferKind) throws(Fault) {
        try with(line) { reader, _ in
            reader.emit(.call(line.call, .transferred(to: .number(target), kind: kind)), line.time)
            reader.open[line.call]?.place = .between
        }
    }

    /// A phone that rang, and that nobody picked up there.
    private mutating func ring(_ line: QueueLogLine, _ reason: UnansweredReason) throws(Fault) {
        let who = try agent(line)
        try with(line) { reader, call in
            let ms = line.number(0) ?? 0
            // Asterisk writes 0 of a phone that it did not reach.
            if ms > 0 { reader.rang(who, line, ms, since: call) }
            let why = ms == 0 && reason == .timeout ? .unreachable : reason
            reader.emit(.call(line.call, .unanswered(operator: who, device: nil, reason: why)), line.time)
        }
    }

    private mutating func rang(_ who: String, _ line: QueueLogLine, _ ms: Int64, since call: Open) {
        let began = max(line.time - min(ms, QueueLogEvents.ringMax), call.entered)
        emit(.call(line.call, .ringing(operator: who, device: nil)), began)
    }

    private mutating func end(_ line: QueueLogLine, by: EndedBy) {
        emit(.call(line.call, .ended(by: by, cause: nil)), line.time)
        open[line.call] = nil
    }

    /// Does something with the call of a line, which has to have entered a queue before.
    private mutating func with(_ line: QueueLogLine, _ body: (inout QueueLogEvents, Open) -> Void) throws(Fault) {
        try QueueLogEvents.check(line.call, "call")
        guard let call = open[line.call] else {
            remark = "call \(line.call) did not enter a queue in this file: the line is left aside"
            return
        }
        open[line.call]?.last = line.time
        body(&self, call)
    }

    // MARK: Agents

    /// Logins, logouts and pauses; false for an event that is none.
    private mutating func member(_ line: QueueLogLine) throws(Fault) -> Bool {
        switch line.event {
        case "ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN":
            try change(line) { agent in
                if line.event == "ADDMEMBER" { agent.queues.insert(line.queue) }
                if line.value(0) == "PAUSED" { agent.paused.insert(line.queue) }
                return .login(name: nil, device: line.agent.contains("/") ? line.agent : nil, queues: nil)
            }
        case "REMOVEMEMBER":
            try change(line) { agent in
                agent.queues.remove(line.queue)
                agent.paused.remove(line.queue)
                guard agent.queues.isEmpty else { return nil }
                agent.isPausedInAll = false
                return .logout
            }
        case "AGENTLOGOFF", "AGENTCALLBACKLOGOFF":
            try change(line) { agent in
                agent = QueueLogAgent(id: agent.id)
                return .logout
            }
        case "PAUSE":
            try change(line) { agent in
                agent.queues.insert(line.queue)
                agent.paused.insert(line.queue)
                return nil
            }
        case "UNPAUSE":
            try change(line) { agent in
                agent.queues.insert(line.queue)
                agent.paused.remove(line.queue)
                return nil
            }
        case "PAUSEALL":
            try change(line) { agent in
                agent.isPausedInAll = true
                return nil
            }
        case "UNPAUSEALL":
            try change(line) { agent in
                agent.isPausedInAll = false
                agent.paused = []
                return nil
            }
        default: return false
        }
        return true
    }

    private mutating func change(
        _ line: QueueLogLine, _ body: (inout QueueLogAgent) -> OperatorEvent?
    ) throws(Fault) {
        let id = try agent(line)
        var agent = agents[id] ?? QueueLogAgent(id: id)
        let was = agent.isPaused, told = body(&agent)
        agents[id] = agent
        if let told { emit(.operator(id, told), line.time) }
        if case .logout = told { return }
        guard agent.isPaused != was else { return }
        let reason = line.event.hasPrefix("PAUSE") && !line.value(0).isEmpty ? line.value(0) : nil
        emit(.operator(id, agent.isPaused ? .paused(reason: reason) : .resumed), line.time)
    }

    private func agent(_ line: QueueLogLine) throws(Fault) -> String {
        let id = named[line.agent] ?? QueueLogAgent.operatorID(line.agent)
        guard !id.isEmpty, line.agent != "NONE" else {
            throw Fault(column: "agent", message: "\(line.event) names no agent")
        }
        return id
    }

    private static func check(_ id: String, _ column: String) throws(Fault) {
        guard id.isEmpty || id == "NONE" else { return }
        throw Fault(column: column, message: "the line names no \(column)")
    }

    // MARK: What no line tells

    /// Ends calls of which nothing was heard for long.
    private mutating func sweep(_ now: Timestamp) {
        guard now - sweptAt > 3_600_000 else { return }
        sweptAt = now
        let before = now - QueueLogEvents.quietMax
        dialed = dialed.filter { $0.value.at >= before }
        endThoseBetween { $0.last < before }
        vanish(at: now) { $0.last < before }
    }

    /// Calls whose end nobody saw end now, with outcome `unknown`, as when a PBX was restarted.
    private mutating func vanish(at now: Timestamp, _ isGone: (Open) -> Bool) {
        let before = open.count
        open = open.filter { !isGone($0.value) }
        guard open.count < before else { return }
        let alive = open.keys.sorted().map { id in
            PBXSnapshot.LiveCall(
                call: id, state: .offered, offered: .init(from: nil, presentation: .unavailable))
        }
        emit(.snapshot(PBXSnapshot(calls: alive, operators: [])), now)
    }

    /// Calls that are in no queue any more end where they left the last one.
    private mutating func endThoseBetween(_ isGone: (Open) -> Bool) {
        for id in open.keys.sorted() {
            guard let call = open[id], call.place == .between, isGone(call) else { continue }
            emit(.call(id, .ended(by: nil, cause: nil)), call.last)
            open[id] = nil
        }
    }

    private mutating func emit(_ body: Event.Body, _ time: Timestamp) {
        // Without a given time: lines of one second keep their order.
        out.append(Event(source: source, time: time, timeIsGiven: false, body: body))
    }
}
