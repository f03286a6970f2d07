import CallCenter
import EventWire

/// An event of the protocol (version 1), as the bridge sends it.
public struct BridgeEvent: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        case text(String)
        case texts([String])
        case number(Int64)
        case time(Timestamp)
        case objects([Object])
    }

    /// An object within an event: a call or an operator of a snapshot.
    public struct Object: Equatable, Sendable {
        public var fields: [(name: String, value: Value)]

        public static func == (a: Object, b: Object) -> Bool { a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.value == $1.value } }
    }

    public var type: String
    /// The same at each reading of the same happenings: sending it again is safe.
    public var id: String
    public var time: Timestamp
    public var call: String?
    public var fields: [(name: String, value: Value)] = []

    public static func == (a: BridgeEvent, b: BridgeEvent) -> Bool {
        a.type == b.type && a.id == b.id && a.time == b.time && a.call == b.call
            && a.fields.elementsEqual(b.fields) { $0.name == $1.name && $0.value == $1.value }
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

    private static func write(_ fields: [(name: String, value: Value)], into out: inout ByteBuilder) {
        for (name, value) in fields {
            out.key(text: name)
            switch value {
            case .text(let text): out.value(text)
            case .texts(let texts): out.value(texts)
            case .number(let number): out.value(number)
            case .time(let time): out.value(time)
            case .objects(let objects): out.array { out in for object in objects { out.object { write(object.fields, into: &$0) } } }
            }
        }
    }
}
