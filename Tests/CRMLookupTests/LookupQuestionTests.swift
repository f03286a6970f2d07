import Intake
import Testing

@testable import CRMLookup

/// What is asked of databases, directories and address books.
@Suite struct LookupQuestionTests {
    static func plan(_ kind: LookupPlan.Kind, _ change: (inout LookupPlan) -> Void) -> LookupPlan {
        var plan = LookupPlan(), field = LookupPlan.Field()
        plan.name = "one"
        plan.kind = kind
        (field.label, field.path) = ("Name", "name")
        plan.fields = [field]
        change(&plan)
        return plan
    }

    static func call(_ plan: LookupPlan, number: LookupNumber? = nil) throws -> LookupCall {
        let recipe = try LookupRecipe(plan)
        let number = try #require(number ?? LookupNumber(e164: "+818000000000", display: "080-0000-0000"))
        let notation = try #require(recipe.notations(of: number).first)
        let facts = LookupFacts(number: number, notation: notation, values: plan.values)
        return try #require(recipe.main.call(facts, authorization: nil))
    }

    // MARK: SQL

    private static let database = "host=db.example dbname=crm user=cti"

    @Test func valuesAreSentBesideTheStatement() throws {
        let query = "SELECT name FROM person WHERE team = {values.team} AND tel IN ({number}, {national_hyphens})"
        let call = try Self.call(
            Self.plan(.sql) { plan in
                plan.sql.database = Self.database
                plan.sql.query = query
                plan.values = ["team": "'; DROP TABLE person; --"]
                plan.numbers = [.digits]
            })
        #expect(call.body == "SELECT name FROM person WHERE team = $1 AND tel IN ($2, $3)")
        #expect(call.parameters == ["'; DROP TABLE person; --", "818000000000", "080-0000-0000"])
        #expect(call.headers.map { $0[0] } == ["$1", "$2", "$3"])
        #expect(call.method == "SQL" && call.url == Self.database)
    }

    @Test(arguments: [
        ("", Self.database, "it has no query"),
        ("SELECT 1 WHERE tel = '{number}'", Self.database, "a place in quotes"),
        ("SELECT 1 WHERE tel = \"{number}\"", Self.database, "a place in quotes"),
        ("SELECT 'a WHERE tel = 1", Self.database, "asks for no number"),
        ("SELECT 1", Self.database, "asks for no number"),
        ("SELECT {secret}, {number}", Self.database, "has {secret} in it"),
        ("SELECT {found.id}, {number}", Self.database, "nothing was found before it"),
        ("SELECT {values.app}, {number}", Self.database, "it needs a value \"app\""),
        ("SELECT {numbr}", Self.database, "there is no {numbr}"),
        ("SELECT {number}", "", "it has no database"),
        ("SELECT {number}", "host=db password = x", "a password in it"),
        ("SELECT {number}", "postgresql://cti:secret@db/crm", "a password in it"),
    ]) func aWrongStatementIsSaid(query: String, database: String, says: String) {
        let plan = Self.plan(.sql) { plan in
            plan.sql.query = query
            plan.sql.database = database
        }
        let said = #expect(throws: LookupWrong.self) { try LookupRecipe(plan) }
        #expect(said?.description.contains(says) == true, "\(said?.description ?? "nothing")")
    }

    @Test func anAddressWithoutAPasswordHasNone() {
        #expect(!LookupStatement.hasPassword("postgresql://cti@db:5432/crm?sslmode=verify-full"))
        #expect(!LookupStatement.hasPassword("host=db port=5432 passfile=/etc/screenpop/pgpass"))
        #expect(LookupStatement.hasPassword("postgresql://db/crm?password=x"))
    }

    // MARK: LDAP

    private static func directory(_ filter: String, _ change: (inout LookupPlan) -> Void = { _ in }) -> LookupPlan {
        plan(.ldap) { plan in
            plan.request.url = "ldaps://ldap.example"
            plan.ldap.base = "ou=people,dc=example,dc=com"
            plan.ldap.filter = filter
            change(&plan)
        }
    }

    @Test func aFilterHasItsValuesEscaped() throws {
        let call = try Self.call(
            Self.directory("(&(o={values.team})(|(mobile={e164})(telephoneNumber={national_hyphens})))") { plan in
                plan.values = ["team": "a*(b)\\c\0"]
                plan.externalID = "employeeNumber"
                plan.fields[0].path = "displayName ?? cn"
            })
        #expect(
            call.body
                == #"(&(o=a\2a\28b\29\5cc\00)(|(mobile=+818000000000)(telephoneNumber=080-0000-0000)))"#)
        #expect(call.headers.contains(["attributes", "cn, displayName, employeeNumber"]))
    }

