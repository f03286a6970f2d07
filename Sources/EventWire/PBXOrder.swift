/// An order to a PBX for one operator: the messages that the daemon sends to a bridge (docs/integrator.md, "Orders").
public struct PBXOrder: Equatable, Sendable {
    /// What the PBX is asked to do with the operator; the raw value is in the message's type, `order.pause`.
    public enum Action: String, Equatable, Sendable, CaseIterable {
        /// Pause and resume the operator.
        case pause, resume
        /// Log the operator into queues and out of them.
        case login, logout
        /// Rings the operator's own phone and connects it with a number.
        case dial
    }

    /// Correlates the bridge's answer with the order.
    public var id: String
    /// What is asked.
    public var action: Action
    /// The operator's id, as in events.
    public var `operator`: String
    /// What the PBX dials, where it is known.
    public var device: String?
    /// The operator's name for the PBX's own lists; nil when it is not known.
    public var name: String?
    /// Queues of a login; nil leaves the choice to the PBX.
    public var queues: [String]?
    /// Of a pause.
    public var reason: String?
    /// The number to dial.
    public var to: String?

    /// Copies its arguments.
    public init(
        id: String = "", action: Action, operator: String, device: String? = nil, name: String? = nil,
        queues: [String]? = nil, reason: String? = nil,
        to: String? = nil
    ) {
        self.id = id
        self.action = action
        self.operator = `operator`
        self.device = device
        self.name = name
        self.queues = queues
        self.reason = reason
        self.to = to
    }

    /// `{"type":"order.pause","id":"7","operator":"101",…}` and a line end.
    public func write(into out: inout ByteBuilder) {
        out.object { out in
            out.field("type", "order.\(action.rawValue)")
            out.field("id", id)
            out.field("operator", `operator`)
            if let device { out.field("device", device) }
            if let name { out.field("name", name) }
            if let queues {
                out.key("queues")
                out.value(queues)
            }
            if let reason { out.field("reason", reason) }
            if let to { out.field("to", to) }
        }
        out.append(UInt8(ascii: "\n"))
    }
}

/// A line on a connection for orders.
public enum OrderLine: Equatable, Sendable {
    /// The bridge's first line: it accepts orders for this source.
    case takesOrders(source: String?)
    /// The PBX did what was asked.
    case done(id: String)
    /// The PBX refused, with its reason.
    case refused(id: String, reason: String)
    /// The daemon orders something; the bridge answers with `done` or `refused`, with the order's id.
    case order(PBXOrder)

    /// The type of a connection's first line, which makes it one for orders.
    public static let opening = "pbx.takes_orders"

    /// The line in JSON, with its line end.
    public func write(into out: inout ByteBuilder) {
        switch self {
        case .order(let order): return order.write(into: &out)
        case .takesOrders(let source):
            out.object { out in
                out.field("type", OrderLine.opening)
                if let source { out.field("source", source) }
            }
        case .done(let id):
            out.object { out in
                out.field("type", "order.done")
                out.field("id", id)
            }
        case .refused(let id, let reason):
            out.object { out in
                out.field("type", "order.refused")
                out.field("id", id)
                out.field("reason", reason)
            }
        }
        out.append(UInt8(ascii: "\n"))
    }

    /// Reads a line; nil for one that is neither an order nor about one.
    public static func read(_ line: UnsafeRawBufferPointer) -> OrderLine? {
        guard let base = line.baseAddress, line.count <= WireLimits.lineBytesMax else { return nil }
        var scanner = JSONScanner(base, from: 0, to: line.count)
        scanner.skipSpace()
        return withUnsafeTemporaryAllocation(of: JSONScanner.Value.self, capacity: Attribute.count) { room in
            guard let values = room.baseAddress, let fields = try? Fields(&scanner, depth: 0, room: values) else {
                return nil
            }
            return try? read(fields)
        }
    }

    private static func read(_ fields: borrowing Fields) throws(WireError) -> OrderLine? {
        try fields.checkNoneIsRepeated()
        let type = try fields.required(.type)
        switch type {
        case opening: return .takesOrders(source: try fields.nonempty(.source))
        case "order.done": return .done(id: try fields.required(.id))
        case "order.refused":
            return .refused(id: try fields.required(.id), reason: try fields.optional(.reason) ?? "no reason given")
        default:
            guard type.hasPrefix("order."), let action = PBXOrder.Action(rawValue: String(type.dropFirst(6))) else {
                return nil
            }
            return .order(
                PBXOrder(
                    id: try fields.required(.id), action: action, operator: try fields.required(.operator),
                    device: try fields.optional(.device),
                    name: try fields.optional(.name), queues: try fields.queueNames(),
                    reason: try fields.optional(.reason), to: try fields.optional(.to)))
        }
    }
}
