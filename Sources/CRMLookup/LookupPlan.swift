/// A look-up as the configuration has it: `[[lookup]]`.
public struct LookupPlan: Equatable, Sendable {
    /// What is asked.
    public enum Kind: String, Equatable, Sendable, CaseIterable {
        /// A CRM's interface, with requests of HTTP.
        case http
        /// A database of PostgreSQL.
        case sql
        /// A directory.
        case ldap
        /// An address book.
        case carddav
    }

    public enum Method: String, Equatable, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
    }

    public struct Request: Equatable, Sendable {
        public var method = Method.get
        public var url = ""
        public var headers: [String: String] = [:]
        public var body = ""
        public var contentType = "application/json"

        public init() {}
    }

    /// A value that is shown.
    public struct Field: Equatable, Sendable {
        public var label = ""
        public var path = ""

        public init() {}
    }

    public struct Answer: Equatable, Sendable {
        public var missingStatus: [Int] = [204, 404]
        /// Where the records are; empty: the answer is the record.
        public var records = ""
        /// What is there only when something went wrong; empty for nothing.
        public var error = ""

        public init() {}
    }

    /// A further request about what was found.
    public struct Follow: Equatable, Sendable {
        public var request = Request()
        public var answer = Answer()
        public var fields: [Field] = []

        public init() {}
    }

    public enum Authentication: String, Equatable, Sendable, CaseIterable {
        /// Nothing, or `{secret}` in a header of the request.
        case none
        /// The secret, behind `scheme`.
        case bearer
        /// `user`, and the secret as the password.
        case basic
        /// A token that is got with the secret.
        case oauth2
    }

    public enum Grant: String, Equatable, Sendable, CaseIterable {
        case clientCredentials = "client_credentials"
        /// With a token that was got once, in `refresh_token_file`.
        case refreshToken = "refresh_token"
    }

    public struct OAuth2: Equatable, Sendable {
        public var tokenURL = ""
        public var grant = Grant.clientCredentials
        public var clientID = ""
        public var scope = ""
        public var refreshTokenFile = ""
        /// Further parameters of the request for a token.
        public var parameters: [String: String] = [:]

        public init() {}
    }

    /// A question to a database.
    public struct SQL: Equatable, Sendable {
        /// Where it is, in libpq's own syntax; without a password.
        public var database = ""
        /// One statement that selects. What is filled in is sent beside it.
        public var query = ""

        public init() {}
    }

    public enum Scope: String, Equatable, Sendable, CaseIterable {
        /// The children of the base.
        case one
        /// Everything below it.
        case sub
    }

    /// A search of a directory, whose address is that of the request.
    public struct LDAP: Equatable, Sendable {
        /// Where the search begins.
        public var base = ""
        public var filter = ""
        public var scope = Scope.sub
        /// Whether a connection of `ldap://` is encrypted before anything is sent.
        public var startTLS = false
        /// The file with the authorities' certificates; empty for the system's.
        public var authorities = ""

        public init() {}
    }

    public var name = ""
    public var kind = Kind.http
    /// What it is called on the screen; empty: its name.
    public var label = ""
    /// The template that is shipped, by its name; empty for none.
    public var preset = ""
    /// Values of the centre that places in the requests name.
    public var values: [String: String] = [:]
    /// In the order in which they are tried, until one finds somebody.
    public var numbers: [NumberNotation] = [.e164, .national]
    public var request = Request()
    public var answer = Answer()
    public var fields: [Field] = []
    /// Where the id is that our records have as `external_id`; empty for none.
    public var externalID = ""
    /// The address of the record's page; empty for none.
    public var link = ""
    public var follows: [Follow] = []

    public var sql = SQL()
    public var ldap = LDAP()

    public var authentication = Authentication.none
    public var user = ""
    public var secretFile = ""
    /// What stands before a token.
    public var scheme = "Bearer"
    public var oauth2 = OAuth2()

    /// An answer that comes later is late, and updates the pop all the same. Milliseconds.
    public var budget: Int64 = 500
    /// No answer is waited for longer. Milliseconds.
    public var timeout: Int64 = 3_000
    /// So long `call.offered` waits for it when no record has the number. Milliseconds.
    public var wait: Int64 = 0
    /// How long a hit and a miss are not asked for again. Milliseconds.
    public var keepFound: Int64 = 600_000
    public var keepMissing: Int64 = 60_000
    /// How long a hit is shown as old until a newer one is there. Milliseconds.
    public var keepOld: Int64 = 604_800_000
    /// Requests at once.
    public var atOnce = 4
    /// Bytes of an answer.
    public var answerMax = 262_144
    /// After so many failures in a row nobody is asked for `pause`.
    public var failuresMax = 5
    /// Milliseconds.
    public var pause: Int64 = 30_000

    public init() {}

    /// What it is called on the screen.
    public var title: String { label.isEmpty ? name : label }
}