    @Test(arguments: [
        ("mobile={number}", "ldaps://a.example", "", "filter is none"),
        ("((mobile={number})", "ldaps://a.example", "", "filter is none"),
        ("(mobile=1)", "ldaps://a.example", "", "asks for no number"),
        ("(mobile={number})", "https://a.example", "", "url is no directory"),
        ("(mobile={number})", "ldap://a.example", "/s", "would be sent unencrypted"),
        ("(mobile={number})", "ldap://localhost.evil.example", "/s", "would be sent unencrypted"),
        ("(mobile={number})", "ldaps://a.example ldap://b.example", "/s", "would be sent unencrypted"),
    ]) func aWrongSearchIsSaid(filter: String, url: String, secret: String, says: String) {
        let plan = Self.directory(filter) { plan in
            plan.request.url = url
            plan.secretFile = secret
            plan.user = secret.isEmpty ? "" : "cn=cti,dc=example,dc=com"
        }
        let said = #expect(throws: LookupWrong.self) { try LookupRecipe(plan) }
        #expect(said?.description.contains(says) == true, "\(said?.description ?? "nothing")")
    }

    @Test func keysOfAnotherKindAreSaid() {
        let wrong: [(LookupPlan, String)] = [
            (Self.directory("(a={number})") { $0.sql.query = "SELECT" }, "for the kind sql"),
            (Self.directory("(a={number})") { $0.request.body = "{}" }, "for the kind http"),
            (Self.directory("(a={number})") { $0.answer.records = "items" }, "answer is for the kind http"),
            (Self.directory("(a={number})") { $0.authentication = .basic }, "auth is for http and carddav"),
            (Self.directory("(a={number})") { $0.follows = [.init()] }, "follow is for the kind http"),
            (Self.directory("(a={number})") { $0.user = "cn=a" }, "belong together"),
            (Self.directory("(a={number})") { $0.ldap.base = "" }, "it has no base"),
            (Self.directory("(a={number})") { $0.ldap.startTLS = true }, "starttls is for ldap://"),
        ]
        for (plan, says) in wrong {
            let said = #expect(throws: LookupWrong.self) { try LookupRecipe(plan) }
            #expect(said?.description.contains(says) == true, "\(said?.description ?? "nothing")")
        }
    }

    // MARK: CardDAV

    private static func book(_ change: (inout LookupPlan) -> Void = { _ in }) -> LookupPlan {
        plan(.carddav) { plan in
            plan.request.url = "https://dav.example/team/contacts/"
            plan.fields[0].path = "name"
            change(&plan)
        }
    }

    @Test func anAddressBookIsAskedOnceForWhatEndsAsTheNumberDoes() throws {
        let recipe = try LookupRecipe(Self.book())
        let number = try #require(LookupNumber(e164: "+818000001234", display: "080-0000-1234"))
        #expect(recipe.notations(of: number).count == 1)
        let call = try Self.call(Self.book(), number: number)
        #expect(call.method == "REPORT" && call.headers.contains(["Depth", "1"]))
        let body = try #require(call.body)
        for ending in [">1234<", ">12-34<", ">12 34<", ">12.34<"] { #expect(body.contains(ending)) }
        #expect(body.contains(#"<C:prop name="NAME"/>"#) && body.contains(#"<C:prop name="TEL"/>"#))
    }

    private static func answer(_ cards: [String]) -> [UInt8] {
        let items = cards.enumerated().map { number, card in
            "<D:response><D:href>/b/\(number).vcf</D:href><D:propstat><D:prop><C:address-data>\(card)"
                + "</C:address-data></D:prop></D:propstat></D:response>"
        }
        return Array(
            (#"<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">"# + items.joined()
                + "</D:multistatus>").utf8)
    }

    private static func judge(_ tels: [String], status: Int = 207) throws -> LookupRules.Judgement {
        let number = try #require(LookupNumber(e164: "+818000001234", display: "080-0000-1234"))
        let facts = LookupFacts(number: number, notation: .e164, values: [:])
        let cards = tels.map { "BEGIN:VCARD\nFN:Taro \($0)\nN:Example;Taro;;;\nTEL;TYPE=cell:\($0)\nEND:VCARD" }
        return try LookupRecipe(book()).main.judge(status: status, body: answer(cards), facts)
    }

    @Test(arguments: [
        "+818000001234", "+81 80-0000-1234", "080-0000-1234", "08000001234",
        "+81 (0)80 0000 12 34", "0081-80-0000-1234",
        "(080) 0000-1234", "tel:+81-80-0000-1234",
    ]) func anyNotationOfTheNumberIsIt(tel: String) throws {
        guard case .found(let record, 1) = try Self.judge([tel]) else {
            Issue.record("\(tel) was not found")
            return
        }
        #expect(record.at(["n", "family"])?.plain == "Example")
        #expect(record.at(["tel_cell"])?.plain?.filter(\.isNumber).hasSuffix("1234") == true)
        #expect(record.at(["name"])?.plain == "Taro \(tel)")
    }

    @Test(arguments: ["+817000001234", "90-0000-1234", "0000-1234", "+8180000012345", "1234", ""])
    func anotherNumberIsNot(tel: String) throws {
        #expect(try Self.judge([tel]) == .missing)
    }

    @Test func otherAnswersAreFailures() throws {
        #expect(try Self.judge([], status: 401) == .refused)
        for status in [200, 301, 404, 500] {
            guard case .failed(let why) = try Self.judge([], status: status) else {
                Issue.record("\(status) is no failure")
                continue
            }
            #expect(why.contains("\(status)"))
        }
        #expect(try Self.judge(["080-0000-1234", "08000001234"]) != .missing)
    }
}
