import Foundation
import Intake

/// What is asked where it is no CRM's interface: a database, a directory, an address book.
enum LookupQuestion: Sendable {
    case statement(LookupStatement)
    case search(LookupSearch)
    case addressBook(LookupAddressBook)

    /// - Throws: `LookupWrong`: what is wrong with it, and what to write.
    init(_ plan: LookupPlan) throws(LookupWrong) {
        try LookupQuestion.checkUnused(plan)
        switch plan.kind {
        case .sql: self = .statement(try LookupStatement(plan))
        case .ldap: self = .search(try LookupSearch(plan))
        case .carddav: self = .addressBook(try LookupAddressBook(plan))
        case .http: throw LookupWrong("the kind http has requests; write url")
        }
    }

    /// A key that means nothing here would be taken for one that works.
    private static func checkUnused(_ plan: LookupPlan) throws(LookupWrong) {
        let request = plan.request, plain = LookupPlan.Request()
        let kind = plan.kind.rawValue
        guard request.body.isEmpty, request.headers.isEmpty, request.method == plain.method,
            request.contentType == plain.contentType
        else { throw LookupWrong("method, headers, body and content_type are for the kind http; leave them out") }
        guard plan.answer == LookupPlan.Answer() else {
            throw LookupWrong("answer is for the kind http; leave it out: paths begin at the record")
        }
        guard plan.preset.isEmpty else { throw LookupWrong("a preset is of the kind http; leave out preset or kind") }
        guard plan.kind == .sql || plan.sql == LookupPlan.SQL() else {
            throw LookupWrong("database and query are for the kind sql; the kind here is \(kind)")
        }
        guard plan.kind == .ldap || plan.ldap == LookupPlan.LDAP() else {
            throw LookupWrong("base, filter, scope, starttls, ca_file are for the kind ldap; the kind here is \(kind)")
        }
        guard plan.kind == .carddav || plan.authentication == .none else {
            throw LookupWrong("auth is for http and carddav; here user and secret_file say who signs in")
        }
    }

    var usesNumber: Bool {
        switch self {
        case .statement(let one): one.text.usesNumber
        case .search(let one): one.filter.usesNumber
        case .addressBook: false
        }
    }

    func call(_ facts: LookupFacts, authorization: String?) -> LookupCall? {
        switch self {
        case .statement(let one): one.call(facts)
        case .search(let one): one.call(facts)
        case .addressBook(let one): one.call(facts, authorization: authorization)
        }
    }
}

extension LookupText {
    /// What is filled in comes from the caller and from the configuration, and from nowhere else.
    func checkPlaces(_ plan: LookupPlan, in name: String) throws(LookupWrong) {
        try LookupRecipe.Step.checkValues(self, plan)
        guard !parts.contains(where: { $0.isSecret }) else {
            throw LookupWrong("\(name) has {secret} in it; the password is in secret_file, and is sent when signing in")
        }
        let hasNumber = parts.contains { part in
            switch part {
            case .place(.number, _, _), .place(.notation, _, _): true
            default: false
            }
        }
        guard hasNumber else {
            throw LookupWrong("\(name) asks for no number; write {number} where the caller's belongs")
        }
        let hasFound = parts.contains { if case .place(.found, _, _) = $0 { true } else { false } }
        guard !hasFound else { throw LookupWrong("\(name) has {found.…} in it, and nothing was found before it") }
    }
}

/// A statement with `$1`, `$2` in the places of its values.
struct LookupStatement: Equatable, Sendable {
    let text: LookupText
    /// In libpq's own syntax.
    let database: String
    /// As it is sent.
    let sql: String

    init(_ plan: LookupPlan) throws(LookupWrong) {
        guard !plan.sql.database.isEmpty else {
            throw LookupWrong("it has no database; write where it is, such as \"host=db.example dbname=crm user=cti\"")
        }
        guard !LookupStatement.hasPassword(plan.sql.database) else {
            throw LookupWrong("database has a password in it; write it into a file, and that into secret_file")
        }
        guard plan.request.url.isEmpty, plan.user.isEmpty else {
            throw LookupWrong("url and user are not for the kind sql; database says where it is, and as whom")
        }
        guard !plan.sql.query.isEmpty else { throw LookupWrong("it has no query; write one that selects") }
        text = try LookupText(plan.sql.query, .statement)
        try text.checkPlaces(plan, in: "query")
        database = plan.sql.database
        sql = try LookupStatement.numbered(text)
    }

