import CallCenter
import Engine
import EventWire
import Foundation
import Hummingbird
import Storage

/// `POST /v1/contacts/mail`: a mail that `screenpop contact mail` has read, on the record of whom it is from.
struct MailRoutes {
    let receiver: ContactReceiver
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) { router.post("v1/contacts/mail", may: .ingest, use: receive) }

    private func receive(_ request: Request, _ context: WebContext) async throws -> Response {
        let mail: ParsedMail = try await request.strictJSON(ParsedMail.names, of: "a mail")
        let contact = try mail.contact(settings.contacts, now: now())
        return try await receiver.answer(to: contact, by: context.who.author)
    }
}

/// Records contacts from elsewhere, and tells the desks.
struct ContactReceiver: Sendable {
    let writer: RecordWriter
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func receive(_ contact: IncomingContact, by author: Author) async throws -> Received {
        let received = try Problem.edited { () throws(EditError) in
            try writer.receive(contact, rules: settings.incomingRules, by: author, at: now())
        }
        if received.outcome == .recorded || received.outcome == .inbox {
            for place in received.places { await customerRecords.changed(place.customer) }
            // The inbox stands on every desk.
            var concerned = received.outcome == .inbox ? WorkConcerned.everybody : .operators([])
            for place in received.places {
                guard let id = place.caseID, let one = try writer.store.customerCase(id) else { continue }
                concerned = concerned.union(WorkConcerned(nil, one))
            }
            await customerRecords.engine.workChanged(of: concerned)
        }
        return received
    }

    /// 201 for what is new.
    func answer(to contact: IncomingContact, by author: Author) async throws -> Response {
        let received = try await receive(contact, by: author)
        let isNew = received.outcome == .recorded || received.outcome == .inbox
        return .json(isNew ? .created : .ok) { ContactReceiver.write(received, into: &$0) }
    }

    static func write(_ received: Received, into out: inout ByteBuilder) {
        out.object { out in
            out.field("outcome", received.outcome.rawValue)
            out.field("inbox", received.inbox)
            out.key("contacts")
            out.array { out in
                for place in received.places {
                    out.object { out in
                        out.field("customer", place.customer)
                        out.field("contact", place.contact)
                        out.field("case", place.caseID)
                        out.field("new_case", place.isNewCase)
                    }
                }
            }
        }
    }
}

extension WebSettings {
    /// How contacts from elsewhere become work.
    var incomingRules: IncomingRules {
        let cases = work().rules
        var rules = IncomingRules()
        rules.opensCases = contacts.opensCases
        rules.phase = cases.phases.first
        rules.threadWithin = contacts.threadWithin
        rules.reopenWithin = cases.reopenWithin
        return rules
    }
}

extension Request {
    /// The body as JSON, 1 MiB at most; a member that is not among these is refused.
    ///
    /// - Parameter what: what has them, such as `a mail`.
    func strictJSON<Value: Decodable>(_ names: [String], of what: String) async throws -> Value {
        let data = Data(try await body.collect(upTo: 1 << 20).readableBytesView)
        do {
            try JSONDecoder().decode(JSONMembers.self, from: data).require(names, of: what)
            return try JSONDecoder().decode(Value.self, from: data)
        } catch let error as DecodingError {
            throw Problem.bad("The body is not the JSON object that is expected: \(error.sentence).")
        }
    }
}
