/// One event of the protocol, as a simulated PBX sends it.
public struct SimulatedEvent: Sendable {
    /// Milliseconds since the simulation began.
    public var at: Int64
    /// The event's type in the protocol, such as `call.offered`.
    public var type: String
    /// Attributes of their own types' texts.
    public var attributes: [(name: String, value: String)]
    /// Its place among the events: unique.
    public var number: Int
    /// Of a login: the queues, as JSON.
    var queues: String?

    /// One line of the event protocol.
    ///
    /// - Parameters:
    ///   - source: the PBX it says it is.
    ///   - run: makes its id unlike those of other runs.
    ///   - time: when it happened, RFC 3339; nil leaves that to whoever reads it.
    public func line(source: String, run: String, time: String?) -> String {
        var text = #"{"type":"\#(type)","id":"\#(run).\#(number)","source":"\#(source)""#
        if let time { text += #","time":"\#(time)""# }
        // Everything here is made of letters, digits and a few signs: nothing has to be escaped.
        for (name, value) in attributes { text += #","\#(name)":"\#(name == "call" ? run + "." + value : value)""# }
        if let queues { text += #","queues":[\#(queues)]"# }
        return text + "}"
    }
}
