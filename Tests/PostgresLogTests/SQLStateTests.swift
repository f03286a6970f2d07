import Testing

@testable import PostgresLog

@Suite struct SQLStateTests {
    @Test(arguments: [
        ("08006", true), ("57P01", true), ("57P02", true), ("57P03", true), ("57014", true), ("25006", true),
        ("40001", true), ("40P01", true), ("53300", true), ("53100", true), ("58030", true), ("55P03", true),
        ("57P04", false), ("28P01", false), ("42501", false), ("42P01", false), ("23505", false), ("3D000", false),
        ("XX001", false),
    ]) func whetherRepeatingMayDo(code: String, isUnavailable: Bool) {
        #expect(SQLState.isUnavailable(code) == isUnavailable)
    }

    @Test(arguments: [
        ("WARNING", "01000", true), ("WARNING", "57P01", true), ("WARNING", "25001", false), ("NOTICE", "01000", false),
        ("NOTICE", "00000", false),
    ]) func whichWarningMeansThatACommitIsNotConfirmed(severity: String, code: String, expected: Bool) {
        #expect(SQLState.isUnconfirmedCommit(severity: severity, code: code) == expected)
    }

    static let refused = """
        connection to server at "127.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed
        LOCATION:  auth_failed, auth.c:334

        """
    static let away = """
        connection to server at "10.0.0.2", port 5432 failed: Connection refused
        \tIs the server running on that host and accepting TCP/IP connections?

        """
    static let starting = """
        connection to server at "10.0.0.3", port 5432 failed: FATAL:  57P03: the database system is starting up
        LOCATION:  ProcessStartupPacket, postmaster.c:2354

        """
    static let standby = """
        connection to server at "10.0.0.4", port 5432 failed: session is read-only

        """

    /// In German, by the code alone.
    static let german = """
        connection to server at "db", port 5432 failed: FATAL:  3D000: Datenbank »center« existiert nicht
        LOCATION:  InitPostgres, postinit.c:885

        """

    @Test(arguments: [
        (refused, true), (away, false), (starting, false), (standby, false), (german, true), (refused + refused, true),
        (away + refused, false), (refused + standby, false), (starting + refused, false), ("", false),
        ("could not translate host name \"db1\" to address: Temporary failure in name resolution", false),
    ]) func aFailedConnectionIsRefusedOnlyWhenNoHostIsLeft(text: String, isRefused: Bool) {
        let error = Session.verdict("why", verbose: text, wantsPassword: false)
        #expect(error.isRefused == isRefused)
        #expect(error.description.contains("why"))
    }

    @Test func whoeverWantsAPasswordRefuses() {
        let text = "connection to server at \"db\", port 5432 failed: fe_sendauth: no password supplied\n"
        #expect(Session.verdict("why", verbose: text, wantsPassword: true).isRefused)
        #expect(!Session.verdict("why", verbose: text + Self.away, wantsPassword: true).isRefused)
    }

    @Test func textsFitOnOneLine() {
        #expect("a\tb  c\nd\n\n e \n".onOneLine == "a b c; d; e")
        #expect(PostgresError.held(by: nil).description == "the leader's lock is held by another session")
        #expect(PostgresError.held(by: "b").description == "the leader's lock is held by node b")
    }
}
