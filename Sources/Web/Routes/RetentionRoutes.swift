import CallCenter
import EventWire
import Hummingbird
import Settings
import Storage

/// `GET /v1/retention`: how long what is kept, and what goes next. Changes nothing.
struct RetentionRoutes {
    let records: CustomerStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) { router.get("v1/retention", may: .admin, use: list) }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let retention = settings.retention(), now = self.now()
        let deleted = try records.age(of: .deleted, before: now - retention.deleted)
        let messages = try records.age(of: .messages, before: now - retention.messages)
        func items(_ kind: CustomerItem.Kind, _ keeps: Int64) throws -> Aging? {
            // What is kept for ever is not looked through.
            keeps < Settings.Retention.forEver ? try records.age(of: kind, before: now - keeps) : nil
        }
        let keepsInbox = retention.inbox >= Settings.Retention.forEver
        let inbox = keepsInbox ? nil : try records.ageOfInbox(before: now - retention.inbox)
        let kinds: [(name: String, keeps: Int64, aging: Aging?)] = [
            ("deleted", retention.deleted, deleted), ("messages", retention.messages, messages),
            ("purchases", retention.purchases, try items(.purchase, retention.purchases)),
            ("contracts", retention.contracts, try items(.contract, retention.contracts)),
            ("contacts", retention.contacts, try items(.contact, retention.contacts)),
            ("notes", retention.notes, try items(.note, retention.notes)),
            ("files", retention.files, try items(.file, retention.files)), ("inbox", retention.inbox, inbox),
            // Cut by time, in pieces that are not counted.
            ("events", retention.events, nil), ("views", retention.views, nil),
        ]
        return .json { out in
            out.object { out in
                out.field("at", now)
                out.key("items")
                out.array { out in
                    for kind in kinds {
                        out.object { out in
                            out.field("kind", kind.name)
                            let isForEver = kind.keeps >= Settings.Retention.forEver
                            out.field("keeps_ms", isForEver ? nil : kind.keeps)
                            out.field("before", isForEver ? nil : now - kind.keeps)
                            out.field("count", kind.aging?.count)
                            out.field("due", kind.aging?.due)
                            out.field("oldest", kind.aging?.oldest)
                            out.field("next", kind.aging?.oldest.map { $0 + kind.keeps })
                        }
                    }
                }
            }
        }
    }
}
