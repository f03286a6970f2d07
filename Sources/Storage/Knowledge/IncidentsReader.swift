import CallCenter
import SQLite

/// The incidents that go on, held in memory for look-ups: a look-up compares their ids and versions, and reads an
/// incident again when it has changed.
struct IncidentsReader: ~Copyable {
    /// Incidents of one look-up, at most: the newest.
    static let incidentsMax = 16

    private struct Held {
        var id: Int64
        var version: Int64
        var incident: Incident
    }
    private let open: Statement
    private let content: Statement
    private var held: [Held] = []

    init(_ database: borrowing Connection) throws(SQLiteError) {
        let open = try database.prepare(
            """
            SELECT id, version FROM knowledge WHERE kind=\(KnowledgeEntry.Kind.incident.rawValue) AND is_open=1
            ORDER BY id DESC LIMIT \(IncidentsReader.incidentsMax)
            """)
        let content = try database.prepare("SELECT fields FROM knowledge WHERE id=?")
        self.open = open
        self.content = content
    }

    /// At the begin of a read transaction.
    mutating func wake() throws(SQLiteError) {
        defer { open.reset() }
        var found: [(id: Int64, version: Int64)] = []
        while try open.step() { found.append((open.int(0), open.int(1))) }
        if found.count == held.count, zip(found, held).allSatisfy({ $0.id == $1.id && $0.version == $1.version }) {
            return
        }
        var now: [Held] = []
        for (id, version) in found {
            if let known = held.first(where: { $0.id == id && $0.version == version }) {
                now.append(known)
            } else if let incident = try incident(id) {
                now.append(Held(id: id, version: version, incident: incident))
            }
        }
        held = now
    }

    /// What a damaged row would have said is left out: a look-up goes on without it.
    private borrowing func incident(_ id: Int64) throws(SQLiteError) -> Incident? {
        defer { content.reset() }
        try content.bind(id, 1)
        guard try content.step() else { return nil }
        let bytes = content.withBytes(0) { Array($0) }
        guard case .incident(let one)? = try? KnowledgeEntry.Content(packed: bytes) else { return nil }
        return one
    }

    /// Those that may concern a call of one of these customers, the newest first; nil when there are none. Queue, line
    /// and place are compared where the call is.
    borrowing func mayConcern(_ candidates: [Candidate]) -> [OpenIncident]? {
        guard !held.isEmpty else { return nil }
        var found: [OpenIncident] = []
        for one in held {
            let incident = one.incident
            var customers: [Int64]?
            if !incident.tags.isEmpty || !incident.products.isEmpty {
                let fitting = candidates.filter { incident.fits(customer: KnowledgeContext($0)) }.map(\.customer.id)
                if fitting.isEmpty { continue }
                customers = fitting
            }
            found.append(
                OpenIncident(
                    id: one.id, title: incident.title, openedAt: incident.openedAt, queues: incident.queues,
                    lines: incident.lines, regions: incident.regions, customers: customers))
        }
        return found.isEmpty ? nil : found
    }
}

extension KnowledgeContext {
    /// What a look-up knows of a customer.
    fileprivate init(_ candidate: Candidate) {
        self.init()
        tags = candidate.customer.tags
        products = candidate.dealings?.owned ?? []
    }
}
