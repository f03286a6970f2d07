import CallCenter
import EventWire

/// A snapshot of the live state, split into as many lines as needed.
public struct Snapshot {
    /// Maximum of bytes in one line, well below the 64 KiB of the protocol: the other attributes need some hundred.
    private static let bytesMax = 60_000

    public var id: String
    /// When the state was as the snapshot says; UTC.
    public var time: Timestamp
    /// Calls that are alive; one that is missing has ended.
    public var calls: [BridgeEvent.Object]
    /// Operators who are logged in.
    public var operators: [BridgeEvent.Object]

    /// Copies its values.
    public init(id: String, time: Timestamp, calls: [BridgeEvent.Object], operators: [BridgeEvent.Object]) {
        self.id = id
        self.time = time
        self.calls = calls
        self.operators = operators
    }

    /// One event, or the parts of one.
    public var events: [BridgeEvent] {
        var parts: [(calls: [BridgeEvent.Object], operators: [BridgeEvent.Object])] = [([], [])], bytes = 0
        func place(
            _ object: BridgeEvent.Object,
            _ put: (inout (calls: [BridgeEvent.Object], operators: [BridgeEvent.Object])) -> Void
        ) {
            let size = object.bytes + 1
            if bytes + size > Snapshot.bytesMax, bytes > 0 {
                parts.append(([], []))
                bytes = 0
            }
            bytes += size
            put(&parts[parts.count - 1])
        }
        for call in calls { place(call) { $0.calls.append(call) } }
        for one in operators { place(one) { $0.operators.append(one) } }
        return parts.enumerated().map { i, part in
            var fields: [(name: String, value: BridgeEvent.Value)] = [
                ("calls", .objects(part.calls)), ("operators", .objects(part.operators)),
            ]
            if parts.count > 1 { fields += [("part", .number(Int64(i + 1))), ("parts", .number(Int64(parts.count)))] }
            return BridgeEvent(type: "pbx.snapshot", id: i == 0 ? id : "\(id).\(i + 1)", time: time, fields: fields)
        }
    }
}

extension BridgeEvent.Object {
    /// As JSON.
    var bytes: Int {
        var out = ByteBuilder(capacity: 256)
        out.object { BridgeEvent.write(fields, into: &$0) }
        return out.count
    }
}
