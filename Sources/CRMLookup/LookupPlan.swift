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

    /// A method of HTTP.
    public enum Method: String, Equatable, Sendable, CaseIterable {
        /// Without a body.
        case get = "GET"
        /// With `body`.
        case post = "POST"
    }

    /// A request of HTTP, with places to be filled.
    public struct Request: Equatable, Sendable {
        /// The raw value is the method's name on the wire.
        public var method = Method.get
        /// `https://`, or `http://` where the connection needs no protection.
        public var url = ""
        /// By their names; several with one name cannot be sent.
        public var headers: [String: String] = [:]
        /// Of a `POST`; empty: none is sent.
        public var body = ""
        /// Of the body; places in it are escaped as this type demands.
        public var contentType = "application/json"

        /// Without an address, which it needs.
        public init() {}
    }

    /// A value that is shown.
    public struct Field: Equatable, Sendable {
        /// What it is called on the card.
        public var label = ""
        /// Where it is in the record, as a `LookupPath` is written.
        public var path = ""

        /// Both empty: they have to be set.
        public init() {}
    }

    /// How answers are read.
    public struct Answer: Equatable, Sendable {
        /// Statuses of HTTP that say that nobody has the number.
        public var missingStatus: [Int] = [204, 404]
        /// Where the records are; empty: the answer is the record.
        public var records = ""
        /// What is there only when something went wrong; empty for nothing.
        public var error = ""

        /// The answer is the record; 204 and 404 are misses.
        public init() {}
    }

    /// A further request about what was found.
    public struct Follow: Equatable, Sendable {
        /// May have `{found.…}` places.
        public var request = Request()
        /// How its answer is read.
        public var answer = Answer()
        /// Shown below those of the plan.
        public var fields: [Field] = []

        /// Empty: the request has to be set.
        public init() {}
    }

    /// How the daemon signs in.
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

    /// How a token is got (RFC 6749).
    public enum Grant: String, Equatable, Sendable, CaseIterable {
        /// With the client's id and secret alone (RFC 6749, 4.4).
        case clientCredentials = "client_credentials"
        /// With a token that was got once, in `refresh_token_file`.
        case refreshToken = "refresh_token"
    }

    /// Where tokens come from, for `oauth2`.
    public struct OAuth2: Equatable, Sendable {
        /// The token endpoint; `https://`.
        public var tokenURL = ""
        /// By default with the client's secret.
        public var grant = Grant.clientCredentials
        /// The id of the daemon as a client.
        public var clientID = ""
        /// The rights asked for, with spaces between; empty: the server's default.
        public var scope = ""
        /// Absolute path of the file with that token; for the grant `refresh_token`.
        public var refreshTokenFile = ""
        /// Further parameters of the request for a token.
        public var parameters: [String: String] = [:]

        /// Empty: address and client have to be set.
        public init() {}
    }

    /// A question to a database.
    public struct SQL: Equatable, Sendable {
        /// Where it is, in libpq's own syntax; without a password.
        public var database = ""
        /// One statement that selects. What is filled in is sent beside it.
        public var query = ""

        /// Empty: both have to be set.
        public init() {}
    }

    /// How far below its base a search goes (RFC 4511, 4.5.1.2). The raw value is the configuration's word.
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
        /// As RFC 4515 writes it, with a place for the number.
        public var filter = ""
        /// By default everything below the base.
        public var scope = Scope.sub
        /// Whether a connection of `ldap://` is encrypted before anything is sent.
        public var startTLS = false
        /// The file with the authorities' certificates; empty for the system's.
        public var authorities = ""

        /// Empty: base and filter have to be set.
        public init() {}
    }

    /// The configuration's name of this look-up, unique among them.
    public var name = ""
    /// What is asked; which of the parts below count depends on it.
    public var kind = Kind.http
    /// What it is called on the screen; empty: its name.
    public var label = ""
    /// The template that is shipped, by its name; empty for none.
    public var preset = ""
    /// Values of the centre that places in the requests name.
    public var values: [String: String] = [:]
    /// In the order in which they are tried, until one finds somebody.
    public var numbers: [NumberNotation] = [.e164, .national]
    /// The first request; of a directory or an address book, its address alone.
    public var request = Request()
    /// How the first request's answer is read.
    public var answer = Answer()
    /// In the order they are shown.
    public var fields: [Field] = []
    /// Where the id is that our records have as `external_id`; empty for none.
    public var externalID = ""
    /// The address of the record's page; empty for none.
    public var link = ""
    /// In this order, each after the one before; 3 at most.
    public var follows: [Follow] = []

    /// Of the kind `sql`.
    public var sql = SQL()
    /// Of the kind `ldap`.
    public var ldap = LDAP()

    /// Of `http` and `carddav`.
    public var authentication = Authentication.none
    /// Who signs in with a password, whatever the kind; empty: nobody.
    public var user = ""
    /// Absolute path of the file with the password, key or client secret; empty: none.
    public var secretFile = ""
    /// What stands before a token.
    public var scheme = "Bearer"
    /// Of the authentication `oauth2`.
    public var oauth2 = OAuth2()

    /// An answer that comes later is late, and updates the pop all the same. Milliseconds.
    public var budget: Int64 = 500
    /// No answer is waited for longer. Milliseconds.
    public var timeout: Int64 = 3_000
    /// So long `call.offered` waits for it when no record has the number. Milliseconds.
    public var wait: Int64 = 0
    /// How long a hit and a miss are not asked for again. Milliseconds.
    public var keepFound: Int64 = 600_000
    /// Milliseconds; 0: a miss is asked for again at the next call.
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

    /// The defaults of the configuration, without a name and an address.
    public init() {}

    /// What it is called on the screen.
    public var title: String { label.isEmpty ? name : label }
}
