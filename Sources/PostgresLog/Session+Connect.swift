import CPostgres
import PostgresWait

extension Session {
    /// Why there is no connection: whether repeating may help.
    ///
    /// libpq keeps no SQLSTATE of a failed connection, and the server's text may be in any language. So a second
    /// attempt is made that has the code in its text, with a limit of its own.
    static func whyNot(_ parameters: [(keyword: String, value: String)], _ message: String) -> PostgresError {
        let begun = PostgresConnecting.begin(parameters, PQconnectStartParams)
        guard let handle = begun else { return .unavailable(message) }
        defer { PQfinish(handle) }
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        let deadline = Deadline.within(Limits.diagnosis)
        do throws(WaitFailure) {
            // It works now.
            if try PostgresConnecting.finish(handle, deadline) { return .unavailable(message) }
        } catch { return .unavailable(message) }
        let wantsPassword = PQconnectionNeedsPassword(handle) == 1
        return verdict(message, verbose: String(cString: PQerrorMessage(handle)), wantsPassword: wantsPassword)
    }

    /// Refused only when no host is left that might do later: each has answered with a code for which repeating is no
    /// use.
    static func verdict(_ message: String, verbose: String, wantsPassword: Bool) -> PostgresError {
        let attempts = verbose.split(separator: "\n").count { $0.hasPrefix("connection to server") }
        if attempts == 1, wantsPassword { return .refused(message + SQLState.advice("28P01")) }
        let codes = SQLState.codes(verbose: verbose)
        guard attempts > 0, codes.count >= attempts, codes.allSatisfy({ !SQLState.isUnavailable($0) }) else {
            return .unavailable(message)
        }
        return .refused(message + (codes.lazy.map(SQLState.advice).first { !$0.isEmpty } ?? ""))
    }

    /// What libpq does not understand in a conninfo; nil for one that it does.
    static func malformed(_ conninfo: String) -> PostgresError? {
        // Anything else is the name of a database.
        guard conninfo.contains("=") || conninfo.contains("://") else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        if let options = PQconninfoParse(conninfo, &text) {
            PQconninfoFree(options)
            return nil
        }
        defer { PQfreemem(text) }
        let why = text.map { String(cString: $0).onOneLine } ?? "out of memory"
        return .refused("the database's address cannot be read: \(why)")
    }
}
