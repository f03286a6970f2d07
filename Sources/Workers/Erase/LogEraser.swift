import CallCenter
import EventWire
import Storage

/// Replaces a customer's data in entries of the log: a line that is decoded again gives the same event but for it.
struct LogEraser {
    let erase: UnfinishedErasure
    private let erasure: Erasure
    /// The customer's calls: each from the position of its first event up to that of the next call with the same id.
    private let calls: [CallKey: [Range<Int64>]]
    private let contacts: Set<Int64>

    /// - Parameters:
    ///   - calls: the customer's calls, in memory and in the history.
    ///   - contacts: positions of events that made contacts of the customer.
    ///   - nextCall: the number of the next call with the same id; nil when there is none.
    init(
        _ erase: UnfinishedErasure, calls: [ErasedCall], contacts: Set<Int64>,
        nextCall: (ErasedCall) throws(StoreError) -> Int64?
    ) throws(StoreError) {
        self.erase = erase
        self.contacts = contacts
        var erasure = erase.erasure
        erasure.add(calls)
        var ranges: [CallKey: [Range<Int64>]] = [:]
        for call in calls {
            // Our number of a call is made of the position of its first event.
            let first = call.number / 4_096, next = try nextCall(call).map { $0 / 4_096 } ?? .max
            ranges[call.key, default: []].append(first..<max(first, next))
        }
        self.erasure = erasure
        self.calls = ranges
    }

    /// The entry as it is to stand in the log; nil when it has nothing of the customer.
    func applied(to entry: EventLog.EntryInPlace) throws -> EventLog.Entry? {
        var new: EventLog.Entry?
        switch EntryKind(source: entry.source) {
        case .secrets, .policy: return nil
        case .records:
            guard let change = try erase.applied(toChange: entry.line) else { return nil }
            new = EventLog.Entry(
                seq: entry.seq, readAt: entry.readAt, source: entry.source, line: change, facts: [])
        case .event: new = try event(entry)
        }
        return new
    }

    private func event(_ entry: EventLog.EntryInPlace) throws(EraseError) -> EventLog.Entry? {
        let readAt = Timestamp(ms: entry.readAt)
        let lookup = entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts)
        let facts = lookup.flatMap { found -> [UInt8]? in
            let replaced = erasure.applied(to: found)
            return replaced == found ? nil : LookupBytes.encode(replaced)
        }
        guard
            let decoded = try? EventDecoder.decode(
                entry.line, defaultSource: entry.source, readAt: readAt, allowInternal: true)
        else {
            guard let facts else { return nil }
            return EventLog.Entry(
                seq: entry.seq, readAt: entry.readAt, source: entry.source, line: [UInt8](entry.line), facts: facts)
        }
        let before = decoded.event
        func isTheirs(_ call: String?) -> Bool {
            guard let call else { return contacts.contains(entry.seq) }
            let ranges = calls[CallKey(source: before.source, call: call)] ?? []
            return ranges.contains { $0.contains(entry.seq) }
        }
        let after = erasure.applied(to: before, lookup, isTheirs: isTheirs)
        // Attributes that mean nothing to us may have the customer's data as well.
        let isRewritten = after != before || isAbout(before, isTheirs)
        var line: (bytes: [UInt8], source: String)?
        if isRewritten {
            do throws(EraseError) { line = try written(after, at: entry.seq, readAt) } catch {
                // Nothing that we know is the customer's in it.
                if after != before { throw error }
            }
        }
        if let made = line, made.source == entry.source, made.bytes.elementsEqual(entry.line) { line = nil }
        guard line != nil || facts != nil else { return nil }
        return EventLog.Entry(
            seq: entry.seq, readAt: entry.readAt, source: line?.source ?? entry.source,
            line: line?.bytes ?? [UInt8](entry.line), facts: facts ?? [UInt8](entry.facts))
    }

    private func isAbout(_ event: Event, _ isTheirs: (String?) -> Bool) -> Bool {
        switch event.body {
        case .call(let id, _), .remark(let id, _), .outside(let id, _): isTheirs(id)
        case .snapshot(let snapshot): snapshot.calls.contains { isTheirs($0.call) }
        case .touchpoint, .callbackDone, .callbackClaim: isTheirs(nil)
        case .operator, .pbxDisconnected, .pbxConnected, .popSeen, .ping: false
        }
    }

    /// An event as a line, and the source that stands beside it. The line has to say exactly the event.
    private func written(_ event: Event, at seq: Int64, _ readAt: Timestamp) throws(EraseError) -> (
        bytes: [UInt8], source: String
    ) {
        let line: [UInt8]
        do throws(WireError) { line = try EventEncoder.encode(event, readAt: readAt).line } catch {
            throw .line(seq: seq, error)
        }
        let read = line.withUnsafeBytes { bytes in
            try? EventDecoder.decode(bytes, defaultSource: event.source, readAt: readAt, allowInternal: true).event
        }
        var wanted = event
        if !event.timeIsGiven { wanted.time = readAt }
        guard read == wanted else { throw .differs(seq: seq) }
        return (line, event.source)
    }
}

/// Why an entry of the log could not be written again.
enum EraseError: Error, Equatable, CustomStringConvertible {
    case differs(seq: Int64)
    case line(seq: Int64, WireError)

    var description: String {
        switch self {
        case .differs(let seq): "the event at \(seq) would read otherwise without the customer's data"
        case .line(let seq, let error): "the event at \(seq) cannot be written again: \(error.message)"
        }
    }
}
