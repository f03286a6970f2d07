import CallCenter
import EventWire
import Settings
import Storage

/// A customer's record as JSON.
enum CustomerEncoder {
    /// When a customer counts as dormant, and what is new: computed from the last contact (customers.md).
    struct Reckoning {
        var now: Timestamp
        /// No contact for so long makes a dormant customer. Milliseconds.
        var dormantAfter: Int64
        /// The centre's own fields that the client does not see.
        var hidden: Set<String>
        /// By what cases are judged.
        var work = WorkClock()

        /// Whether a field, as a version names it, is one that the client does not see.
        func hides(_ field: String) -> Bool {
            field.hasPrefix("custom.") && hidden.contains(String(field.dropFirst("custom.".count)))
        }

        func status(_ record: CustomerRecord) -> String {
            guard let last = record.lastContact else { return "new" }
            return now - last > dormantAfter ? "dormant" : "active"
        }

        /// Since when the customer has its status.
        ///
        /// - Parameter active: when the row of contacts began that has no gap as long as `dormantAfter`.
        func since(_ record: CustomerRecord, active: Timestamp?) -> Timestamp {
            guard let last = record.lastContact else { return record.createdAt }
            return now - last > dormantAfter ? last + dormantAfter : active ?? last
        }
    }

    /// - Parameter reader: who is shown the record.
    static func customer(
        _ record: CustomerRecord, _ reckoning: Reckoning, history: [Touchpoint]? = nil, cases: [CustomerCase]? = nil,
        purchases: PurchaseSummary? = nil, activeSince: Timestamp? = nil, to reader: Reader, into out: inout ByteBuilder
    ) {
        reader.sees(record.id)
        out.object { out in
            out.field("id", record.id)
            self.fields(record.fields, without: reckoning.hidden, into: &out)
            out.field("version", record.version)
            out.field("created_at", record.createdAt)
            out.field("updated_at", record.updatedAt)
            out.field("status", reckoning.status(record))
            out.field("last_contact_at", record.lastContact)
            if let purchases {
                out.key("purchases")
                summary(purchases, into: &out)
            }
            if let cases {
                out.key("cases")
                out.array { out in
                    let encoder = CaseEncoder(reckoning.work, at: reckoning.now, to: reader)
                    for one in cases { encoder.write(one, into: &out) }
                }
            }
            if let history {
                out.field("status_since", reckoning.since(record, active: activeSince))
                out.key("history")
                out.array { out in for contact in history { PopEncoder.touchpoint(contact, into: &out) } }
            }
        }
    }

    /// What somebody wrote, without what is computed.
    ///
    /// - Parameter hidden: the centre's own fields that the client does not see.
    static func fields(_ fields: CustomerFields, without hidden: Set<String>, into out: inout ByteBuilder) {
        out.field("external_id", fields.externalID)
        out.field("name", fields.name)
        out.field("kana", fields.kana)
        out.field("company", fields.company)
        out.field("tier", fields.tier)
        out.field("owner", fields.owner)
        out.field("tags", fields.tags)
        out.field("cautions", fields.cautions)
        out.field("address", fields.address)
        out.key("phones")
        out.array { out in
            for phone in fields.phones {
                out.object { out in
                    out.field("raw", phone.raw)
                    out.field("e164", phone.e164)
                    out.field("display", phone.display)
                }
            }
        }
        out.field("email", fields.email)
        out.field("line_id", fields.lineID)
        out.field("do_not_pair", fields.doNotPair)
        out.key("custom")
        out.object { out in
            for (name, value) in fields.custom.sorted(by: { $0.key < $1.key })
            where !hidden.contains(name) {
                out.key(text: name)
                out.value(value)
            }
        }
        details(fields.details, into: &out)
    }

    private static func details(_ details: CustomerDetails, into out: inout ByteBuilder) {
        out.field("kind", details.kind.rawValue)
        out.field("company_id", details.companyID)
        out.field("emails", details.emails)
        out.key("accounts")
        out.array { out in
            for account in details.accounts {
                out.object { out in
                    out.field("service", account.service)
                    out.field("id", account.id)
                }
            }
        }
        out.field("persona", details.persona)
        out.field("preferences", details.preferences)
        out.key("consent")
        out.object { out in
            for (name, agreed) in details.consent.sorted(by: { $0.key < $1.key }) {
                out.key(text: name)
                out.value(agreed)
            }
        }
        out.field("do_not_call", details.doNotCall)
        out.field("status_reason", details.statusReason)
    }

    private static func summary(_ purchases: PurchaseSummary, into out: inout ByteBuilder) {
        out.object { out in
            out.field("count", purchases.count)
            out.field("last_at", purchases.last?.text)
            out.key("totals")
            out.array { out in
                for (currency, sum) in purchases.totals.sorted(by: { $0.key < $1.key }) {
                    out.object { out in
                        out.field("amount", sum.text)
                        out.field("currency", currency)
                    }
                }
            }
            out.field("frequency_days", purchases.daysBetween)
            out.field("next_expected", purchases.nextExpected?.text)
        }
    }
}
