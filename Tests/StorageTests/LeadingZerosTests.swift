import CallCenter
import Testing

@testable import Storage

/// A spreadsheet makes 1 of the `external_id` 0001.
@Suite struct LeadingZerosTests {
    static let before = """
        external_id,name,phone,email
        0001,山田太郎,090-1234-5678,
        0002,佐藤花子,,hanako@example.com
        0003,鈴木一郎,,
        0100,田中,03-1234-5678,
        C-004,髙橋,,
        """

    @Test func aRoundTripDoublesNobody() throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(try store.load(Self.before, in: directory).created == 5)
        let report = try store.load(
            """
            external_id,name,phone,email
            1,山田太郎,9012345678,
            2,佐藤はなこ,,hanako@example.com
            3,鈴木一郎,,
            100,田中,312345678,
            C-004,髙橋,,
            """, in: directory)
        #expect((report.created, report.updated, report.unchanged, report.zerosRestored) == (0, 3, 2, 4))
        #expect(report.warningCount == 4)
        #expect(
            report.warnings.first
                == .init(
                    line: 2, column: "external_id",
                    message: "\"1\" is taken for \"0001\": a spreadsheet drops leading zeros"))
        #expect(try store.everybody.map(\.fields.externalID) == ["0001", "0002", "0003", "0100", "C-004"])
        #expect(try store.everybody[1].fields.name == "佐藤はなこ")
    }

    @Test func theWayBackIsFoundToo() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("external_id,name\n7,山田\n", in: directory)
        let report = try store.load("external_id,name\n0007,山田\n", in: directory)
        #expect((report.created, report.zerosRestored) == (0, 1))
        #expect(try store.everybody.map(\.fields.externalID) == ["7"])
    }

    /// In some centres 1 and 01 are two customers.
    @Test func nothingElseInCommonIsAnotherCustomer() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load(
            "external_id,name,phone\n1,山田,090-1234-5678\n01,佐藤,090-1234-9999\n001,鈴木,\n", in: directory)
        #expect((report.created, report.zerosRestored, report.warningCount) == (3, 0, 2))
        // Each is found by its own.
        let again = try store.load(
            "external_id,name,phone\n1,山田,090-1234-5678\n01,佐藤,090-1234-9999\n001,鈴木,\n", in: directory)
        #expect((again.created, again.unchanged, again.warningCount) == (0, 3, 0))
    }

    @Test func ofSeveralTheOneWithTheNumberIsMeant() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("external_id,name,phone\n01,山田,090-1234-5678\n001,佐藤,090-1234-9999\n", in: directory)
        let report = try store.load("external_id,name,phone\n1,佐藤,090-1234-9999\n", in: directory)
        #expect((report.created, report.unchanged, report.zerosRestored) == (0, 1, 1))
    }
}
