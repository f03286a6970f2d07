import CallCenter
import EventWire
import Foundation
import Storage

/// Entries of the log as the events that others are told of.
struct OutwardEncoder: Sendable {
    /// The centre's own fields that whoever is told does not see.
    let hidden: Set<String>

    /// - Parameter types: only these; nil for all.
    func events(_ entry: EventLog.Entry, _ types: Set<String>?) -> [OutwardEvent] {
        switch entry.kind {
        case .event: event(entry, types).map { [$0] } ?? []
        case .records: changes(entry, types)
        case .secrets, .policy: []
        }
    }

    // MARK: Events of the PBX and of the desk

    /// The line with its position, its source and the time that it was read; the rest is as it was given.
    private func event(_ entry: EventLog.Entry, _ types: Set<String>?) -> OutwardEvent? {
        let readAt = Timestamp(ms: entry.readAt)
        guard var fields = OutwardEncoder.object(entry.line) ?? OutwardEncoder.rewritten(entry, readAt),
            let type = fields["type"] as? String, types?.contains(type) ?? OutwardTypes.all.contains(type)
        else { return nil }
        let source = fields["source"] as? String ?? entry.source
        let time = (fields["time"] as? String).flatMap(OutwardEncoder.time) ?? readAt
        fields["seq"] = entry.seq
        fields["read_at"] = RFC3339.string(readAt)
        fields["source"] = source
        if !(fields["time"] is String) { fields["time"] = RFC3339.string(readAt) }
        guard
            let json = try? JSONSerialization.data(
                withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return nil }
        let call = (fields["call"] as? String).map { CallKey(source: source, call: $0) }
        let about = call?.call ?? fields["operator"] as? String ?? ""
        return OutwardEvent(
            seq: entry.seq, part: 0, type: type, at: time,
            order: "\(call == nil ? "operator" : "call") \(source) \(about)", call: call,
            customer: (fields["customer"] as? Int).map(Int64.init), queue: fields["queue"] as? String,
            json: [UInt8](json))
    }

