import ContactCards
import Foundation
import Intake

/// An address book that is asked by CardDAV (RFC 6352).
///
/// Cards have numbers in any notation, and a server compares texts. So it is asked for cards whose numbers have the
/// last four digits of the caller's, in a row or in pairs, and of those that come the ones with the very number count.
struct LookupAddressBook: Sendable {
    private let url: String
    private let properties: [String]

    /// Always asked for, besides what the fields name.
    private static let usual = ["VERSION", "UID", "FN", "N", "ORG", "TEL"]

    init(_ plan: LookupPlan) throws(LookupWrong) {
        let text = try LookupText(plan.request.url, .address)
        try LookupRecipe.Step.checkValues(text, plan)
        let hasOther = text.parts.contains { part in
            if case .place(let place, _, _) = part, case .value = place { return false }
            if case .text = part { return false }
            return true
        }
        guard !hasOther, let url = text.filled(LookupRecipe.Step.sample(plan)), LookupRecipe.Step.isAddress(url)
        else { throw LookupWrong("url is no address book; write one such as \"https://dav.example/team/contacts/\"") }
        guard [.none, .basic, .bearer].contains(plan.authentication) else {
            throw LookupWrong("an address book is asked with auth = \"basic\" or \"bearer\"; write one of them")
        }
        self.url = url
        var names = Set(LookupAddressBook.usual)
        for field in plan.fields {
            for path in try LookupPath(field.path).alternatives {
                // `tel_cell` is a part of TEL.
                guard let name = path.first?.split(separator: "_").first else { continue }
                names.insert(name.uppercased())
            }
        }
        properties = names.filter { name in
            !name.isEmpty && name.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (65...90).contains($0) }
        }.sorted()
    }

    /// Texts that a number of a card has when it ends as the caller's does.
    static func endings(_ number: LookupNumber) -> [String] {
        let last = String(number.e164.suffix(4))
        guard last.utf8.count == 4, !last.contains("+") else { return [String(number.e164.dropFirst())] }
        return [last] + ["-", " ", "."].map { "\(last.prefix(2))\($0)\(last.suffix(2))" }
    }

    func call(_ facts: LookupFacts, authorization: String?) -> LookupCall? {
        let asked = properties.map { #"<C:prop name="\#($0)"/>"# }.joined()
        // Digits and what is between them: nothing that XML reads.
        let matches = LookupAddressBook.endings(facts.number).map {
            #"<C:text-match collation="i;unicode-casemap" match-type="contains">\#($0)</C:text-match>"#
        }.joined()
        let body = #"<?xml version="1.0" encoding="utf-8"?>"# + "\n"
            + #"<C:addressbook-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">"#
            + "<D:prop><C:address-data>\(asked)</C:address-data></D:prop>"
            + #"<C:filter test="anyof"><C:prop-filter name="TEL" test="anyof">\#(matches)</C:prop-filter></C:filter>"#
            + "</C:addressbook-query>"
        var headers = [["Accept", "text/xml"], ["Depth", "1"], ["Content-Type", "application/xml; charset=utf-8"]]
        if let authorization { headers.append(["Authorization", authorization]) }
        return LookupCall(method: "REPORT", url: url, headers: headers, body: body)
    }

    func judge(status: Int, body: [UInt8], _ facts: LookupFacts) -> LookupRules.Judgement {
        switch status {
        case 207: break
        case 401: return .refused
        case 404: return .failed("there is no address book at this address (404); write the address of the book itself")
        case 300..<400:
            return .failed("it answered \(status), a redirect, which is not followed; write the address it leads to")
        default: return .failed("it answered \(status)")
        }
        let items: [AddressBookAnswer.Item]
        do throws(AddressBookAnswer.Unreadable) { items = try AddressBookAnswer.items(body) } catch {
            return .failed("\(error)")
        }
        var found: [IntakeValue] = []
        for item in items {
            for card in item.card.map(VCardReader.cards) ?? [] where LookupAddressBook.has(card, facts.number) {
                found.append(LookupAddressBook.record(card, href: item.href))
            }
        }
        return found.first.map { .found($0, count: found.count) } ?? .missing
    }

    /// Whether a card has the number, in any notation.
    static func has(_ card: ContactCard, _ number: LookupNumber) -> Bool {
        let wanted = Set(NumberNotation.allCases.compactMap { number.text($0).map(LookupAddressBook.digits) })
        return card.phones.contains { phone in
            // `+81 (0)90 …` has a zero that nobody dials.
            wanted.contains(digits(phone.number)) || wanted.contains(digits(phone.number.replacing("(0)", with: "")))
        }
    }

    /// The digits; those of an international number behind `00` without it, so that it is the same as behind `+`.
    private static func digits(_ text: String) -> String {
        let all = String(decoding: text.utf8.filter { (48...57).contains($0) }, as: UTF8.self)
        return all.hasPrefix("00") ? String(all.dropFirst(2)) : all
    }

    /// What fields have paths into: `fn`, `n.family`, `org.0`, `tel`, `tel_cell`, `email`, `note`, and so on.
    static func record(_ card: ContactCard, href: String) -> IntakeValue {
        var members: [String: IntakeValue] = ["href": .text(href)]
        for name in Set(card.properties.map(\.name)).sorted() {
            let key = name.lowercased(), all = card.all(name)
            switch name {
            case "BEGIN", "END", "VERSION", "PHOTO", "LOGO", "SOUND", "KEY": continue
            case "N":
                let keys = ["family", "given", "additional", "prefix", "suffix"]
                let pairs = zip(keys, all.first?.parts ?? []).map { ($0, IntakeValue.text($1)) }
                members[key] = .object(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
            case "ORG": members[key] = .list((all.first?.parts ?? []).filter { !$0.isEmpty }.map { .text($0) })
            case "CATEGORIES", "NICKNAME": members[key] = .list(all.flatMap(\.elements).map { .text($0) })
            default:
                for property in all {
                    guard let text = text(property) else { continue }
                    append(text, to: &members, key)
                    for type in property.types { append(text, to: &members, "\(key)_\(type)") }
                }
            }
        }
        members["name"] = card.name.map { .text($0) }
        return .object(members)
    }

    private static func text(_ property: ContactCard.Property) -> String? {
        let text: String
        switch property.name {
        case "TEL": text = ContactCard([property]).phones.first?.number ?? ""
        case "ADR": text = property.parts.filter { !$0.isEmpty }.joined(separator: " ")
        default: text = property.text
        }
        return text.isEmpty ? nil : text
    }

    private static func append(_ text: String, to members: inout [String: IntakeValue], _ key: String) {
        if case .list(let before)? = members[key] {
            members[key] = .list(before + [.text(text)])
        } else {
            members[key] = .list([.text(text)])
        }
    }
}
