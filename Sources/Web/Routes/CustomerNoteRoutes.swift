import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `/v1/customers/{id}/notes`: what is written of a customer, and of no call. It is part of the customer's one history.
struct CustomerNoteRoutes {
    let records: CustomerStore
    let history: any CallHistory
    let customerRecords: CustomerRecords
    let recorder: EventRecorder
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/customers/{id}/notes", may: .operator, use: list)
        router.post("v1/customers/{id}/notes", may: .operator, use: write)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try customer(context)
        let query = Query(request)
        let limit = try query.limit(default: 100, max: 1_000)
        let found = try history.notes(on: id, below: try query.number("after", in: .id), limit: limit + 1)
        context.reader().sees(id)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in found.prefix(limit) { CustomerNoteRoutes.note(one, into: &out) } }
                out.field("next", found.count > limit ? found[limit - 1].id : nil)
            }
        }
    }

    private struct Body: Decodable {
        var text: String
        /// How long it was written on.
        var seconds: Double?

        init(from decoder: any Decoder) throws {
            struct Key: CodingKey {
                var stringValue: String
                var intValue: Int? { nil }
                init(stringValue: String) { self.stringValue = stringValue }
                init?(intValue: Int) { nil }
            }
            let fields = try decoder.container(keyedBy: Key.self)
            if let strange = fields.allKeys.first(where: { !["text", "seconds"].contains($0.stringValue) }) {
                throw Problem.bad("\(strange.stringValue.prefix(64)) is no field of a note; it has text and seconds.")
            }
            text = try fields.decode(String.self, forKey: Key(stringValue: "text"))
            seconds = try fields.decodeIfPresent(Double.self, forKey: Key(stringValue: "seconds"))
        }
    }

    private func write(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try customer(context)
        let body: Body = try await request.json()
        guard body.text.contains(where: { !$0.isWhitespace }) else {
            throw Problem.bad("text is empty: say what is to be known.")
        }
        let secondsMax = Double(WireLimits.durationMax / 1_000)
        if let seconds = body.seconds, !(0...secondsMax).contains(seconds) {
            throw Problem.bad("seconds is from 0 to \(WireLimits.durationMax / 1_000).")
        }
        let author = context.who.person
        let spent = body.seconds.map { Int64(($0 * 1_000).rounded()) }
        let now = self.now()
        let written = TouchpointRecorded(
            who: .customer(id), channel: Touchpoint.note, summary: body.text, operator: author, duration: spent)
        let seq = try await recorder.record(
            .touchpoint(written), at: now,
            refused: "text has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.")
        // A client that is notified of the change reads at once, and has to see the note.
        _ = try history.notes(on: id, below: nil, limit: 1)
        await customerRecords.changed(id)
        let note = Touchpoint(at: now, channel: Touchpoint.note, operator: author, summary: body.text, duration: spent)
        let entry = TouchpointEntry(id: TouchpointEntry.id(seq: seq), customer: id, touchpoint: note)
        return .json(.created) { CustomerNoteRoutes.note(entry, into: &$0) }
    }

    private func customer(_ context: WebContext) throws -> Int64 {
        let id = try context.segment("id")
        guard let number = Int64(id), try records.customer(number) != nil else {
            throw Problem.notFound("There is no customer \(id).")
        }
        return number
    }

    private static func note(_ entry: TouchpointEntry, into out: inout ByteBuilder) {
        out.object { out in
            out.field("id", entry.id)
            out.field("at", entry.touchpoint.at)
            out.field("operator", entry.touchpoint.operator)
            out.field("text", entry.touchpoint.summary)
            out.field("seconds", entry.touchpoint.duration.map { Double($0) / 1_000 })
        }
    }
}