    private static func object(_ line: [UInt8]) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(line))) as? [String: Any]
    }

    /// For a line that we read, and this reader of JSON does not.
    private static func rewritten(_ entry: EventLog.Entry, _ readAt: Timestamp) -> [String: Any]? {
        let event = entry.line.withUnsafeBytes {
            try? EventDecoder.decode($0, defaultSource: entry.source, readAt: readAt, allowInternal: true).event
        }
        guard let event, let line = try? EventEncoder.encode(event, readAt: readAt).line else { return nil }
        return object(line)
    }

    private static func time(_ text: String) -> Timestamp? {
        var text = text
        return text.withUTF8 { RFC3339.timestamp(UnsafeRawBufferPointer($0)) }
    }

    // MARK: Changes of records

    private func changes(_ entry: EventLog.Entry, _ types: Set<String>?) -> [OutwardEvent] {
        guard let recorded = RecordedEntry(entry) else { return [] }
        var events: [OutwardEvent] = []
        for (part, change) in recorded.changes.enumerated() {
            guard let change, let type = OutwardEncoder.type(change), types?.contains(type) ?? true else { continue }
            var out = ByteBuilder(capacity: 512), about = About()
            out.object { out in
                out.field("seq", entry.seq)
                if part > 0 { out.field("part", part) }
                out.field("type", type)
                out.field("time", recorded.at)
                out.field("by", recorded.author.who)
                out.field("through", recorded.author.through.rawValue)
                if let id = recorded.importID, !change.isImport { out.field("import", id) }
                about = write(change, into: &out)
            }
            events.append(
                OutwardEvent(
                    seq: entry.seq, part: part, type: type, at: recorded.at, order: about.order, call: about.call,
                    customer: about.customer, queue: about.queue, tier: about.tier, json: out.bytes))
        }
        return events
    }

    /// What an event is about, as far as its change says.
    private struct About {
        var call: CallKey?
        var customer: Int64?
        var queue: String?
        var tier: String?
        /// What is no customer's and no call's is sent in the order of its kind.
        var other = "records"

        var order: String {
            if let call { return "call \(call.source) \(call.call)" }
            return customer.map { "customer \($0)" } ?? other
        }
    }

    private static func type(_ change: RecordedChange) -> String? {
        switch change {
        case .customer(_, let version, _): version == 1 ? "customer.created" : "customer.changed"
        case .deleted: "customer.deleted"
        case .undeleted: "customer.undeleted"
        case .erased: "customer.erased"
        case .merged: "customer.merged"
        case .unmerged: "customer.unmerged"
        case .blocked: "number.blocked"
        case .unblocked: "number.unblocked"
        case .customerCase(let one):
            one.closedAt != nil ? "case.closed" : one.version == 1 ? "case.opened" : "case.changed"
        case .caseClaim(_, let claim): claim == nil ? "case.released" : "case.claimed"
        case .caseLate: "case.late"
        case .importRun(let run):
            run.undoneAt != nil ? "import.undone" : run.endedAt == nil ? "import.started" : "import.ended"
        case .item(let item): "\(item.kind.word).\(item.version > 1 ? "changed" : item.kind.begun)"
        case .itemDeleted: "item.deleted"
        case .alert(let alert): alert.type
        }
    }

    /// Writes what a change says.
    private func write(_ change: RecordedChange, into out: inout ByteBuilder) -> About {
        var about = About()
        switch change {
        case .customer(let id, let version, let fields):
            about = customer(id, version, into: &out)
            about.tier = fields.tier
            out.key("record")
            out.object { CustomerEncoder.fields(fields, without: hidden, into: &$0) }
        case .deleted(let id, let version), .undeleted(let id, let version):
            about = customer(id, version, into: &out)
        case .erased(let id): about = customer(id, nil, into: &out)
        case .merged(let id, let into, let other):
            about = customer(into, nil, into: &out)
            out.field("merge", id)
            out.field("other", other)
        case .unmerged(let id): out.field("merge", id)
        case .blocked(let number):
            out.field("number", number.number)
            out.field("reason", number.reason)
        case .unblocked(let number): out.field("number", number)
        case .customerCase(let one):
            about.customer = one.customer
            out.field("case", one.id)
            out.field("customer", one.customer)
            out.field("version", one.version)
            out.key("record")
            out.object { CaseEncoder.content(of: one, into: &$0) }
        case .caseClaim(let id, let claim):
            about.other = "case \(id)"
            out.field("case", id)
            out.field("claimed_by", claim?.by)
            out.field("claimed_at", claim?.since)
        case .caseLate(let one):
            about.customer = one.customer
            out.field("case", one.id)
            out.field("customer", one.customer)
            out.field("owner", one.owner)
            out.field("due", one.due)
        case .importRun(let run): self.run(run, into: &out)
        case .item(let item):
            about = customer(item.customer, item.version, into: &out)
            out.field("item", item.id)
            out.key("record")
            out.object { ItemEncoder.content(item.content, into: &$0) }
        case .itemDeleted(let id, let version):
            out.field("item", id)
            out.field("version", version)
        case .alert(let alert): about = write(alert, into: &out)
        }
        return about
    }

    private func customer(_ id: Int64, _ version: Int64?, into out: inout ByteBuilder) -> About {
        out.field("customer", id)
        if let version { out.field("version", version) }
        var about = About()
        about.customer = id
        return about
    }

    private func run(_ run: ImportRun, into out: inout ByteBuilder) {
        out.field("import", run.id)
        out.field("kind", run.kind.word)
        out.field("file", run.file)
        out.field("rows", run.rows)
        out.field("created", run.created)
        out.field("updated", run.updated)
    }

    private func write(_ alert: RecordedAlert, into out: inout ByteBuilder) -> About {
        out.field("call", alert.call.call)
        out.field("source", alert.call.source)
        out.field("queue", alert.queue)
        out.field("operator", alert.operator)
        out.field("customer", alert.customer)
        out.field("tier", alert.tier)
        out.field("waited_ms", alert.waited)
        var about = About()
        about.call = alert.call
        about.customer = alert.customer
        about.queue = alert.queue
        about.tier = alert.tier
        return about
    }
}

extension RecordedChange {
    /// It says itself which import it is.
    fileprivate var isImport: Bool { if case .importRun = self { true } else { false } }
}

extension CustomerItem.Kind {
    /// The word for its first version.
    fileprivate var begun: String {
        switch self {
        case .note: "written"
        case .file: "attached"
        case .purchase, .contract, .contact: "recorded"
        }
    }
}

extension RecordedAlert {
    /// nil for a kind that is not told outside.
    fileprivate var type: String? {
        switch kind {
        case .vipWaiting: "vip.waiting"
        case .vipUnseen: "vip.unseen"
        default: nil
        }
    }
}
