import CallCenter

/// An event with the attributes that its reply repeats.
public struct DecodedEvent: Equatable, Sendable {
    /// What the line says, with what it leaves out filled in: source and time.
    public var event: Event
    /// The `call` attribute, whatever the type: the reply echoes it. Its `id` is `event.id`.
    public var call: String?
    /// Names of attributes that the protocol does not know, so that a misspelling is seen. Each once, in the order of
    /// the line, at most `WireLimits.ignoredMax`; inside a snapshot's lists as `calls[].phse`.
    public var ignored: [String]

    /// Copies its arguments.
    public init(event: Event, call: String? = nil, ignored: [String] = []) {
        self.event = event
        self.call = call
        self.ignored = ignored
    }
}

/// Reads one line of the event protocol, in one pass and without a tree.
///
/// What protocol.md leaves open is decided so:
/// - An attribute that is null is absent. An optional text that is "" is absent too; an `id`, `source` or required text
///   that is "" is `invalid_field`.
/// - An attribute given twice is `invalid_field`. Attributes that mean nothing to the event's type are not looked at,
///   beyond being JSON.
/// - A byte order mark before the object is skipped.
/// - Of several faults one is told: not JSON before all others, then `type`, then doubles, then the common attributes,
///   then the type's own.
public enum EventDecoder {
    /// Decodes the event on a line.
    ///
    /// - Parameters:
    ///   - line: UTF-8 of one JSON object, at most `WireLimits.lineBytesMax` bytes, with or without its line end.
    ///   - defaultSource: the `source` of an event that names none.
    ///   - readAt: the `time` of an event that has none, and the measure of how far ahead a PBX's clock is.
    ///   - allowInternal: whether the daemon's own types, `screenpop.…`, are known: in our own log, not on the wire.
    public static func decode(
        _ line: UnsafeRawBufferPointer, defaultSource: String, readAt: Timestamp, allowInternal: Bool = false
    ) throws(WireError) -> DecodedEvent {
        if line.count > WireLimits.lineBytesMax { throw .lineTooLong }
        guard let base = line.baseAddress else { throw WireError(JSONScanner.Malformed(what: "it is empty", at: 0)) }
        let scanner = JSONScanner(base, from: hasMark(line) ? 3 : 0, to: line.count)
        // On the stack and uninitialised: clearing and copying 30 values costs more than reading the few that an event
        // has.
        return try withUnsafeTemporaryAllocation(of: JSONScanner.Value.self, capacity: Attribute.count) {
            (room) throws(WireError) in
            guard let values = room.baseAddress else { preconditionFailure("the room is not empty") }
            let fields: Fields
            do throws(JSONScanner.Malformed) { fields = try object(scanner, values) } catch { throw WireError(error) }
            do throws(WireError) {
                return try event(fields, defaultSource: defaultSource, readAt: readAt, allowInternal: allowInternal)
            } catch {
                throw echoing(fields, error)
            }
        }
    }

    /// The id and source of the event on a line, without reading the rest of it; nil for an event without an id, and
    /// for a line that is no JSON object.
    ///
    /// - Parameters:
    ///   - line: as for `decode`.
    ///   - defaultSource: the `source` of an event that names none.
    public static func identity(
        _ line: UnsafeRawBufferPointer, defaultSource: String
    ) -> (id: String, source: String)? {
        guard let base = line.baseAddress, line.count <= WireLimits.lineBytesMax else { return nil }
        let scanner = JSONScanner(base, from: hasMark(line) ? 3 : 0, to: line.count)
        return withUnsafeTemporaryAllocation(of: JSONScanner.Value.self, capacity: Attribute.count) {
            (room) -> (id: String, source: String)? in
            guard let values = room.baseAddress else { preconditionFailure("the room is not empty") }
            do {
                let fields = try object(scanner, values)
                guard let id = try fields.nonempty(.id) else { return nil }
                return (id, try fields.nonempty(.source) ?? defaultSource)
            } catch { return nil }
        }
    }

    private static func echoing(_ fields: borrowing Fields, _ error: WireError) -> WireError {
        var error = error
        if fields.repeated != .id { error.id = (try? fields.nonempty(.id)) ?? nil }
        if fields.repeated != .call { error.call = (try? fields.nonempty(.call)) ?? nil }
        return error
    }

    /// U+FEFF, which some editors put before all they save (RFC 8259 section 8.1: a parser may ignore it).
    private static func hasMark(_ line: UnsafeRawBufferPointer) -> Bool {
        line.count >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF
    }

    @inline(__always)
    private static func object(
        _ scanner: JSONScanner, _ room: UnsafeMutablePointer<JSONScanner.Value>
    ) throws(JSONScanner.Malformed) -> Fields {
        var scanner = scanner
        scanner.skipSpace()
        let fields = try Fields(&scanner, depth: 0, room: room)
        scanner.skipSpace()
        if scanner.at < scanner.end {
            throw JSONScanner.Malformed(what: "something follows the object", at: scanner.at)
        }
        return fields
    }

    private static func event(
        _ fields: borrowing Fields, defaultSource: String, readAt: Timestamp, allowInternal: Bool
    ) throws(WireError) -> DecodedEvent {
        let type = try fields.type(allowInternal: allowInternal)
        try fields.checkNoneIsRepeated()
        let id = try fields.nonempty(.id)
        let source = try fields.nonempty(.source) ?? defaultSource
        let time = try fields.time(.time, readAt: readAt)
        let call = try fields.nonempty(.call)
        let event = Event(
            id: id, source: source, time: time ?? readAt, timeIsGiven: time != nil,
            body: try body(type, call, fields, readAt: readAt))
        var ignored = fields.unknown(internal: allowInternal)
        if type == .snapshot { ignored += fields.unknownInLists() }
        return DecodedEvent(event: event, call: call, ignored: ignored)
    }

    private static func body(
        _ type: EventType, _ call: String?, _ fields: borrowing Fields, readAt: Timestamp
    ) throws(WireError) -> Event.Body {
        switch type {
        case .offered, .dialed, .identified, .queued, .ringing, .unanswered, .answered, .parked, .retrieved, .held,
            .resumed,
            .transferred, .dequeued, .ended:
            guard let call else { throw fields.missing(.call) }
            return .call(call, try callEvent(type, fields))
        case .login, .logout, .paused, .unpaused, .ready, .busy, .free:
            return .operator(try fields.required(.operator), try operatorEvent(type, fields))
        case .snapshot: return .snapshot(try snapshot(fields, readAt: readAt))
        case .pbxDisconnected: return .pbxDisconnected
        case .pbxConnected: return .pbxConnected
        case .touchpoint: return .touchpoint(try touchpoint(fields))
        case .popSeen: return .popSeen(pop: try fields.required(.pop), operator: try fields.required(.operator))
        case .noteDraft, .note, .disposition:
            guard let call else { throw fields.missing(.call) }
            return .remark(call: call, try remark(type, fields))
        case .unidentified:
            guard let call else { throw fields.missing(.call) }
            return .call(call, .identified(.nobody))
        case .customerNote: return .touchpoint(try customerNote(fields))
        case .callbackDone:
            return .callbackDone(
                CallbackDone(
                    from: try fields.required(.from), by: try fields.optional(.operator), note: try fields.prose(.text))
            )
        case .callbackClaim:
            return .callbackClaim(CallbackClaim(from: try fields.required(.from), by: try fields.optional(.operator)))
        case .outside:
            guard let call else { throw fields.missing(.call) }
            return .outside(call: call, try outside(fields, readAt: readAt))
        case .ping: return .ping
        }
    }
}
