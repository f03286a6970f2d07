import AMI

/// A member of queues: an operator, as Asterisk knows one.
public struct Member: Sendable {
    /// The operator's id.
    var id: String
    var name: String?
    /// What the PBX dials.
    var device: String
    var queues: Set<String> = []
    /// Of them, those it is paused in.
    var paused: Set<String> = []
    var reason: String?

    /// A member who is not paused in every queue still gets calls, and counts as available.
    var isPaused: Bool { !queues.isEmpty && paused.isSuperset(of: queues) }

    /// The operator that an entry of a queue's members is.
    public static func operatorID(_ frame: AMIFrame) -> String? { id(frame) }

    /// The operator behind an interface. A state interface that names somebody tells more than the way the queue calls:
    /// `hint:101@ext-local` and `Agent:1001` do, `Custom:…` is only a switch.
    static func id(_ frame: AMIFrame) -> String? {
        guard let interface = frame["Interface"] ?? frame["Location"], !interface.isEmpty else { return nil }
        if let state = frame["StateInterface"], Interface.names(state) { return Interface.id(state) }
        return Interface.id(interface)
    }

    /// What the PBX dials to reach it: the phone itself where the state is a phone's, otherwise what the queue calls.
    static func device(_ frame: AMIFrame, _ interface: String) -> String {
        guard let state = frame["StateInterface"], Interface.names(state), Interface.canBeDialled(state) else {
            return interface
        }
        return state
    }

    /// Whether its phone is not fixed: a state interface that is no phone's does not identify it.
    static func isVague(_ frame: AMIFrame, _ interface: String) -> Bool {
        guard interface.hasPrefix("Local/"), let state = frame["StateInterface"] else { return false }
        return state.hasPrefix("Agent:") || state.hasPrefix("Custom:")
    }
}

/// The parameters of a membership, used to add the member again.
struct Seat: Sendable {
    /// What the queue calls.
    var interface: String
    /// The device whose state counts, where it is another.
    var stateInterface: String?
    var penalty: String?

    init(interface: String) { self.interface = interface }

    init?(_ frame: AMIFrame) {
        guard let interface = frame["Location"] ?? frame["Interface"], !interface.isEmpty else { return nil }
        self.interface = interface
        stateInterface = frame["StateInterface"].flatMap { $0.isEmpty || $0 == interface ? nil : $0 }
        penalty = frame["Penalty"]
    }
}
