/// What an operator is doing (metrics.md). *Logged in* is every state but `loggedOut`.
public enum OperatorState: String, Equatable, Sendable, Codable, CaseIterable {
    /// Not at work. An operator of whom nothing was received is in this state.
    case loggedOut = "logged_out"
    /// Without a call; the phone rings; calls out; talks; the call is on hold.
    case available, ringing, dialing, talking, holding
    /// After-call work: it ends with `ready`, the next call, a pause, a logout, or at the queue's limit.
    case wrapUp = "wrap_up"
    /// The phone is in use by something that is no customer's call.
    case busy
    /// Away from the phone.
    case paused
}

/// The state machine of one operator: marks, in order, folded into a state and the time spent in each.
///
/// The state is computed from what is true at the moment (logged in, paused, calls, after-call work) and not from the
/// state before, so marks of one moment may come in any order. The state chart is in docs/architecture.md.
struct OperatorLife: Equatable, Sendable, Codable {
    struct ActiveCall: Equatable, Sendable, Codable {
        enum Doing: UInt8, Sendable, Codable { case ringing, talking, holding, dialing }
        var call: Int64
        var doing: Doing
    }
    struct WrapUp: Equatable, Sendable, Codable {
        var call: Int64
        var leg: Int
        var since: Timestamp
        var limit: Int64
        /// When the limit ends it.
        var due: Timestamp { since + limit }
    }

    private(set) var state = OperatorState.loggedOut
    private(set) var since = Timestamp(ms: 0)
    private(set) var isLoggedIn = false
    /// A login, logout or pause was received. nil in states stored before this property existed.
    private var presenceIsTold: Bool?
    private(set) var isPaused = false
    private(set) var pauseReason: String?
    private(set) var active: [ActiveCall] = []
    private(set) var wrapUp: WrapUp?
    /// The phone is in use by something that is no customer's call.
    private(set) var busy: Busy?

    struct Busy: Equatable, Sendable, Codable { var reason: String? }

    /// Receives the results of the fold.
    protocol Listener {
        mutating func spent(_ state: OperatorState, from: Timestamp, to: Timestamp)
        mutating func counted(_ kind: OperatorMark.Kind, at: Timestamp)
        mutating func wrapUpEnded(call: Int64, leg: Int, ms: Int64, at: Timestamp)
    }

    mutating func advance(_ mark: OperatorMark, _ listener: inout some Listener) {
        settle(mark.time, &listener)
        switch mark.kind {
        case .login:
            // A second login, of another queue or after a lost link, does not end a pause.
            isLoggedIn = true
            presenceIsTold = true
        case .logout:
            isLoggedIn = false
            presenceIsTold = true
            isPaused = false
            pauseReason = nil
            busy = nil
            endWrapUp(at: mark.time, &listener)
        case .pause(let reason):
            isLoggedIn = true
            presenceIsTold = true
            isPaused = true
            pauseReason = reason
            endWrapUp(at: mark.time, &listener)
        case .resume:
            isPaused = false
            pauseReason = nil
        case .ready:
            endWrapUp(at: mark.time, &listener)
        case .busy(let reason):
            busy = Busy(reason: reason)
        case .free:
            busy = nil
        case .dial:
            appear()
            endWrapUp(at: mark.time, &listener)
            set(.dialing, for: mark.call)
        case .dialEnd:
            active.removeAll { $0.call == mark.call && $0.doing == .dialing }
        case .ring:
            appear()
            endWrapUp(at: mark.time, &listener)
            set(.ringing, for: mark.call)
        case .ringEnd:
            active.removeAll { $0.call == mark.call && $0.doing == .ringing }
        case .unanswered:
            appear()
        case .talk, .retrieve, .reach, .unhold:
            appear()
            endWrapUp(at: mark.time, &listener)
            set(.talking, for: mark.call)
        case .hold:
            set(.holding, for: mark.call)
        case .leave(let leg, let limit, _):
            active.removeAll { $0.call == mark.call }
            endWrapUp(at: mark.time, &listener)
            if active.isEmpty, isLoggedIn, !isPaused, limit > 0 {
                wrapUp = WrapUp(call: mark.call, leg: leg, since: mark.time, limit: limit)
            } else {
                listener.wrapUpEnded(call: mark.call, leg: leg, ms: 0, at: mark.time)
            }
        case .leaveOutbound:
            active.removeAll { $0.call == mark.call }
            endWrapUp(at: mark.time, &listener)
        }
        listener.counted(mark.kind, at: mark.time)
        enter(at: mark.time, &listener)
    }

    /// Ends after-call work whose limit has passed.
    mutating func settle(_ now: Timestamp, _ listener: inout some Listener) {
        guard let wrapUp, now >= wrapUp.due else { return }
        let end = wrapUp.due
        endWrapUp(at: end, &listener)
        enter(at: end, &listener)
    }

    /// An operator first seen in a call is at work, whether or not the PBX told of the login. One who has logged out is
    /// not logged in by a call that goes on, or that comes to the phone directly: nobody is routed there after it.
    private mutating func appear() {
        if presenceIsTold != true { isLoggedIn = true }
    }

    private mutating func set(_ doing: ActiveCall.Doing, for call: Int64) {
        if let i = active.firstIndex(where: { $0.call == call }) {
            active[i].doing = doing
        } else {
            active.append(ActiveCall(call: call, doing: doing))
        }
    }

    private mutating func endWrapUp(at time: Timestamp, _ listener: inout some Listener) {
        guard let ended = wrapUp else { return }
        wrapUp = nil
        listener.wrapUpEnded(
            call: ended.call, leg: ended.leg, ms: max(0, time - ended.since), at: max(time, ended.since))
    }

    private var current: OperatorState {
        var best: ActiveCall.Doing?
        for call in active {
            switch (best, call.doing) {
            case (.talking, _): break
            case (_, .talking): best = .talking
            case (.holding, _): break
            case (_, .holding): best = .holding
            case (.dialing, _): break
            case (_, .dialing): best = .dialing
            default: best = .ringing
            }
        }
        switch best {
        case .talking: return .talking
        case .holding: return .holding
        case .dialing: return .dialing
        case .ringing: return .ringing
        case nil:
            if !isLoggedIn { return .loggedOut }
            if busy != nil { return .busy }
            if isPaused { return .paused }
            return wrapUp == nil ? .available : .wrapUp
        }
    }

    private mutating func enter(at time: Timestamp, _ listener: inout some Listener) {
        let next = current
        guard next != state else { return }
        if time > since { listener.spent(state, from: since, to: time) }
        state = next
        since = time
    }
}
