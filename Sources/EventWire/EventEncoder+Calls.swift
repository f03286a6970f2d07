import CallCenter

extension EventEncoder {
    static func write(_ event: CallEvent, into line: inout EventLine) throws(WireError) {
        switch event {
        case .offered(let offered): try write(offered, into: &line)
        case .dialed(let dialed):
            try line.name(.operator, dialed.operator)
            try line.required(.to, dialed.to)
            try line.text(.from, dialed.from)
        case .identified(let who): try write(who, into: &line)
        case .queued(let queue, let position, let priority):
            try line.name(.queue, queue)
            try line.number(.position, position.map(Int64.init), in: 0...Int64(WireLimits.rankMax))
            try line.number(
                .priority, priority.map(Int64.init), in: -Int64(WireLimits.rankMax)...Int64(WireLimits.rankMax))
        case .ringing(let who, let device):
            try line.name(.operator, who)
            try line.text(.device, device)
        case .unanswered(let who, let device, let reason):
            try line.name(.operator, who)
            try line.text(.device, device)
            line.word(.reason, reason?.rawValue)
        case .answered(let who): try line.name(.operator, who)
        case .parked(let who, let slot), .retrieved(let who, let slot):
            try line.name(.operator, who)
            try line.text(.slot, slot)
        case .held, .resumed: break
        case .transferred(let to, let kind):
            switch to {
            case .operator(let id): try line.name(.operator, id)
            case .queue(let name): try line.name(.queue, name)
            case .number(let number): try line.required(.to, number)
            }
            line.word(.kind, kind.rawValue)
        case .dequeued(let queue, let reason):
            try line.name(.queue, queue)
            line.word(.reason, reason.rawValue)
        case .ended(let by, let cause):
            line.word(.by, by?.rawValue)
            try line.text(.cause, cause)
        }
    }

    private static func write(_ offered: CallEvent.Offered, into line: inout EventLine) throws(WireError) {
        try line.textOrNull(.from, offered.from)
        try line.textOrNull(.to, offered.to)
        try line.text(.queue, offered.queue)
        try line.text(.name, offered.name)
        line.word(.presentation, offered.presentation.rawValue)
    }

    private static func write(_ who: CallEvent.Identified, into line: inout EventLine) throws(WireError) {
        switch who {
        case .customer(let id): try line.number(.customer, id, in: 1...Int64.max)
        case .externalID(let id): try line.required(.externalID, id)
        case .account(let account): try line.required(.account, account)
        case .email(let address): try line.required(.email, address)
        case .from(let number): try line.required(.from, number)
        case .nobody: break
        }
    }

    static func write(_ event: OperatorEvent, into line: inout EventLine) throws(WireError) {
        switch event {
        case .login(let name, let device, let queues):
            try line.text(.name, name)
            try line.text(.device, device)
            try line.names(.queues, queues)
        case .paused(let reason), .busy(let reason): try line.text(.reason, reason)
        case .logout, .resumed, .ready, .free: break
        }
    }

    static func write(_ snapshot: PBXSnapshot, into line: inout EventLine) throws(WireError) {
        let parts = 1...Int64(WireLimits.snapshotPartsMax)
        try line.number(.part, snapshot.part.map { Int64($0.number) }, in: parts)
        try line.number(.parts, snapshot.part.map { Int64($0.of) }, in: parts)
        try line.objects(.calls, snapshot.calls) { (call, line) throws(WireError) in
            try line.name(.call, call.call)
            line.word(.state, call.state.rawValue)
            try line.text(.from, call.offered.from)
            try line.text(.to, call.offered.to)
            try line.text(.queue, call.queue)
            try line.text(.name, call.offered.name)
            line.word(.presentation, call.offered.presentation.rawValue)
            try line.text(.operator, call.operator)
            try line.text(.slot, call.slot)
            if call.isOutbound { line.word(.direction, TouchpointRecorded.Direction.outbound.rawValue) }
            try line.time(.since, call.since)
        }
        try line.objects(.operators, snapshot.operators) { (one, line) throws(WireError) in
            try line.name(.operator, one.operator)
            line.word(.state, one.state.rawValue)
            try line.text(.name, one.name)
            try line.text(.device, one.device)
            try line.names(.queues, one.queues)
            try line.text(.reason, one.reason)
            try line.time(.since, one.since)
        }
    }
}
