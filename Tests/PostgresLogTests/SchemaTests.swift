import Testing

@testable import PostgresLog

extension PostgresTests {
    @Suite struct SchemaTests {
        let server: TestServer
        let schema: String

        init() throws {
            server = try TestServer.shared
            schema = try server.schema()
        }

        @Test func tablesAreMadeFromNothingAndThenLeftAsTheyAre() throws {
            let first = try LogTable.open(server.place(schema))
            #expect(try first.head() == nil)
            #expect(try first.oldest() == nil)
            let applied = "SELECT applied::text FROM \(schema).screenpop_schema"
            let before = try server.sql(applied).text(0, 0)
            _ = try LogTable.open(server.place(schema, node: "b"))
            #expect(try server.sql(applied).rows == 1)
            #expect(try server.sql(applied).text(0, 0) == before)
        }

        @Test func nodesThatStartTogetherMakeThemOnce() async throws {
            let (server, schema) = (server, schema)
            let opened = (0..<6).map { i in
                Background { try LogTable.open(server.place(schema, node: "n\(i)")).head() }
            }
            for one in opened { #expect(try await one.value() == nil) }
            #expect(try server.sql("SELECT count(*) FROM \(schema).screenpop_schema").integer(0, 0) == 1)
        }

        @Test func tablesOfANewerVersionAreRefusedUnlessTheyServeThisOne() throws {
            _ = try LogTable.open(server.place(schema))
            try server.sql("INSERT INTO \(schema).screenpop_schema VALUES (99, 98)")
            let error = try #require(failure { () throws(PostgresError) in try LogTable.open(server.place(schema)) })
            #expect(error.isRefused && error.description.contains("version 99"))
            #expect(error.description.contains("upgrade screenpopd"))
            try server.sql("UPDATE \(schema).screenpop_schema SET needs = 1 WHERE version = 99")
            #expect(try LogTable.open(server.place(schema)).head() == nil)
        }

        @Test func aStepIsAppliedOnceAndAFailedOneChangesNothing() throws {
            let first = Schema.current
            let table = try LogTable.open(server.place(schema), schema: first)
            _ = try table.create(identity: "l", behind: 7)
            let added = Schema.Step(needs: 1, statements: ["ALTER TABLE screenpop_log ADD COLUMN more text"])
            let broken = Schema.Step(needs: 1, statements: ["CREATE TABLE extra()", "SELECT 1 / 0"])
            let both = Schema(steps: first.steps + [added, broken])
            let error = failure { () throws(PostgresError) in try LogTable.open(server.place(schema), schema: both) }
            #expect(error?.isRefused == true && error?.description.contains("22012") == true)
            #expect(try server.sql("SELECT max(version) FROM \(schema).screenpop_schema").integer(0, 0) == 1)
            #expect(try server.sql("SELECT to_regclass('\(schema).extra') IS NULL").integer(0, 0) == 1)

            let second = Schema(steps: first.steps + [added])
            for _ in 0..<2 { _ = try LogTable.open(server.place(schema), schema: second) }
            #expect(try server.sql("SELECT count(more) FROM \(schema).screenpop_log").integer(0, 0) == 0)
            // A session of before the step, and a program that does not know it, read on.
            #expect(try table.head()?.last == 7)
            #expect(try LogTable.open(server.place(schema)).head()?.identity == "l")
        }

        @Test func withoutAPlaceForTablesItSaysWhatToDo() throws {
            let nowhere = failure { () throws(PostgresError) in try LogTable.open(server.place("nowhere")) }
            #expect(nowhere?.isRefused == true && nowhere?.description.contains("search_path") == true)
            try server.sql("CREATE SCHEMA \(schema)_closed")
            try server.sql("GRANT USAGE ON SCHEMA \(schema)_closed TO screenpop")
            let closed = failure { () throws(PostgresError) in try LogTable.open(server.place("\(schema)_closed")) }
            #expect(closed?.isRefused == true && closed?.description.contains("GRANT CREATE") == true)
        }
    }
}
