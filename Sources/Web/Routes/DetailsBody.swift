import CallCenter
import EventWire
import Storage

/// The details of a customer as an editor sends them, beside the other fields of the record.
struct DetailsBody: Decodable {
    enum Key: String, CodingKey, CaseIterable {
        case kind, emails, accounts, persona, preferences, consent
        case companyID = "company_id"
        case doNotCall = "do_not_call"
        case statusReason = "status_reason"
    }

    private struct Account: Decodable {
        var service: String
        var id: String
    }

    /// Elements of a list.
    private static let listMax = 64

    private let kind, statusReason: CustomerBody.Field<String>
    private let companyID: CustomerBody.Field<Int64>
    private let emails, persona, preferences: CustomerBody.Field<[String]>
    private let accounts: CustomerBody.Field<[Account]>
    private let consent: CustomerBody.Field<[String: Bool]>
    private let doNotCall: CustomerBody.Field<Bool>

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: Key.self)
        func field<Value: Decodable>(_ key: Key) throws -> CustomerBody.Field<Value> {
            body.contains(key)
                ? (try body.decodeNil(forKey: key) ? .null : .value(try body.decode(Value.self, forKey: key))) : .absent
        }
        kind = try field(.kind)
        statusReason = try field(.statusReason)
        companyID = try field(.companyID)
        emails = try field(.emails)
        persona = try field(.persona)
        preferences = try field(.preferences)
        accounts = try field(.accounts)
        consent = try field(.consent)
        doNotCall = try field(.doNotCall)
    }

    /// - Parameter isWhole: what is absent is emptied (PUT, POST); otherwise it stays (PATCH).
    func apply(to details: inout CustomerDetails, isWhole: Bool) throws(Problem) {
        var word = details.kind.rawValue
        kind.apply(to: &word, empty: CustomerDetails.Kind.person.rawValue, isWhole: isWhole)
        guard let kind = CustomerDetails.Kind(rawValue: word) else { throw .bad("kind is person or company.") }
        details.kind = kind
        companyID.apply(to: &details.companyID, isWhole: isWhole)
        emails.apply(to: &details.emails, empty: [], isWhole: isWhole)
        persona.apply(to: &details.persona, empty: [], isWhole: isWhole)
        preferences.apply(to: &details.preferences, empty: [], isWhole: isWhole)
        consent.apply(to: &details.consent, empty: [:], isWhole: isWhole)
        doNotCall.apply(to: &details.doNotCall, empty: false, isWhole: isWhole)
        statusReason.apply(to: &details.statusReason, isWhole: isWhole)
        var accounts = details.accounts.map { Account(service: $0.service, id: $0.id) }
        self.accounts.apply(to: &accounts, empty: [], isWhole: isWhole)
        details.accounts = accounts.map { .init(service: $0.service, id: $0.id) }
        if let id = details.companyID {
            details.companyID = try Bounded.id.checked(id, "company_id")
            guard details.kind == .person else { throw .bad("company_id is a person's; a company belongs to none.") }
        }
        try DetailsBody.check(details)
    }

    private static func check(_ details: CustomerDetails) throws(Problem) {
        let lists = [
            details.emails, details.persona, details.preferences, details.accounts.map(\.id),
            Array(details.consent.keys),
        ]
        guard lists.allSatisfy({ $0.count <= listMax }) else {
            throw .bad("One of the lists is too long: \(listMax) elements at most.")
        }
        let needed = details.emails + details.accounts.flatMap { [$0.service, $0.id] } + details.consent.keys
            + details.persona + details.preferences
        guard needed.allSatisfy({ $0.contains { !$0.isWhitespace } }) else {
            throw .bad("One of emails, accounts, consent, persona and preferences is empty.")
        }
        let texts = needed + [details.statusReason].compactMap { $0 }
        guard texts.allSatisfy({ $0.utf8.count <= WireLimits.stringBytesMax }) else {
            throw .bad("One of the texts is longer than \(WireLimits.stringBytesMax) bytes.")
        }
        guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw .bad("One of the texts has a control character.")
        }
    }
}
