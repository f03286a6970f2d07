import CallCenter
import PhoneNumbers
import Testing

@testable import Storage

@Suite struct CustomerReaderTests {
    let directory: StateDirectory
    let store: CustomerStore
    let reader: CustomerReader

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        reader = try CustomerReader(directory: directory.path)
    }

    func caller(_ raw: String?, presentation: Presentation = .allowed) -> CallerNumber {
        reading(raw, presentation: presentation).recorded
    }

    func reading(_ raw: String?, presentation: Presentation = .allowed) -> NumberReading {
        PhoneNumberReader(region: "JP", language: "ja").reading(raw: raw, presentation: presentation)
    }

    /// A record that has exactly it, and nothing like it.
    @Test func whatIsNoValidNumberIsFoundAsItIs() throws {
        let extensionOnly = try store.create(fields("内線", phones: ["4711"]), at: morning)
        let odd = try store.create(fields("八桁", phones: ["2001-2345"]), at: morning)
        let new = try store.create(fields("新番号", phones: ["060-1234-5678"]), at: morning)
        for (raw, id, e164) in [
            ("4711", extensionOnly.id, nil), ("47-11", extensionOnly.id, nil),
            ("sip:4711@pbx.example", extensionOnly.id, nil), ("20012345", odd.id, "+8120012345"),
            ("06012345678", new.id, "+816012345678"), ("+816012345678", new.id, "+816012345678"),
        ] as [(String, Int64, String?)] {
            let found = try reader.lookup(reading(raw))
            #expect(found.candidates.map(\.customer.id) == [id], "\(raw)")
            #expect(found.caller.e164 == e164)
            #expect(found.caller.kind == (e164 == nil ? .notANumber : .number))
        }
        for raw in ["471", "47110", "14711", "+814711", "20012346", "0000000000", "06012345679"] {
            let found = try reader.lookup(reading(raw))
            #expect(found == Lookup(caller: reading(raw).caller), "\(raw)")
            #expect(found.caller.kind == .notANumber)
            #expect(found.caller.e164 == nil)
        }
        let kept = try store.customer(extensionOnly.id)?.fields.phones
        #expect(kept == [PhoneEntry(raw: "4711", e164: nil, display: "4711")])
    }

    @Test func whatIsNoNumberIsBlockedAsItIs() throws {
        try store.block(BlockedNumber(number: "+81000000000", display: "0000000000", reason: nil, since: morning))
        #expect(try reader.lookup(reading("0000000000")).blocked)
        #expect(try !reader.lookup(reading("0000000001")).blocked)
    }

    @Test func everybodyWhoSharesTheNumberIsFound() throws {
        let father = try store.create(
            fields("山田太郎", phones: ["090-0000-0001", "03-0000-0001"]) {
                $0.tier = "vip"; $0.custom = ["plan": "gold"]
            }, at: morning)
        let mother = try store.create(fields("山田花子", phones: ["03-0000-0001"]), at: morning)
        _ = try store.create(fields("別人", phones: ["03-0000-0002"]), at: morning)
        let found = try reader.lookup(caller("0300000001"))
        #expect(found.candidates.map(\.customer.id).sorted() == [father.id, mother.id])
        #expect(found.matches == 2)
        #expect(!found.blocked)
        var card = father.card
        card.display = "03-0000-0001"
        #expect(found.candidates.first { $0.customer.id == father.id }?.customer == card)
        #expect(try reader.lookup(caller("0300000003")).candidates == [])
        #expect(try reader.lookup(caller("0300000003")).matches == 0)
    }

    @Test func aSwitchboardNumberIsCountedBeyondWhatIsCarried() throws {
        for i in 0..<25 {
            // The first ones have the number twice.
            _ = try store.create(
                fields("社員\(i)", phones: i < 8 ? ["03-0000-0009", "+81300000009"] : ["03-0000-0009"]), at: morning)
        }
        let found = try reader.lookup(caller("0300000009"))
        #expect(found.candidates.count == Lookup.candidatesMax)
        #expect(Set(found.candidates.map(\.customer.id)).count == Lookup.candidatesMax)
        #expect(found.matches == 25)
    }

    @Test func exactlyAsManyAsAreCarried() throws {
        for i in 0..<20 {
            _ = try store.create(fields("社員\(i)", phones: ["03-0000-0009", "03-0000-0009"]), at: morning)
        }
        let found = try reader.lookup(caller("0300000009"))
        #expect(found.candidates.count == 20)
        #expect(found.matches == 20)
    }

    @Test func whatIsWithheldOrNoNumberIsNotLookedUp() throws {
        _ = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        try store.block(BlockedNumber(number: "+819000000001", display: "090-0000-0001", reason: nil, since: morning))
        for caller in [
            caller("09000000001", presentation: .restricted), caller(nil), caller("anonymous"), caller("101"),
            caller("Yamada"),
        ] {
            let found = try reader.lookup(caller)
            #expect(found == Lookup(caller: caller))
        }
    }

    @Test func aBlockedNumberIsTold() throws {
        #expect(try !reader.lookup(caller("09000000001")).blocked)
        reader.rest()
        try store.block(
            BlockedNumber(number: "+819000000001", display: "090-0000-0001", reason: "いたずら", since: morning))
        try store.block(BlockedNumber(number: "+819000000001", display: "x", reason: "again", since: morning + 9))
        #expect(try reader.lookup(caller("09000000001")).blocked)
        #expect(
            try store.blocked() == [
                BlockedNumber(number: "+819000000001", display: "090-0000-0001", reason: "again", since: morning)
            ])
        reader.rest()
        #expect(try store.unblock("+819000000001"))
        #expect(try !store.unblock("+819000000001"))
        #expect(try !reader.lookup(caller("09000000001")).blocked)
    }

    @Test func untilItRestsItSeesOneStateOfTheRecords() throws {
        #expect(try reader.lookup(caller("09000000001")).candidates.isEmpty)
        _ = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        #expect(try reader.lookup(caller("09000000001")).candidates.isEmpty)
        reader.rest()
        #expect(try reader.lookup(caller("09000000001")).candidates.count == 1)
    }

    @Test func theLastContactsComeNewestFirst() throws {
        let one = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        let contacts = (0..<8).map { (i: Int64) in
            var contact = Touchpoint(
                at: morning + (i * 5) % 8 * 1_000, channel: "email", direction: .inbound, operator: "10\(i)")
            contact.summary = "件名\(i)"
            contact.duration = i == 0 ? nil : 5
            return TouchpointEntry(id: i, customer: one.id, touchpoint: contact)
        }
        try store.write(calls: [], touchpoints: contacts)
        let newest = contacts.map { $0.touchpoint }.sorted { $0.at > $1.at }
        #expect(
            try reader.lookup(caller("09000000001")).candidates.first?.history
                == Array(newest.prefix(Lookup.historyMax)))
        #expect(try store.history(customer: one.id, limit: 100) == newest)
        #expect(try store.customer(one.id)?.lastContact == newest.first?.at)
    }

    @Test func otherIdentitiesFindTheirCustomer() throws {
        let one = try store.create(
            fields("山田") {
                $0.email = "taro@example.com"; $0.lineID = "U1"; $0.externalID = "C1"
            }, at: morning)
        #expect(try reader.candidates(email: "taro@example.com").map(\.customer) == [one.card])
        #expect(try reader.candidates(account: "U1").map(\.customer) == [one.card])
        #expect(try reader.candidates(account: "C1").map(\.customer) == [one.card])
        #expect(try reader.candidates(customer: one.id).map(\.customer) == [one.card])
        #expect(try reader.candidates(customer: 99) == [])
        #expect(try reader.candidates(email: "") == [])
    }
}
