import CallCenter
import Foundation
import NIOCore
import Settings
import Testing

@testable import EventWire
@testable import Storage
@testable import Web

/// What others read of an entry of the log.
@Suite struct OutwardEncoderTests {
    private func events(_ line: String, source: String = "pbx1", types: Set<String>? = nil) -> [OutwardEvent] {
        OutwardEncoder(hidden: []).events(
            EventLog.Entry(seq: 12, readAt: 1_795_392_000_000, source: source, line: Array(line.utf8), facts: []),
            types)
    }

    private func fields(_ event: OutwardEvent?) throws -> [String: Any] {
        let event = try #require(event)
        return try #require(try JSONSerialization.jsonObject(with: Data(event.json)) as? [String: Any])
    }

    @Test func anEventIsAsItWasGiven() throws {
        let line = #"{"type":"call.offered","call":"c1","from":"090","queue":"support","odd":{"a":[1,2.5,true,null]}}"#
        let event = events(line).first, fields = try fields(event)
        #expect(event?.id == "12" && event?.call == CallKey(source: "pbx1", call: "c1") && event?.queue == "support")
        #expect(fields["from"] as? String == "090" && fields["seq"] as? Int == 12)
        #expect(fields["source"] as? String == "pbx1" && fields["time"] as? String == fields["read_at"] as? String)
        let odd = try #require((fields["odd"] as? [String: Any])?["a"] as? [Any])
        #expect(odd.count == 4 && odd[1] as? Double == 2.5 && odd[3] is NSNull)
    }

    @Test func itsOwnSourceAndTimeStay() throws {
        let line = #"{"type":"call.ended","call":"c1","source":"b","time":"2026-11-26T05:03:00+09:00","seq":1}"#
        let event = events(line).first, fields = try fields(event)
        #expect(fields["source"] as? String == "b" && fields["time"] as? String == "2026-11-26T05:03:00+09:00")
        #expect(fields["seq"] as? Int == 12, "an attribute that means nothing to us takes nobody's place")
        #expect(event?.call?.source == "b" && event?.order == "call b c1")
        #expect(event.map { RFC3339.string($0.at) } == "2026-11-25T20:03:00.000Z")
    }

    @Test func onlyTheTypesThatAreWanted() {
        let line = #"{"type":"call.ended","call":"c1"}"#
        #expect(events(line, types: ["call.ended"]).count == 1 && events(line, types: ["call.held"]).isEmpty)
        #expect(events("no JSON").isEmpty && events(#"{"type":"ping"}"#).isEmpty)
    }

    @Test func theListOfTypesIsThatOfTheProtocol() {
        let known = Set(EventType.allCases.map(\.rawValue)).subtracting(["ping"])
        #expect(Set(OutwardTypes.calls + OutwardTypes.desk) == known)
        let count = OutwardTypes.calls.count + OutwardTypes.desk.count + OutwardTypes.records.count
        #expect(OutwardTypes.all.count == count)
    }

    @Test func everyChangeHasATypeOfTheList() throws {
        let customer = CustomerFields(name: "鈴木")
        var one = RecordChange.CaseFields(
            id: 4, customer: 7, kind: .case, title: "t", owner: nil, due: nil, createdAt: Timestamp(ms: 5),
            createdBy: nil, closedAt: nil, closedBy: nil, spent: nil, version: 1)
        var changes: [RecordChange] = [.customerCase(one)]
        one.version = 2
        changes.append(.customerCase(one))
        one.closedAt = Timestamp(ms: 9)
        changes.append(.customerCase(one))
        var run = ImportRun(id: 3, startedAt: Timestamp(ms: 1), by: nil, file: "a.csv")
        changes.append(.importRun(run))
        run.endedAt = Timestamp(ms: 2)
        changes.append(.importRun(run))
        run.undoneAt = Timestamp(ms: 3)
        changes.append(.importRun(run))
        for version in [Int64(1), 2] {
            changes.append(
                .customer(
                    .init(id: 7, version: version, createdAt: Timestamp(ms: 5), updatedAt: nil, fields: customer)))
            let contents: [CustomerItem.Content] = [
                .note(Note(at: Timestamp(ms: 5), text: "x")), .contact(Contact(at: Timestamp(ms: 5), channel: "visit")),
                .contract(Contract(service: "s")),
                .file(CustomerFile(name: "a.png", type: "image/png", size: 1, hash: [1], home: 7)),
                .purchase(Purchase(at: DayOrTime(Timestamp(ms: 5)), product: "p", state: "ordered")),
            ]
            for (n, content) in contents.enumerated() {
                changes.append(
                    .item(
                        .init(
                            id: Int64(n), customer: 7, version: version, createdAt: Timestamp(ms: 5), createdBy: nil,
                            content: content)))
            }
        }
        for kind in [AlertKind.vipWaiting, .vipUnseen] {
            changes.append(
                .alert(
                    RecordedAlert(
                        kind: kind, call: CallKey(source: "pbx", call: "c1"), queue: "support", operator: nil,
                        customer: 7, tier: "vip", waited: 9)))
        }
        changes += [
            .deleted(id: 7, version: 3), .undeleted(id: 7, version: 4), .unblocked("+81"),
            .blocked(BlockedNumber(number: "+81", display: "0", reason: nil, since: Timestamp(ms: 5))),
            .caseClaim(id: 4, CaseClaim(by: "101", since: Timestamp(ms: 5))), .caseClaim(id: 4, nil),
            .itemDeleted(id: 1, version: 3),
            .caseLate(LateCase(id: 4, customer: 7, owner: nil, due: Timestamp(ms: 5))),
            .merged(.init(id: 1, into: 7, intoVersion: 2, other: 8, otherVersion: 2)),
            .unmerged(.init(id: 1, intoVersion: 3, otherVersion: 3)),
            .erased(.init(id: 7, version: 9, casesBehind: 4, itemsBehind: 4, reason: nil, calls: [])),
            .webhookPosition(name: "crm", seq: 4),
        ]
        let entry = ChangeEntry(
            at: Timestamp(ms: 77), author: Author("101", through: .desk), importID: nil, changes: changes)
        let logged = EventLog.Entry(
            seq: 9, readAt: 5, source: EntryKind.records.source ?? "", line: entry.bytes, facts: [])
        let events = OutwardEncoder(hidden: []).events(logged, nil)
        #expect(events.count == changes.count - 1 && Set(events.map(\.id)).count == events.count)
        #expect(Set(events.map(\.type)) == Set(OutwardTypes.records))
        for event in events {
            let fields = try fields(event)
            #expect(fields["seq"] as? Int == 9 && fields["type"] as? String == event.type)
            #expect(fields["by"] as? String == "101" && fields["time"] is String)
        }
        // Frames: the last of the entry has the id.
        let text = EventStreamRoutes.buffers(events).map { String(buffer: $0) }.joined()
        let frames = text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
        #expect(frames.count == events.count && frames.last?.hasPrefix("id: 9\n") == true)
        #expect(frames.dropLast().allSatisfy { $0.hasPrefix("event: ") })
    }

    @Test func fieldsAreShownByWhoMaySeeThem() {
        var secret = Settings.CustomField(name: "salary", label: "Salary"), open = secret
        secret.seenBy = .admin
        open.name = "plan"
        var chief = open
        chief.name = "risk"
        chief.seenBy = .supervisor
        let all = [secret, open, chief]
        #expect(OutwardReader.hidden(all, from: .operator) == ["salary", "risk"])
        #expect(OutwardReader.hidden(all, from: .supervisor) == ["salary"])
        #expect(OutwardReader.hidden(all, from: .admin).isEmpty)
    }
}
