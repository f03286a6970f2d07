import BridgeCore
import CallCenter
import EventWire

/// Orders of an operator or a supervisor, as commands of the event socket.
extension Translator {
    /// The commands of an order, in their order.
    ///
    /// - Parameters:
    ///   - dialContext: the dialplan's context for dialled numbers; nil: dialling is not possible.
    ///   - ringS: how long the operator's own phone rings at most. Seconds.
    ///   - job: identifies the attempt to dial in its outcome.
    /// - Throws: `OrderRefusal` when the order cannot be sent to the PBX.
    public func commands(for order: PBXOrder, dialContext: String?, ringS: Int, job: String) throws(OrderRefusal)
        -> [String]
    {
        switch order.action {
        case .pause: return [status(try agent(order), "On Break")]
        case .resume: return [status(try agent(order), "Available")]
        case .logout: return [status(try agent(order), "Logged Out")]
        case .login:
            let agent = try agent(order)
            let missing = Set(order.queues ?? []).subtracting(agent.queues).sorted()
            guard missing.isEmpty else { throw .hasNoTier(missing.joined(separator: ", ")) }
            return [status(agent, "Available")]
        case .dial:
            guard let dialContext else { throw .nothingIsDialled }
            guard let to = order.to else { throw .numberIsMissing }
            guard let device = agents.values.first(where: { $0.id == order.operator })?.device ?? order.device,
                Translator.isPlain(device)
            else { throw .deviceIsNotKnown }
            let digits = to.filter { !" -.()".contains($0) }
            guard !digits.isEmpty, digits.utf8.allSatisfy({ "0123456789+*#".utf8.contains($0) }) else {
                throw .isNoNumber
            }
            return [
                """
                bgapi originate {originate_timeout=\(ringS),ignore_early_media=true,\
                origination_caller_id_number=\(digits),origination_caller_id_name=\(digits)}\(device) \
                \(digits) XML \(dialContext)
                Job-UUID: \(job)
                """
            ]
        }
    }

    private func status(_ agent: Agent, _ status: String) -> String {
        "api callcenter_config agent set status \(agent.name) '\(status)'"
    }

    private func agent(_ order: PBXOrder) throws(OrderRefusal) -> Agent {
        let found = agents.values.filter { $0.id == order.operator }.sorted { $0.name < $1.name }
        guard let agent = found.first(where: { $0.device == order.device && order.device != nil }) ?? found.first,
            Translator.isPlain(agent.name)
        else { throw .isNoAgent }
        return agent
    }

    /// Whether it can stand in a command as it is.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
            && !text.contains { "'\"\\`{}[]<>|&;,".contains($0) }
    }
}

/// Why an order is not sent to the PBX.
public enum OrderRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// Each is a sentence for the operator, by `description`. `hasNoTier` names the queues.
    case isNoAgent, hasNoTier(String), deviceIsNotKnown, nothingIsDialled, numberIsMissing, isNoNumber

    public var description: String {
        switch self {
        case .isNoAgent:
            "mod_callcenter has no agent of that name; add one (callcenter_config agent add NAME callback)"
        case .hasNoTier(let queues):
            "the agent has no tier in \(queues); add one (callcenter_config tier add QUEUE NAME 1 1)"
        case .deviceIsNotKnown: "it is not known which phone the operator has; name it (--device user/101@DOMAIN)"
        case .nothingIsDialled: "the bridge dials nothing; name the context of the dialplan in dial_context"
        case .numberIsMissing: "no number to dial was given"
        case .isNoNumber: "that is no number that can be dialled: digits, and + * #"
        }
    }

    /// What FreeSWITCH refused an order with, and what to do where that is known.
    public static func words(_ answer: String) -> String {
        let text = answer.hasPrefix("-ERR") ? answer.dropFirst(4).trimmed : answer.dropFirst(0).trimmed
        switch text {
        case "USER_NOT_REGISTERED", "SUBSCRIBER_ABSENT", "DESTINATION_OUT_OF_ORDER", "NO_ROUTE_DESTINATION":
            return "the phone cannot be reached; is it registered? (\(text))"
        case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT": return "the phone was not picked up"
        case "USER_BUSY": return "the phone is busy"
        case "CALL_REJECTED": return "the phone rejected the call"
        default: return text.isEmpty ? "no reason given" : text
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }
}
