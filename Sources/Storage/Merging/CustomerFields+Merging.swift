import CallCenter

/// Two records as one, and apart again. Nothing but values.
extension CustomerFields {
    /// The services of accounts that keep what a record has one of.
    static let externalService = "external_id"
    static let lineService = "line"

    /// This record with what another one of the same customer has besides.
    ///
    /// Where both have one value, this one's stays. Numbers, addresses and accounts of both find the customer. A no to
    /// something that was asked for counts before a yes.
    ///
    /// - Parameter other: the record that becomes a part of this one.
    func merged(with other: CustomerFields, ids: (own: Int64, other: Int64)) -> CustomerFields {
        var all = self
        for field in [\CustomerFields.kana, \.company, \.address, \.owner] { all.fill(field, from: other) }
        if all.tier == CustomerFields.tierDefault { all.tier = other.tier }
        all.phones.addMissing(other.phones) { $0.key ?? $0.raw }
        for field in [\CustomerFields.tags, \.cautions, \.doNotPair] {
            all[keyPath: field].addMissing(other[keyPath: field]) { $0 }
        }
        all.custom.merge(other.custom) { own, _ in own }
        all.details = details.merged(with: other.details)
        if all.details.companyID == ids.own || all.details.companyID == ids.other { all.details.companyID = nil }
        all.addIdentities(of: other)
        return all
    }

    /// One each has a place in a record; another is kept where it finds the customer as well.
    private mutating func addIdentities(of other: CustomerFields) {
        if let email = other.email, email != self.email {
            if self.email == nil { self.email = email } else { details.emails.addMissing([email]) { $0 } }
        }
        let places: [(WritableKeyPath<CustomerFields, String?>, String)] = [
            (\.externalID, CustomerFields.externalService), (\.lineID, CustomerFields.lineService),
        ]
        for (field, service) in places {
            guard let value = other[keyPath: field], value != self[keyPath: field] else { continue }
            if self[keyPath: field] == nil {
                self[keyPath: field] = value
            } else {
                details.accounts.addMissing([.init(service: service, id: value)]) { $0.service + "\u{1F}" + $0.id }
            }
        }
    }

    private mutating func fill(_ field: WritableKeyPath<CustomerFields, String?>, from other: CustomerFields) {
        if self[keyPath: field] == nil { self[keyPath: field] = other[keyPath: field] }
    }

    /// What of another record is in no field of the merged one.
    ///
    /// - Parameter other: the record that becomes a part.
    func dropped(of other: CustomerFields) -> [MergeReport.FieldChoice] {
        var found: [MergeReport.FieldChoice] = []
        func compare(_ field: String, _ kept: String?, _ dropped: String?) {
            guard let kept, let dropped, kept != dropped else { return }
            found.append(.init(field: field, kept: kept, dropped: dropped))
        }
        compare("name", name, other.name)
        compare("kana", kana, other.kana)
        compare("company", company, other.company)
        compare("address", address, other.address)
        compare("owner", owner, other.owner)
        if other.tier != CustomerFields.tierDefault { compare("tier", tier, other.tier) }
        for (name, value) in other.custom.sorted(by: { $0.key < $1.key }) {
            compare("custom.\(name)", custom[name], value)
        }
        compare("status_reason", details.statusReason, other.details.statusReason)
        return found
    }

    /// Takes out what a merge brought, and leaves what somebody changed since.
    ///
    /// - Parameters:
    ///   - merged: what the record was with the merge.
    ///   - before: what it was before it.
    mutating func takeApart(_ merged: CustomerFields, before: CustomerFields) {
        func putBack<Value: Equatable>(_ field: WritableKeyPath<CustomerFields, Value>) {
            if self[keyPath: field] == merged[keyPath: field] { self[keyPath: field] = before[keyPath: field] }
        }
        func remove<Element: Equatable>(_ field: WritableKeyPath<CustomerFields, [Element]>) {
            if self[keyPath: field] == merged[keyPath: field] { return self[keyPath: field] = before[keyPath: field] }
            let brought = merged[keyPath: field].filter { !before[keyPath: field].contains($0) }
            self[keyPath: field].removeAll(where: brought.contains)
        }
        for field in CustomerFields.optionalTexts.map(\.path) { putBack(field) }
        putBack(\.name)
        putBack(\.tier)
        remove(\.phones)
        for field in [
            \CustomerFields.tags, \.cautions, \.doNotPair, \.details.emails, \.details.persona, \.details.preferences,
        ] { remove(field) }
        remove(\.details.accounts)
        putBack(\.details.kind)
        putBack(\.details.companyID)
        putBack(\.details.doNotCall)
        putBack(\.details.statusReason)
        for name in Set(merged.custom.keys).union(before.custom.keys) where custom[name] == merged.custom[name] {
            custom[name] = before.custom[name]
        }
        let consents = Set(merged.details.consent.keys).union(before.details.consent.keys)
        for name in consents where details.consent[name] == merged.details.consent[name] {
            details.consent[name] = before.details.consent[name]
        }
    }
}

extension CustomerDetails {
    fileprivate func merged(with other: CustomerDetails) -> CustomerDetails {
        var all = self
        if all.companyID == nil { all.companyID = other.companyID }
        all.emails.addMissing(other.emails) { $0 }
        all.accounts.addMissing(other.accounts) { $0.service + "\u{1F}" + $0.id }
        all.persona.addMissing(other.persona) { $0 }
        all.preferences.addMissing(other.preferences) { $0 }
        all.consent.merge(other.consent) { $0 && $1 }
        all.doNotCall = doNotCall || other.doNotCall
        all.statusReason = statusReason ?? other.statusReason
        return all
    }
}

extension Array {
    /// Appends those whose key no element has.
    fileprivate mutating func addMissing(_ more: [Element], _ key: (Element) -> String) {
        var known = Set(map(key))
        for one in more where known.insert(key(one)).inserted { append(one) }
    }
}