    /// The statement with numbers for its places. A place in quotes would be the text `$1`, and no value.
    private static func numbered(_ text: LookupText) throws(LookupWrong) -> String {
        var sql = "", count = 0, quote: Character?
        for part in text.parts {
            switch part {
            case .text(let plain):
                sql += plain
                for character in plain {
                    if let open = quote {
                        if character == open { quote = nil }
                    } else if character == "'" || character == "\"" {
                        quote = character
                    }
                }
            case .place:
                guard quote == nil else {
                    throw LookupWrong("query has a place in quotes; write it without: tel = {number}")
                }
                count += 1
                sql += "$\(count)"
            }
        }
        guard quote == nil else { throw LookupWrong("query has a quote without its end") }
        return sql
    }

    /// Whether a conninfo has a password: `password=…`, or `//user:password@host`.
    static func hasPassword(_ conninfo: String) -> Bool {
        let squeezed = conninfo.lowercased().filter { !$0.isWhitespace }
        if squeezed.contains("password=") { return true }
        guard let authority = conninfo.firstRange(of: "://").map({ conninfo[$0.upperBound...] }) else { return false }
        let user = authority.prefix { $0 != "/" && $0 != "?" }.split(separator: "@", omittingEmptySubsequences: false)
        return user.count > 1 && user[0].contains(":")
    }

    func call(_ facts: LookupFacts) -> LookupCall? {
        var values: [String] = []
        for part in text.parts {
            guard case .place(let place, _, _) = part else { continue }
            guard let value = facts.value(place) else { return nil }
            // PostgreSQL's texts have no NUL.
            values.append(value.replacing("\0", with: ""))
        }
        let shown = values.enumerated().map { ["$\($0.offset + 1)", $0.element] }
        return LookupCall(method: "SQL", url: database, headers: shown, body: sql, parameters: values)
    }
}

/// A search of a directory.
struct LookupSearch: Equatable, Sendable {
    let filter: LookupText
    private let url, base: String
    private let scope: LookupPlan.Scope
    /// What is asked for: what the fields, the id and the link name.
    let attributes: [String]

    init(_ plan: LookupPlan) throws(LookupWrong) {
        url = plan.request.url
        let addresses = url.lowercased().split(separator: " ")
        let isDirectory = addresses.allSatisfy { $0.hasPrefix("ldap://") || $0.hasPrefix("ldaps://") }
        guard !addresses.isEmpty, isDirectory, !url.contains("{") else {
            throw LookupWrong("url is no directory; write one such as \"ldaps://ldap.example\"")
        }
        guard !plan.ldap.startTLS || addresses.allSatisfy({ $0.hasPrefix("ldap://") }) else {
            throw LookupWrong("starttls is for ldap://; ldaps:// is encrypted from its first byte")
        }
        guard !plan.ldap.base.isEmpty else {
            throw LookupWrong("it has no base; write where the people are, such as \"ou=people,dc=example,dc=com\"")
        }
        guard plan.user.isEmpty == plan.secretFile.isEmpty else {
            throw LookupWrong("user and secret_file belong together; write both, or neither to ask without a name")
        }
        let isSecret = plan.ldap.startTLS
            || addresses.allSatisfy { $0.hasPrefix("ldaps://") || LookupSearch.isHere($0) }
        guard isSecret || plan.secretFile.isEmpty else {
            throw LookupWrong("the password would be sent unencrypted; write starttls = true, or an ldaps:// address")
        }
        let text = plan.ldap.filter
        let opened = text.count { $0 == "(" }, closed = text.count { $0 == ")" }
        guard text.hasPrefix("("), text.hasSuffix(")"), opened == closed else {
            throw LookupWrong("filter is none; write one in brackets, such as \"(telephoneNumber={number})\"")
        }
        filter = try LookupText(text, .filter)
        try filter.checkPlaces(plan, in: "filter")
        base = plan.ldap.base
        scope = plan.ldap.scope
        var paths = plan.fields.map(\.path)
        if !plan.externalID.isEmpty { paths.append(plan.externalID) }
        var names: [String] = []
        for path in paths { names += try LookupPath(path).alternatives.compactMap(\.first) }
        if !plan.link.isEmpty {
            for case .place(.found(let path), _, _) in try LookupText(plan.link, .address).parts {
                names += path.alternatives.compactMap(\.first)
            }
        }
        attributes = Set(names).subtracting(["dn"]).sorted()
    }

    private static func isHere(_ address: Substring) -> Bool {
        ["ldap://127.0.0.1", "ldap://localhost", "ldap://[::1]"].contains { here in
            address.hasPrefix(here) && [nil, ":", "/"].contains(address.dropFirst(here.count).first)
        }
    }

    func call(_ facts: LookupFacts) -> LookupCall? {
        guard let filled = filter.filled(facts) else { return nil }
        let asked = [
            ["base", base], ["scope", scope.rawValue], ["attributes", attributes.joined(separator: ", ")],
        ]
        return LookupCall(method: "SEARCH", url: url, headers: asked, body: filled)
    }
}
