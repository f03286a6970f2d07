import CRMLookup
import Foundation
import PostgresQuery
import Testing

@testable import Workers

extension PostgresTests {
    /// Callers who are looked up in a database.
    @Suite struct DatabaseLookupTests {
        private static func place(_ server: TestServer, _ schema: String) -> String {
            "host=\(server.directory) port=\(server.port) user=screenpop dbname=centre "
                + "options='-c search_path=\(schema)'"
        }

        private static func people(_ server: TestServer) throws -> String {
            let schema = try server.schema()
            try server.sql(
                "CREATE TABLE \(schema).person AS SELECT * FROM (VALUES "
                    + "('K-1', 'Taro Example', '080-0000-0000', 'gold'), "
                    + "('K-2', 'Hanako Example', '080-0000-0001', NULL)) p(id, name, tel, plan)")
            try server.sql("GRANT ALL ON \(schema).person TO screenpop")
            return place(server, schema)
        }

        private static func asker(_ database: String, _ query: String, timeout: Int64 = 2_000) throws -> LookupAsker {
            var plan = LookupPlan(), name = LookupPlan.Field(), service = LookupPlan.Field()
            plan.name = "erp"
            plan.kind = .sql
            plan.sql.database = database
            plan.sql.query = query
            plan.numbers = [.e164, .nationalHyphens]
            (name.label, name.path) = ("Name", "name")
            (service.label, service.path) = ("Plan", "plan")
            plan.fields = [name, service]
            plan.externalID = "id"
            plan.timeout = timeout
            let recipe = try LookupRecipe(plan)
            let send = LookupTransport.send(for: plan, attributes: [], http: { _, _, _ in throw LookupFault("HTTP") })
            return LookupAsker(recipe, send: send, now: { 1_795_392_000_000 })
        }

        private static func number(_ last: Int) throws -> LookupNumber {
            try #require(LookupNumber(e164: "+81800000000\(last)", display: "080-0000-000\(last)"))
        }

        private static let byNumber = "SELECT id, name, plan FROM person WHERE tel = {number}"

        private static func said(_ outcome: LookupAsker.Outcome) -> String {
            switch outcome {
            case .answered(.found(let record), _, _): record.text ?? ""
            case .answered(.missing, _, _): "nobody"
            case .failed(let why): why
            }
        }

        @Test func aCallerIsFoundByTheNotationThatTheTableHas() async throws {
            let server = try TestServer.shared
            let asker = try Self.asker(try Self.people(server), Self.byNumber)
            #expect(Self.said(await asker.ask(try Self.number(0))) == "Name: Taro Example\nPlan: gold")
            // NULL shows nothing.
            #expect(Self.said(await asker.ask(try Self.number(1))) == "Name: Hanako Example")
            #expect(Self.said(await asker.ask(try Self.number(2))) == "nobody")
            let trial = await asker.trial(try Self.number(0))
            #expect(trial.steps.map(\.meaning) == ["nobody", "found"])
            #expect(trial.steps.last?.call.headers == [["$1", "080-0000-0000"]])
            #expect(trial.record?.externalID == "K-1")
        }

        @Test func nothingIsWritten() async throws {
            let server = try TestServer.shared, database = try Self.people(server)
            let asker = try Self.asker(database, "DELETE FROM person WHERE tel <> {number} RETURNING name, id, plan")
            let said = Self.said(await asker.ask(try Self.number(0)))
            #expect(said.contains("(25006); a look-up reads only"), "\(said)")
            let still = try Self.asker(database, Self.byNumber)
            #expect(Self.said(await still.ask(try Self.number(1))) == "Name: Hanako Example")
        }

        @Test func aSlowStatementEndsInTimeAndTheNextOneIsAnswered() async throws {
            let server = try TestServer.shared, database = try Self.people(server)
            let query = "SELECT name, pg_sleep(CASE WHEN tel = '080-0000-0000' THEN 30 ELSE 0 END)::text "
                + "FROM person WHERE tel = {national_hyphens}"
            let asker = try Self.asker(database, query, timeout: 300), began = ContinuousClock.now
            #expect(Self.said(await asker.ask(try Self.number(0))).contains("did not answer in time"))
            #expect(began.duration(to: .now) < .seconds(10))
            #expect(Self.said(await asker.ask(try Self.number(1))) == "Name: Hanako Example")
        }

        @Test func anAnswerWithoutAnEndIsNotKept() throws {
            let server = try TestServer.shared
            let session = try QuerySession(Self.place(server, try server.schema()), password: nil, within: 5_000)
            let sql = "SELECT repeat('x', 1000) FROM generate_series(1, 10000)"
            #expect(throws: QueryError.tooLarge(20_000)) {
                _ = try session.rows(sql, [], rowsMax: 5, bytesMax: 20_000, within: 5_000)
            }
            #expect(session.isOver)
        }

        @Test func aConnectionThatTheServerEndedIsReplaced() async throws {
            let server = try TestServer.shared, asker = try Self.asker(try Self.people(server), Self.byNumber)
            #expect(Self.said(await asker.ask(try Self.number(0))).hasPrefix("Name: Taro"))
            try server.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'screenpop look-up'",
                database: "postgres")
            #expect(Self.said(await asker.ask(try Self.number(1))) == "Name: Hanako Example")
        }

        @Test func whatIsWrongIsSaid() async throws {
            let server = try TestServer.shared, schema = try server.schema()
            let asker = try Self.asker(Self.place(server, schema), Self.byNumber)
            #expect(Self.said(await asker.ask(try Self.number(0))).contains("\"person\" does not exist (42P01)"))
            let nowhere = try Self.asker("host=127.0.0.1 port=1 dbname=x", Self.byNumber)
            #expect(Self.said(await nowhere.ask(try Self.number(0))).hasPrefix("the database cannot be asked"))
            let two = try Self.asker(Self.place(server, schema), "SELECT 1; SELECT {number}")
            #expect(Self.said(await two.ask(try Self.number(0))).contains("multiple commands"))
        }
    }
}
