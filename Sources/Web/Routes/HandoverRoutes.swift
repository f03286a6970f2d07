import CallCenter
import Engine
import EventWire
import Hummingbird
import Settings
import Storage

/// `GET /v1/quality/handovers`: how often a customer was asked again after a call was handed on, by who handed it on,
/// with the calls behind it.
struct HandoverRoutes {
    let engine: Engine
    let history: any CallHistory
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// Handovers that are listed, the newest first.
    private static let shownMax = 200
    /// Longer times are refused: every call of them is read.
    private static let daysMax: Int64 = 370

    func add(to router: GuardedRouter) { router.get("v1/quality/handovers", may: .supervisor, use: show) }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), now = self.now()
        let from = try QualityRoutes.bound(query, "from", settings) { $0.start } ?? settings.dayStart(now)
        let to = try QualityRoutes.bound(query, "to", settings) { $0.end } ?? StatsFeed.end(of: now, settings.interval)
        guard from < to else { throw Problem.bad("from is not before to.") }
        guard to - from <= HandoverRoutes.daysMax * 86_400_000 else {
            throw Problem.bad("These are more than \(HandoverRoutes.daysMax) days: ask for fewer.")
        }
        // A call that was handed on in the period may have begun before it.
        let earliest = from - 86_400_000
        let asked = await engine.ask { centre, _ in
            (calls: centre.callsInMemory, names: centre.operators.compactMapValues(\.name))
        }
        guard let live = asked else { throw Problem.stopping }
        let calls = live.calls.filter { call in call.startedAt.map { earliest <= $0 && $0 < to } ?? false }
        let sums = try await Recounting.sum(
            calls, try history.kept(from: earliest, to: to), from: HandoverSums(from: from, to: to),
            add: { sums, call in sums.add(call) }, join: { $0.join($1) })
        let rows = sums.byOperator.sorted { ($1.value.askedAgain, $0.key) < ($0.value.askedAgain, $1.key) }
        let shown = sums.newest(HandoverRoutes.shownMax)
        return .json(capacity: 256 * shown.count + 512) { out in
            out.object { out in
                out.field("from", from)
                out.field("to", to)
                sums.all.write(into: &out)
                out.key("operators")
                out.array { out in
                    for (id, counts) in rows {
                        out.object { out in
                            out.field("operator", id)
                            out.field("name", live.names[id])
                            counts.write(into: &out)
                        }
                    }
                }
                out.key("calls")
                out.array { out in
                    for one in shown {
                        out.object { out in
                            out.field("call", one.key.call)
                            out.field("source", one.key.source)
                            out.field("at", one.handover.at)
                            out.field("from", one.handover.from)
                            out.field("to", one.handover.to)
                            out.field("identified_again", one.handover.isIdentifiedAgain)
                            out.field("note_rewritten", one.handover.isNoteRewritten)
                        }
                    }
                }
            }
        }
    }
}

/// Handovers of a period, added up.
struct HandoverSums: Sendable {
    struct Counts: Equatable, Sendable {
        var handovers = 0
        var identifiedAgain = 0
        var notesRewritten = 0
        /// One of them, or both.
        var askedAgain = 0

        mutating func add(_ one: Handover) {
            handovers += 1
            if one.isIdentifiedAgain { identifiedAgain += 1 }
            if one.isNoteRewritten { notesRewritten += 1 }
            if one.isAskedAgain { askedAgain += 1 }
        }

        static func += (one: inout Counts, other: Counts) {
            one.handovers += other.handovers
            one.identifiedAgain += other.identifiedAgain
            one.notesRewritten += other.notesRewritten
            one.askedAgain += other.askedAgain
        }

        func write(into out: inout ByteBuilder) {
            out.field("handovers", handovers)
            out.field("identified_again", identifiedAgain)
            out.field("notes_rewritten", notesRewritten)
            out.field("asked_again", askedAgain)
            out.field("asked_again_rate", handovers > 0 ? Double(askedAgain) / Double(handovers) : nil)
        }
    }

    struct Behind: Equatable, Sendable {
        var key: CallKey
        var handover: Handover
    }

    let from: Timestamp
    let to: Timestamp
    private(set) var all = Counts()
    /// By who handed it on.
    private(set) var byOperator: [String: Counts] = [:]
    /// Those in which somebody was asked again.
    private(set) var behind: [Behind] = []

    init(from: Timestamp, to: Timestamp) {
        self.from = from
        self.to = to
    }

    /// Adds those handovers of a call that were in the period.
    mutating func add(_ call: borrowing Call) {
        guard call.life.legs.count > 1 else { return }
        for one in call.handovers where from <= one.at && one.at < to {
            all.add(one)
            byOperator[one.from, default: Counts()].add(one)
            if one.isAskedAgain { behind.append(Behind(key: call.key, handover: one)) }
        }
    }

    mutating func join(_ other: HandoverSums) {
        all += other.all
        for (id, counts) in other.byOperator { byOperator[id, default: Counts()] += counts }
        behind += other.behind
    }

    func newest(_ count: Int) -> [Behind] {
        Array(
            behind.sorted { ($1.handover.at.ms, $0.key.call) < ($0.handover.at.ms, $1.key.call) }.prefix(count))
    }
}
