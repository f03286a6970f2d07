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

    /// One who still takes calls of a queue is not away from the phone.
    var isPaused: Bool { !queues.isEmpty && paused.isSuperset(of: queues) }

    /// The operator that an entry of a queue's members is.
    public static func operatorID(_ frame: AMIFrame) -> String? { id(frame) }

    /// The operator behind an interface: a Local channel's is told by the device whose state it watches.
    static func id(_ frame: AMIFrame) -> String? {
        guard let interface = frame["Interface"] ?? frame["Location"], !interface.isEmpty else { return nil }
        if let state = frame["StateInterface"], !state.isEmpty, !state.hasPrefix("Local/") { return Interface.id(state) }
        return Interface.id(interface)
    }
}

/// How a member sits in one queue, as it is added to it again.
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
