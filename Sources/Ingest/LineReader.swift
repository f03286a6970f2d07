import CallCenter
import Engine
import EventWire

/// Decodes a client's lines, and refuses those that it may not send. It is moved with the bytes to the thread that
/// decodes them.
struct LineReader: Sendable {
    private var framer = LineFramer()
    private let rules: PeerRules
    private let user: UInt32
    private let isAllowed: Bool
    private let source: String

    init(rules: PeerRules, user: UInt32, group: UInt32) {
        self.rules = rules
        self.user = user
        isAllowed = rules.mayPush(user: user, group: group)
        source = rules.source(of: user)
    }

    /// - Parameter lookup: looks a caller up on this thread; nil leaves it to the engine.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, into batch: inout EventBatch,
        lookup: (Centre.LookupQuestion) -> Lookup? = { _ in nil }
    ) {
        let (rules, user, isAllowed, source) = (rules, user, isAllowed, source)
        framer.feed(bytes) { line in
            batch.append(
                line, defaultSource: source,
                refusal: { LineReader.refusal($0, rules, user: user, isAllowed: isAllowed) }, lookup: lookup)
        }
    }

    /// The source that this client may take orders for; nil when it may not.
    func sourceOfOrders(_ named: String?) -> String? {
        let source = named ?? source
        return isAllowed && rules.mayName(source, user: user) ? source : nil
    }

    /// The client has closed its side: a last line needs no end.
    mutating func finish(into batch: inout EventBatch) {
        let (rules, user, isAllowed, source) = (rules, user, isAllowed, source)
        framer.finish { line in
            batch.append(
                line, defaultSource: source,
                refusal: { LineReader.refusal($0, rules, user: user, isAllowed: isAllowed) })
        }
    }

    private static func refusal(_ decoded: DecodedEvent, _ rules: PeerRules, user: UInt32, isAllowed: Bool)
        -> WireError?
    {
        if case .ping = decoded.event.body { return nil }
        if !isAllowed {
            return WireError(
                .forbidden,
                message: "This user may not push events; name it under [ingest] allow_users in the configuration.",
                id: decoded.event.id, call: decoded.call)
        }
        if !rules.mayName(decoded.event.source, user: user) {
            return WireError(
                .forbidden, field: "source",
                message: "This user pushes for its own source alone; see [ingest.sources] in the configuration.",
                id: decoded.event.id, call: decoded.call)
        }
        return nil
    }
}
