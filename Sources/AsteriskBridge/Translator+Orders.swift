import AMI
import BridgeCore
import CallCenter
import EventWire

/// Orders of an operator or a supervisor, as manager actions.
extension Translator {
    /// The actions of an order; the `AMIAction.id` is `id` followed by the index of the action.
    ///
    /// - Parameters:
    ///   - dialContext: the dialplan context for dialled numbers; nil: dialling is not possible.
    ///   - ringMs: how long the operator's own phone rings at most. Milliseconds.
    /// - Throws: `OrderRefusal` when the order cannot be sent to the PBX.
    public mutating func actions(for order: PBXOrder, id: String, dialContext: String?, ringMs: Int64)
        throws(OrderRefusal) -> [AMIAction]
    {
        var actions: [AMIAction] = []
        func add(_ name: String, _ headers: [(name: String, value: String)]) {
            actions.append(AMIAction(name, id: "\(id).\(actions.count)", headers))
        }
        switch order.action {
        case .pause, .resume:
            var headers = [("Paused", order.action == .pause ? "true" : "false")]
            if let reason = order.reason { headers.append(("Reason", reason)) }
            for interface in try interfaces(order) { add("QueuePause", [("Interface", interface)] + headers) }
        case .login:
            guard let queues = order.queues, !queues.isEmpty else { throw .queuesAreNotKnown }
            for queue in queues.sorted() {
                let seat =
                    seats[order.operator]?[queue] ?? seats[order.operator]?.min { $0.key < $1.key }?.value
                    ?? order.device.map { Seat(interface: $0) }
                guard let seat else { throw .deviceIsNotKnown }
                var headers = [("Queue", queue), ("Interface", seat.interface), ("Paused", "false")]
                if let name = order.name ?? members[order.operator]?.name { headers.append(("MemberName", name)) }
                if let state = seat.stateInterface { headers.append(("StateInterface", state)) }
                if let penalty = seat.penalty { headers.append(("Penalty", penalty)) }
                add("QueueAdd", headers)
            }
        case .logout:
            guard let member = members[order.operator] else { throw .isNoMember }
            leaving.insert(order.operator)
            for queue in member.queues.sorted() {
                add(
                    "QueueRemove",
                    [("Queue", queue), ("Interface", seats[order.operator]?[queue]?.interface ?? member.device)])
            }
        case .dial:
            guard let dialContext else { throw .nothingIsDialled }
            guard let device = members[order.operator]?.device ?? order.device else { throw .deviceIsNotKnown }
            guard let to = order.to else { throw .numberIsMissing }
            add(
                "Originate",
                [
                    ("Channel", device), ("Context", dialContext), ("Exten", to), ("Priority", "1"),
                    ("Timeout", String(ringMs)),
                    ("CallerID", "\"\(to)\" <\(order.operator)>"), ("Async", "true"),
                ])
        }
        return actions
    }

    /// The order failed, wholly or in part: reports the current state of members who are still in a queue.
    public mutating func gaveUp(_ order: PBXOrder, at time: Timestamp) -> [BridgeEvent] {
        out.removeAll(keepingCapacity: true)
        if order.action == .logout, leaving.remove(order.operator) != nil, let member = members[order.operator] {
            login(member, time)
        }
        return out
    }

    private func interfaces(_ order: PBXOrder) throws(OrderRefusal) -> [String] {
        guard let member = members[order.operator] else { throw .isNoMember }
        return Set(member.queues.map { seats[order.operator]?[$0]?.interface ?? member.device }).sorted()
    }
}

/// Why an order is not sent to the PBX.
public enum OrderRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// Each is a sentence for the operator, by `description`.
    case isNoMember, queuesAreNotKnown, deviceIsNotKnown, nothingIsDialled, numberIsMissing

    public var description: String {
        switch self {
        case .isNoMember: "the operator is a member of no queue there; log in first"
        case .queuesAreNotKnown: "it is not known which queues the operator belongs to; name them (--queue support)"
        case .deviceIsNotKnown: "it is not known which phone the operator has; name it (--device PJSIP/101)"
        case .nothingIsDialled: "the bridge dials nothing; name the context of the dialplan in dial_context"
        case .numberIsMissing: "no number to dial was given"
        }
    }
}

/// Asterisk's responses to the actions of one order.
public struct OrderProgress: Sendable {
    /// The order that the actions belong to.
    public let order: PBXOrder
    private var open: Set<String>
    private var refusals: [String] = []

    /// `actions` are those that were sent: the order is open until each has a response.
    public init(_ order: PBXOrder, _ actions: [AMIAction]) {
        self.order = order
        open = Set(actions.map(\.id))
    }

    /// Handles a response, or an event about an action.
    ///
    /// - Returns: the outcome of the order; nil while it is open.
    public mutating func advance(_ frame: AMIFrame) -> OrderLine? {
        guard let id = frame["ActionID"], open.contains(id) else { return nil }
        if frame.event == "OriginateResponse" {
            if frame["Response"] == "Failure" { refusals.append(OrderProgress.words(ofReason: frame["Reason"])) }
        } else {
            let isGood = frame["Response"] == "Success"
            let text = frame["Message"] ?? "no reason given"
            // The requested state exists already: that counts as done.
            let isSo =
                (order.action == .login && text.contains("Already there"))
                || (order.action == .logout && text.contains("Not there"))
            if !isGood, !isSo { refusals.append(advice(text)) }
            // The response to Originate says that the phone is about to ring; whether it was picked up is told by an
            // event.
            if isGood, order.action == .dial { return nil }
        }
        open.remove(id)
        guard open.isEmpty else { return nil }
        return refusals.isEmpty
            ? .done(id: order.id) : .refused(id: order.id, reason: Set(refusals).sorted().joined(separator: "; "))
    }

    private func advice(_ text: String) -> String {
        guard text.contains("Permission denied") else { return text }
        return "\(text); in manager.conf: write = call,agent\(order.action == .dial ? ",originate" : "")"
    }

    /// AST_CONTROL_… of frame.h, as `OriginateResponse` has them.
    private static func words(ofReason reason: String?) -> String {
        switch reason {
        case "0": "the phone cannot be reached; is it registered?"
        case "1", "3": "the phone was not picked up"
        case "5": "the phone is busy"
        case "8": "the line is congested"
        default: "the phone could not be rung (reason \(reason ?? "none"))"
        }
    }
}
