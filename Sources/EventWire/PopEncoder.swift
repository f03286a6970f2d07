import CallCenter

/// A pop as JSON (http-api.md, A pop). What is not known is null, so that a reader finds every key every time.
public enum PopEncoder {
    /// A whole pop; its keys are in every pop, except those of look-ups outside.
    public static func pop(_ pop: Pop, into out: inout ByteBuilder) {
        out.object { out in
            out.field("pop", pop.id)
            out.field("call", pop.call)
            out.field("phase", pop.phase.rawValue)
            out.key("from")
            number(pop.from, into: &out)
            out.field("to", pop.to)
            out.field("queue", pop.queue)
            out.field("waited_ms", pop.waited)
            out.field("answered_at", pop.answeredAt)
            out.field("hold_ms", pop.hold)
            out.field("held_since", pop.heldSince)
            out.field("transferred_from", pop.transferredFrom)
            out.key("customer")
            if let card = pop.customer { customer(card, into: &out) } else { out.null() }
            out.field("identified", pop.isIdentified)
            out.key("candidates")
            out.array { out in for card in pop.candidates { customer(card, into: &out) } }
            out.key("alerts")
            out.array { out in for warning in pop.alerts { alert(warning, into: &out) } }
            out.field("brief", pop.brief)
            out.key("card")
            out.array { out in for line in pop.card { card(line, into: &out) } }
            out.key("history")
            out.array { out in for contact in pop.history { touchpoint(contact, into: &out) } }
            out.key("cases")
            out.array { out in for open in pop.cases { openCase(open, into: &out) } }
            out.key("incidents")
            out.array { out in for one in pop.incidents { incident(one, into: &out) } }
            out.field("note_draft", pop.noteDraft)
            out.key("notes")
            out.array { out in for one in pop.notes { writing(one, into: &out) } }
            out.field("url", pop.url)
            out.field("reason", pop.reason?.rawValue)
            out.field("direction", pop.isOutbound ? "outbound" : "inbound")
            out.field("vip", pop.vip)
            out.field("source", pop.source)
            out.field("operator", pop.operator)
            if let outside = pop.outside {
                out.key("outside")
                PopEncoder.outside(outside, into: &out)
            }
        }
    }

    /// What look-ups outside say: only in a pop that has any.
    public static func outside(_ outside: PopOutside, into out: inout ByteBuilder) {
        out.object { out in
            out.field("complete", outside.isComplete)
            out.key("sources")
            out.array { out in for one in outside.sources { source(one, into: &out) } }
        }
    }

    private static func source(_ one: PopOutside.Source, into out: inout ByteBuilder) {
        out.object { out in
            out.field("lookup", one.lookup)
            out.field("label", one.label)
            out.field("state", one.state.rawValue)
            out.field("at", one.at)
            out.field("age_ms", one.age)
            out.field("old", one.isOld)
            out.key("fields")
            out.array { out in
                for field in one.fields {
                    out.object { out in
                        out.field("label", field.label)
                        out.field("value", field.value)
                    }
                }
            }
            out.field("external_id", one.externalID)
            out.field("url", one.url)
        }
    }

    /// Never the raw text: a withheld number has none, and another is shown as people write it.
    public static func number(_ number: CallerNumber, into out: inout ByteBuilder) {
        out.object { out in
            out.field("e164", number.e164)
            out.field("display", number.display)
            out.field("region", number.region)
            out.field("place", number.place)
            out.field("kind", number.kind.rawValue)
        }
    }

    /// Without `doNotPair`: which colleagues a customer is kept from is the router's business.
    public static func customer(_ card: CustomerCard, into out: inout ByteBuilder) {
        out.object { out in
            out.field("id", card.id)
            out.field("external_id", card.externalID)
            out.field("name", card.name)
            out.field("kana", card.kana)
            out.field("company", card.company)
            out.field("email", card.email)
            out.field("tier", card.tier)
            out.field("owner", card.owner)
            out.field("tags", card.tags)
            out.field("cautions", card.cautions)
            out.key("custom")
            out.object { out in
                // In the order of their names, so that the same card is the same bytes.
                for (name, value) in card.custom.sorted(by: { $0.key < $1.key }) {
                    out.key(text: name)
                    out.value(value)
                }
            }
        }
    }

    /// What somebody wrote of a call.
    public static func writing(_ one: Writing, into out: inout ByteBuilder) {
        out.object { out in
            out.field("seq", one.seq)
            out.field("at", one.at)
            out.field("operator", one.by)
            out.field("text", one.text)
            out.field("state", one.state.rawValue)
            if let spent = one.spent { out.field("spent_ms", spent) }
        }
    }

    /// An alert: its kind, and its text in the centre's language.
    static func alert(_ alert: Alert, into out: inout ByteBuilder) {
        out.object { out in
            out.field("kind", alert.kind.rawValue)
            out.field("text", alert.text)
        }
    }

    /// A line of the card: its kind, its text, and why it is there.
    static func card(_ line: CardLine, into out: inout ByteBuilder) {
        out.object { out in
            out.field("kind", line.kind.rawValue)
            out.field("text", line.text)
            out.field("reason", line.reason)
        }
    }

    /// A contact of the past; `duration_ms` in milliseconds.
    public static func touchpoint(_ contact: Touchpoint, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", contact.at)
            out.field("channel", contact.channel)
            out.field("direction", contact.direction?.rawValue)
            out.field("operator", contact.operator)
            out.field("line", contact.line)
            out.field("summary", contact.summary)
            out.field("duration_ms", contact.duration)
            out.field("outcome", contact.outcome)
            out.field("tier", contact.tier)
        }
    }

    /// By what it was chosen is not said: the reader sees that it concerns the call.
    public static func incident(_ one: OpenIncident, into out: inout ByteBuilder) {
        out.object { out in
            out.field("id", one.id)
            out.field("title", one.title)
            out.field("opened_at", one.openedAt)
        }
    }

    /// An open case, as a pop lists it; `due` is null for one without a date.
    static func openCase(_ open: OpenCase, into out: inout ByteBuilder) {
        out.object { out in
            out.field("id", open.id)
            out.field("kind", open.kind.rawValue)
            out.field("title", open.title)
            out.field("owner", open.owner)
            out.field("due", open.due)
        }
    }
}
