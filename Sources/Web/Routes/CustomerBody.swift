import CallCenter
import PhoneNumbers
import Storage

/// A customer as an editor sends it. With PATCH what is absent stays; null empties.
struct CustomerBody: Decodable, ReadsMasks {
    /// Told apart: absent, null, and a value.
    enum Field<Value: Decodable>: Decodable {
        case absent
        case null
        case value(Value)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = container.decodeNil() ? .null : .value(try container.decode(Value.self))
        }

        func apply(to target: inout Value?, isWhole: Bool) {
            switch self {
            case .absent: if isWhole { target = nil }
            case .null: target = nil
            case .value(let value): target = value
            }
        }
        func apply(to target: inout Value, empty: Value, isWhole: Bool) {
            switch self {
            case .absent: if isWhole { target = empty }
            case .null: target = empty
            case .value(let value): target = value
            }
        }
    }

    /// A number as text, or as the API gives it back.
    struct Phone: Decodable {
        var raw: String

        private enum Key: String, CodingKey { case raw }
        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                raw = text
            } else {
                raw = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .raw)
            }
        }
    }

    private enum Key: String, CodingKey, CaseIterable {
        case externalID = "external_id"
        case name, kana, company, phones, email, address, tier, owner, tags, cautions, custom
        case lineID = "line_id"
        case doNotPair = "do_not_pair"
    }

    private let externalID, name, kana, company, email, address, tier, owner, lineID: Field<String>
    private let tags, cautions, doNotPair: Field<[String]>
    private let phones: Field<[Phone]>
    private let custom: Field<[String: CustomValue]>
    private let details: DetailsBody

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: Key.self)
        func field<Value: Decodable>(_ key: Key) throws -> Field<Value> {
            body.contains(key)
                ? (try body.decodeNil(forKey: key) ? .null : .value(try body.decode(Value.self, forKey: key))) : .absent
        }
        externalID = try field(.externalID)
        name = try field(.name)
        kana = try field(.kana)
        company = try field(.company)
        phones = try field(.phones)
        email = try field(.email)
        address = try field(.address)
        tier = try field(.tier)
        owner = try field(.owner)
        tags = try field(.tags)
        cautions = try field(.cautions)
        custom = try field(.custom)
        lineID = try field(.lineID)
        doNotPair = try field(.doNotPair)
        details = try DetailsBody(from: decoder)
    }

    /// - Parameter isWhole: what is absent is emptied (PUT, POST); otherwise it stays (PATCH).
    func apply(
        to fields: inout CustomerFields, isWhole: Bool, tiers: Set<String>, customFields: CustomFields,
        numbers reader: PhoneNumberReader
    ) throws(Problem) {
        let before = fields
        externalID.apply(to: &fields.externalID, isWhole: isWhole)
        name.apply(to: &fields.name, empty: "", isWhole: isWhole)
        kana.apply(to: &fields.kana, isWhole: isWhole)
        company.apply(to: &fields.company, isWhole: isWhole)
        email.apply(to: &fields.email, isWhole: isWhole)
        address.apply(to: &fields.address, isWhole: isWhole)
        tier.apply(to: &fields.tier, empty: "regular", isWhole: isWhole)
        owner.apply(to: &fields.owner, isWhole: isWhole)
        lineID.apply(to: &fields.lineID, isWhole: isWhole)
        tags.apply(to: &fields.tags, empty: [], isWhole: isWhole)
        cautions.apply(to: &fields.cautions, empty: [], isWhole: isWhole)
        doNotPair.apply(to: &fields.doNotPair, empty: [], isWhole: isWhole)
        try details.apply(to: &fields.details, isWhole: isWhole)
        var custom: [String: CustomValue]? = nil
        self.custom.apply(to: &custom, isWhole: true)
        if case .absent = self.custom, !isWhole {} else {
            fields.custom = try customFields.merged(
                (custom ?? [:]).mapValues(\.text), over: fields.custom, isWhole: isWhole)
        }
        var numbers: [Phone]? = nil
        phones.apply(to: &numbers, isWhole: true)
        if case .absent = phones, !isWhole {} else {
            fields.phones = try CustomerBody.read(numbers ?? [], over: fields.phones, reader)
        }
        try fields.unmask(over: before)
        try CustomerBody.check(fields, tiers: tiers)
    }

    /// - Parameter before: what the record has: a mask that was shown of a number stands for it.
    private static func read(
        _ phones: [Phone], over before: [PhoneEntry], _ reader: PhoneNumberReader
    ) throws(Problem) -> [PhoneEntry] {
        var entries: [PhoneEntry] = [], kept = before
        for phone in phones {
            if NumberMask.isMask(phone.raw) {
                // Two numbers may have one mask: they stay in their order.
                guard let place = kept.firstIndex(where: { NumberMask.masked($0.raw) == phone.raw }) else {
                    throw .bad("phones has \(phone.raw), which is the end of no number of this customer.")
                }
                entries.append(kept.remove(at: place))
                continue
            }
            let cell = PhoneCell(phone.raw, reader)
            guard cell.faults.isEmpty, !cell.entries.isEmpty else {
                throw .bad(
                    "phones has something that is no telephone number; write it as 090-1234-5678 or +81 90 1234 5678.")
            }
            entries += cell.entries
        }
        return entries
    }

    private static func check(_ fields: CustomerFields, tiers: Set<String>) throws(Problem) {
        if fields.name.allSatisfy(\.isWhitespace) { throw .bad("name is missing or empty.") }
        guard tiers.contains(fields.tier) else {
            throw .bad("tier is one of \(tiers.sorted().joined(separator: ", ")).")
        }
        guard fields.phones.count <= 32, fields.tags.count <= 64, fields.cautions.count <= 64,
            fields.doNotPair.count <= 64
        else {
            throw .bad("One of the lists is too long: 32 phones, 64 tags, cautions and operators at most.")
        }
        let single = [
            fields.externalID, fields.name, fields.kana, fields.company, fields.email, fields.tier, fields.owner,
            fields.lineID,
        ].compactMap { $0 }
        let texts =
            single + [fields.address].compactMap { $0 } + fields.tags + fields.cautions + fields.doNotPair
            + fields.custom.map { $0.key + $0.value }
        guard texts.allSatisfy({ $0.utf8.count <= 1_024 }) else {
            throw .bad("One of the texts is longer than 1024 bytes.")
        }
        guard texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A } }),
            single.allSatisfy({ !$0.contains("\n") })
        else {
            throw .bad("One of the texts has a control character.")
        }
    }
}
