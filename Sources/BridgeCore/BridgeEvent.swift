import CallCenter
import EventWire

/// An event of the protocol (version 1), as the bridge sends it.
public struct BridgeEvent: Equatable, Sendable {
    /// An attribute's value, by its form in JSON.
    public enum Value: Equatable, Sendable {
        /// Written as `null`: nothing there.
        case null
        /// A text that somebody outside may have written: cleaned and cut when the event is written.
        case text(String)
        /// Such texts, as a list.
        case texts([String])
        /// A whole number; its unit is the attribute's.
        case number(Int64)
        /// Written as RFC 3339 in UTC.
        case time(Timestamp)
        /// Calls or operators of a snapshot.
        case objects([Object])
    }

    /// An object within an event: a call or an operator of a snapshot.
    public struct Object: Equatable, Sendable {
        /// In the order they are written; names are unique.
        public var fields: [(name: String, value: Value)]

        /// Copies the list.
        public init(fields: [(name: String, value: Value)]) { self.fields = fields }

        /// Compares names and values in their order.
        public static func == (a: Object, b: Object) -> Bool {
            a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.value == $1.value }
        }
    }

    /// Of the protocol, such as `call.answered`.
    public var type: String
    /// The same at each reading of the same recording: sending an event twice is safe.
    public var id: String
    /// When it happened on the PBX; UTC.
    public var time: Timestamp
    /// The call's id on the PBX; nil for an event that is about no call.
    public var call: String?
    /// Attributes besides `type`, `id`, `source`, `time` and `call`, in the order they are written.
    public var fields: [(name: String, value: Value)] = []

    /// Copies its values; the event is not checked against the protocol.
    public init(
        type: String, id: String, time: Timestamp, call: String? = nil, fields: [(name: String, value: Value)] = []
    ) {
        self.type = type
        self.id = id
        self.time = time
        self.call = call
        self.fields = fields
    }

    /// Compares fields by names and values in their order.
    public static func == (a: BridgeEvent, b: BridgeEvent) -> Bool {
        a.type == b.type && a.id == b.id && a.time == b.time && a.call == b.call
            && a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.value == $1.value }
    }

    /// A copy with shifted times and other ids: a recording that is played as if it happened now.
    ///
    /// - Parameters:
    ///   - shift: milliseconds to add.
    ///   - run: suffix for each id.
    public func rebased(by shift: Int64, run: String) -> BridgeEvent {
        var event = self
        event.id += run
        event.time = time + shift
        event.call = call.map { $0 + run }
        event.fields = BridgeEvent.rebased(fields, by: shift, run: run)
        return event
    }

    private static func rebased(_ fields: [(name: String, value: Value)], by shift: Int64, run: String) -> [(
        name: String, value: Value
    )] {
        fields.map { name, value in
            switch value {
            case .time(let time): (name, .time(time + shift))
            case .text(let call) where name == "call": (name, .text(call + run))
            case .objects(let objects):
                (name, .objects(objects.map { Object(fields: rebased($0.fields, by: shift, run: run)) }))
            case .null, .text, .texts, .number: (name, value)
            }
        }
    }

    /// One line of JSON, newline included.
    public func write(source: String?, into out: inout ByteBuilder) {
        out.object { out in
            out.field("type", type)
            out.field("id", id)
            if let source { out.field("source", source) }
            out.field("time", time)
            if let call { out.field("call", call) }
            BridgeEvent.write(fields, into: &out)
        }
        out.append(UInt8(ascii: "\n"))
    }

    static func write(_ fields: [(name: String, value: Value)], into out: inout ByteBuilder) {
        for (name, value) in fields {
            out.key(text: name)
            switch value {
            case .null: out.append("null")
            case .text(let text): out.value(clean(text, of: name))
            case .texts(let texts): out.value(texts.map { clean($0, of: name) })
            case .number(let number): out.value(number)
            case .time(let time): out.value(time)
            case .objects(let objects):
                out.array { out in for object in objects { out.object { write(object.fields, into: &$0) } } }
            }
        }
    }

    // MARK: What outsiders write

    private static let textBytesMax = 1_024
    private static let idBytesMax = 128
    private static let typed: Set = ["from", "to", "name", "reason"]

    /// A text that a caller or a colleague writes never makes an event invalid: control characters become spaces, and a
    /// text that is too long is cut.
    private static func clean(_ text: String, of name: String) -> String {
        let bytesMax = typed.contains(name) ? textBytesMax : idBytesMax
        if text.utf8.count <= bytesMax, text.unicodeScalars.allSatisfy({ !isControl($0) }) { return text }
        var plain = String.UnicodeScalarView(), bytes = 0
        for scalar in text.unicodeScalars {
            bytes += isControl(scalar) ? 1 : scalar.utf8.count
            if bytes > bytesMax { break }
            plain.append(isControl(scalar) ? " " : scalar)
        }
        return String(plain)
    }

    /// C0, DEL, C1, and what ends a line in Unicode.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}
