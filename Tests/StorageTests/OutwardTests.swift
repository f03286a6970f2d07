import CallCenter
import Testing

@testable import Storage

/// What others are told: how the log is read for them, and what is kept of how far they are.
@Suite struct OutwardTests {
    let directory: StateDirectory

    init() throws { directory = try StateDirectory() }

    private func append(_ text: String, to log: inout EventLog, readAt: Int64 = 5) {
        Array(text.utf8).withUnsafeBytes { log.append(readAt: readAt, source: "pbx", line: $0, facts: []) }
    }
    private func append(_ entry: ChangeEntry, _ kind: EntryKind = .records, to log: inout EventLog) {
        entry.bytes.withUnsafeBytes { log.append(change: $0, kind: kind, readAt: 5) }
    }

    @Test func piecesAreBoundedAndLeaveSecretsOut() throws {
        var log = try EventLog.open(directory: directory.path)
        for n in 1...20 {
            append("line \(n)", to: &log)
            append(
                ChangeEntry(at: morning, author: .command, importID: nil, changes: [.unblocked("+81\(n)")]),
                n % 2 == 0 ? .secrets : .records, to: &log)
            if n % 7 == 0 { try log.commit() }
        }
        try log.commit()
        let window = LogWindow(directory: directory.path)
        var found: [Int64] = [], place: Int64 = 0, pieces = 0
        while true {
            let piece = try window.read(after: place, limit: 4)
            #expect(piece.entries.count <= 4)
            if piece.reached == place { break }
            found += piece.entries.map(\.seq)
            place = piece.reached
            pieces += 1
        }
        // Of each four entries the last one is a secret.
        #expect(found == (1...40).filter { $0 % 4 != 0 }.map(Int64.init))
        #expect(place == 40 && pieces >= 8)
        #expect(try window.last() == 40)
    }

    @Test func aLongLineEndsAPiece() throws {
        var log = try EventLog.open(directory: directory.path)
        for _ in 1...6 { append(String(repeating: "x", count: LogWindow.bytesMax / 2), to: &log) }
        try log.commit()
        let piece = try LogWindow(directory: directory.path).read(after: 1)
        #expect(piece.entries.map(\.seq) == [2, 3] && piece.reached == 3)
    }

    @Test func whatWasCutOffIsSaidWithTheFirstThatIsThere() throws {
        var log = try EventLog.open(directory: directory.path)
        for n in 1...9 {
            append("line \(n)", to: &log, readAt: Int64(n))
            try log.commit()
        }
        let cutter = try LogCutter.open(directory: directory.path), window = LogWindow(directory: directory.path)
        _ = try cutter.cut(through: 4, before: 100)
        for after in [0, 1, 3] as [Int64] {
            #expect(throws: LogWindowError.cutOff(first: 5)) { try window.read(after: after) }
        }
        #expect(try window.read(after: 4).entries.map(\.seq) == [5, 6, 7, 8, 9])
        #expect(try window.read(after: 9).entries.isEmpty && window.read(after: 50).reached == 50)
    }

    @Test func aChangeIsShownAsWhatItIsAfterwards() throws {
        let entry = ChangeEntry(
            at: morning, author: Author("101", through: .desk), importID: 4,
            changes: [
                .webhookPosition(name: "crm", seq: 4),
                .customer(.init(id: 3, version: 2, createdAt: morning, updatedAt: nil, fields: fields("鈴木"))),
            ])
        let logged = EventLog.Entry(
            seq: 8, readAt: 5, source: EntryKind.records.source ?? "", line: entry.bytes, facts: [])
        let recorded = try #require(RecordedEntry(logged))
        #expect(recorded.author == Author("101", through: .desk) && recorded.importID == 4)
        #expect(recorded.changes.count == 2 && recorded.changes[0] == nil, "its bookkeeping concerns nobody")
        guard case .customer(let id, let version, let shown)? = recorded.changes[1] else {
            Issue.record("no customer")
            return
        }
        #expect(id == 3 && version == 2 && shown.name == "鈴木")
        let event = EventLog.Entry(seq: 9, readAt: 5, source: "pbx", line: entry.bytes, facts: [])
        #expect(RecordedEntry(event) == nil)
    }

    @Test func aPositionNeverGoesBack() throws {
        let store = try directory.store()
        #expect(try store.position(ofWebhook: "crm") == nil)
        try store.writer.note(webhook: "crm", at: 40, now: morning)
        try store.writer.note(webhook: "crm", at: 30, now: morning)
        #expect(try store.position(ofWebhook: "crm") == 40 && store.position(ofWebhook: "chat") == nil)
    }

    @Test func whatWasGivenUpIsListedInTheOrderOfTheLog() throws {
        let store = try directory.store()
        for (seq, part) in [(5, 0), (3, 1), (3, 0), (12, 0)] {
            try store.writer.note(
                DeadDelivery(
                    webhook: "crm", seq: Int64(seq), part: part, type: "call.ended", tries: 2, at: morning,
                    problem: "it answered 500"))
        }
        #expect(try store.deadDeliveries(of: "crm", limit: 9).map(\.id) == ["3", "3.1", "5", "12"])
        let place = try #require(OutwardEvent.place(ofID: "3.1"))
        #expect(try store.deadDeliveries(of: "crm", after: place, limit: 1).map(\.id) == ["5"])
        #expect(try store.deadDeliveries(of: "chat", limit: 9).isEmpty)
        #expect(try store.writer.remove(deadDelivery: 3, part: 1, of: "crm", by: .command, at: morning))
        #expect(try !store.writer.remove(deadDelivery: 3, part: 1, of: "crm", by: .command, at: morning))
        #expect(try store.deadDeliveryCount(of: "crm") == 3)
    }

    @Test(arguments: ["", "x", "0", "-1", "3.", "3.0", ".1", "3.1.1", "9223372036854775807"])
    func whatIsNoIDOfAnEvent(text: String) { #expect(OutwardEvent.place(ofID: text) == nil) }

    @Test func aCaseIsLateOnceForEachDueTime() throws {
        let store = try directory.store(), writer = store.writer
        let customer = try store.create(fields("鈴木"), at: morning).id
        let opened = try writer.open(
            .case, "水漏れ", of: customer, owner: "101", due: morning + 10_000, by: nil, author: .command, at: morning)
        let one = try #require(opened)
        func late(_ ms: Int64) throws -> [LateCase] { try store.untoldLateCases(at: morning + ms, limit: 9) }
        #expect(try late(10_000).isEmpty)
        let found = try late(10_001)
        #expect(found == [LateCase(id: one.id, customer: customer, owner: "101", due: morning + 10_000)])
        for one in found { try writer.note(one, at: morning + 10_001) }
        #expect(try late(20_000).isEmpty)
        // Put off, it is late once more.
        _ = try writer.edit(case: one.id, by: .command, at: morning + 11_000) { $0.due = morning + 30_000 }
        #expect(try late(30_000).isEmpty && late(30_001).count == 1)
        let end = morning + 12_000
        _ = try writer.edit(case: one.id, by: .command, at: end) { $0.close(by: "101", at: end) }
        #expect(try late(30_001).isEmpty)
    }
}
