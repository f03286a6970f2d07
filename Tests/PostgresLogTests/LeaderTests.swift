import Foundation
import Testing

@testable import PostgresLog

extension PostgresTests {
    @Suite struct LeaderTests {
        @Test func oneLeadsAtATimeAndEachWithTheNextEpoch() throws {
            let log = try TestLog()
            let (a, head) = try log.lead("a")
            #expect(head.epoch == 1 && a.epoch == 1 && head.node == "a" && head.pid == a.pid && head.newestEpoch == 0)
            #expect(try log.table.head() == head)
            #expect(failure { () throws(PostgresError) in try log.lead("b") } == .held(by: "a"))
            // One that is not the leader's is not ended.
            let others = [Int32.max, try log.server.session().pid]
            for pid in others {
                #expect(failure { () throws(PostgresError) in try log.lead("b", ending: pid) } == .held(by: "a"))
            }
            try a.append([.sample(1...3, epoch: 1)], expecting: 0)
            a.close()
            #expect(try log.table.head()?.node == nil)
            #expect(try log.table.head()?.pid == nil)
            let (b, next) = try log.lead("b")
            #expect(next.epoch == 2 && b.epoch == 2 && next.last == 3 && next.newestEpoch == 1)
            let late = failure { () throws(PostgresError) in try a.append([.sample(4...4, epoch: 1)], expecting: 3) }
            #expect(late?.isUnavailable == true)
            #expect(try log.all().map(\.last) == [3])
        }

        @Test func eachSchemaHasALeaderOfItsOwn() throws {
            let (one, other) = (try TestLog(), try TestLog())
            let (a, _) = try one.lead("a")
            let (b, _) = try other.lead("b")
            try a.append([.sample(1...1, epoch: 1)], expecting: 0)
            try b.append([.sample(1...2, epoch: 1)], expecting: 0)
            #expect(try one.all().map(\.last) == [1])
            #expect(try other.all().map(\.last) == [2])
        }

        @Test func withoutALogNobodyLeads() throws {
            let server = try TestServer.shared
            let schema = try server.schema()
            func lead() throws(PostgresError) { _ = try LeaderSession.lead(server.place(schema), ending: nil) }
            #expect(failure(of: lead)?.isRefused == true)
            let table = try LogTable.open(server.place(schema))
            #expect(failure(of: lead)?.description.contains("no log yet") == true)
            _ = try table.create(identity: "l", behind: 0)
            try lead()
        }

        @Test func aSilentLeaderIsReplaced() throws {
            let log = try TestLog()
            let (a, head) = try log.lead("a")
            try a.append([.sample(1...3, epoch: 1)], expecting: 0)
            let (b, next) = try log.lead("b", ending: head.pid)
            #expect(next.epoch == 2 && next.last == 3 && next.node == "b")
            let error = failure { () throws(PostgresError) in try a.append([.sample(4...4, epoch: 1)], expecting: 3) }
            #expect(error?.isUnavailable == true)
            #expect(error?.description.contains("57P01") == true)
            // The session stays over.
            let later = failure { () throws(PostgresError) in try a.append([.sample(4...4, epoch: 1)], expecting: 3) }
            #expect(later == error)
            try b.append([.sample(4...4, epoch: 2, by: "b")], expecting: 3)
            #expect(try log.all().map(\.epoch) == [1, 2])
        }

        @Test func aNodeEndsItsOwnEarlierSession() throws {
            let log = try TestLog()
            let (earlier, _) = try log.lead("a")
            let (later, head) = try log.lead("a")
            #expect(head.epoch == 2)
            try later.append([.sample(1...1, epoch: 2)], expecting: 0)
            #expect(
                failure { () throws(PostgresError) in try earlier.append([.sample(2...2, epoch: 1)], expecting: 1) }?
                    .isUnavailable == true)
        }

        @Test func whatDoesNotFollowIsRefusedBeforeItIsSent() throws {
            let log = try TestLog()
            let (a, _) = try log.lead()
            for rows in [
                [BurstRow.sample(2...2, epoch: 1)], [.sample(1...1, epoch: 2)],
                [.sample(1...1, epoch: 1), .sample(3...3, epoch: 1)],
            ] {
                let error = failure { () throws(PostgresError) in try a.append(rows, expecting: 0) }
                #expect(error?.isRefused == true)
            }
            // The session goes on.
            try a.append([], expecting: 0)
            try a.append([.sample(1...1, epoch: 1)], expecting: 0)
            // The log is elsewhere than its leader believes.
            let error = failure { () throws(PostgresError) in try a.append([.sample(1...1, epoch: 1)], expecting: 0) }
            #expect(error == .fenced(try #require(try log.table.head())))
            let later = failure { () throws(PostgresError) in try a.append([.sample(2...2, epoch: 1)], expecting: 1) }
            #expect(later == error)
            #expect(try log.all().count == 1)
        }

        @Test func anErrorOfTheCommitItselfIsNoSuccess() throws {
            let log = try TestLog()
            try log.server.sql(
                """
                CREATE FUNCTION \(log.schema).no() RETURNS trigger LANGUAGE plpgsql
                AS 'BEGIN RAISE EXCEPTION ''not today''; END'
                """)
            try log.server.sql(
                """
                CREATE CONSTRAINT TRIGGER late AFTER INSERT ON \(log.schema).screenpop_burst
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION \(log.schema).no()
                """)
            let (a, _) = try log.lead()
            let error = failure { () throws(PostgresError) in try a.append([.sample(1...1, epoch: 1)], expecting: 0) }
            #expect(error?.isRefused == true && error?.description.contains("not today") == true)
            #expect(try log.all().isEmpty)
            try log.server.sql("DROP TRIGGER late ON \(log.schema).screenpop_burst")
            try a.append([.sample(1...1, epoch: 1)], expecting: 0)
            #expect(try log.all().count == 1)
        }

        @Test func manyRowsAndLargeOnesAreOneTransaction() throws {
            let log = try TestLog()
            let (a, _) = try log.lead()
            let small = (1...1_000).map { BurstRow.sample(Int64($0)...Int64($0), epoch: 1) }
            let large = (1_001...1_040).map { BurstRow.sample(Int64($0)...Int64($0), epoch: 1, size: 500_000) }
            try a.append(small, expecting: 0)
            try a.append(large, expecting: 1_000)
            let compression = "SELECT DISTINCT pg_column_compression(entries) FROM \(log.schema).screenpop_burst"
            #expect(try log.server.sql(compression + " WHERE first > 1000").textIfAny(0, 0) == "lz4")
            #expect(try log.all() == small + large)
            let transactions = "SELECT count(DISTINCT xmin::text) FROM \(log.schema).screenpop_burst"
            #expect(try log.server.sql(transactions).integer(0, 0) == 2)
        }

        @Test func aStandbyIsUnavailableNotRefused() throws {
            let log = try TestLog()
            // What a primary that became a standby answers.
            let (a, _) = try log.lead()
            try log.server.sql("ALTER ROLE screenpop SET default_transaction_read_only = on")
            defer { _ = try? log.server.sql("ALTER ROLE screenpop RESET default_transaction_read_only") }
            let error = failure { () throws(PostgresError) in try log.lead() }
            #expect(error?.isUnavailable == true && error?.description.contains("read-only") == true)
            var place = log.place("b")
            place.conninfo += " target_session_attrs=any"
            let written = failure { () throws(PostgresError) in try LeaderSession.lead(place, ending: a.pid) }
            #expect(written?.isUnavailable == true && written?.description.contains("25006") == true)
        }
    }
}
