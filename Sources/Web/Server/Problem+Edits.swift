import CallCenter
import EventWire
import Storage

extension Problem {
    /// Why a change of a record was refused.
    init(_ error: EditError) {
        switch error {
        case .notFound: self = .notFound("The record is gone.")
        case .conflict: self.init(.preconditionFailed, "Somebody changed this customer since you read it.")
        case .itemConflict: self.init(.preconditionFailed, "Somebody changed it since you read it.")
        case .caseConflict: self.init(.preconditionFailed, "Somebody changed this case since you read it.")
        case .knowledgeConflict: self.init(.preconditionFailed, "Somebody changed it since you read it.")
        case .answered(let answer):
            self.init(
                .conflict, "\(answer.by.isEmpty ? "Somebody" : answer.by) answered at \(RFC3339.string(answer.at)).",
                members: { out in
                    out.field("answered_by", answer.by)
                    out.field("answered_at", answer.at)
                })
        case .nobodyAsked: self.init(.conflict, "A program wrote this message; nobody reads an answer.")
        case .listConflict: self.init(.preconditionFailed, "Somebody changed this list since you read it.")
        case .listNameTaken(let name): self.init(.conflict, "There is a list \(name); choose another name.")
        case .claimed(let claim): self = .claimed(claim, "case")
        case .noHandover: self.init(.conflict, "Nobody hands this case over; POST …/handover does.")
        case .isClosed: self.init(.conflict, "The case is closed; PATCH it with another phase to open it again.")
        case .hasOpenParts(let parts): self = .openParts(parts)
        case .noCase(let id): self.init(.unprocessableContent, "The customer has no case \(id).")
        case .externalIDTaken(let by): self.init(.conflict, "Customer \(by) has this external_id.")
        case .noVersion(let version): self = .notFound("The customer has no version \(version) to put back.")
        case .nothingToUndo: self.init(.conflict, "The import was undone already, or wrote nothing.")
        case .importIsBusy: self.init(.conflict, "The import still runs, or is being undone; wait until it has ended.")
        case .isErased(let id): self = .notFound("Customer \(id) was erased.")
        case .isDeleted: self.init(.forbidden, "The customer is deleted; a supervisor brings it back.")
        case .isMerged(let id, let into):
            self.init(.conflict, "Customer \(id) was merged into \(into): take that apart first, or use \(into).")
        case .sameCustomer: self = .bad("A customer cannot be merged with itself: other is somebody else's id.")
        case .mergeIsUndone: self.init(.conflict, "The merge was taken apart already.")
        case .isHandled(let item):
            let customer = item.handling?.customer.map { " to customer \($0)" } ?? ""
            self.init(
                .conflict,
                "Item \(item.id) is attached\(customer) already; POST …/reopen puts it back into the inbox.")
        case .tooManyFiles:
            self.init(.conflict, "The customer has \(CustomerFile.countMax) files; delete some first.")
        case .brokenUpload: self.init(.serviceUnavailable, "The file was not stored; attach it again.")
        case .replyIs(let state):
            self.init(.conflict, "The mail is \(state.rawValue); that is no step from there.", members: { out in
                out.field("state", state.rawValue)
            })
        case .replyIsUnsent(let kept): self = .unsent(kept)
        case .replyConflict: self.init(.preconditionFailed, "Somebody changed this mail since you read it.")
        case .store(let error): self.init(.serviceUnavailable, "\(error).")
        case .log(let error): self.init(error)
        }
    }

    /// Why a change is not known to be in the log. `kept` says whether it may be there: what is `no` can be sent again.
    init(_ error: ChangeLogError) {
        let isUnknown = error.kind == .unknown
        self.init(
            .serviceUnavailable, "\(error)", headers: isUnknown ? [:] : [.retryAfter: "1"],
            members: { out in out.field("kept", isUnknown ? "unknown" : "no") })
    }

    /// A case is not closed while nobody has said what becomes of these.
    static func openParts(_ parts: [CustomerCase]) -> Problem {
        Problem(
            .conflict,
            "Promises or tasks of this case are open: close them first, or send \"parts\": \"close\" to close them "
                + "with it, \"keep\" to leave them open."
        ) { out in
            out.key("open_parts")
            out.array { out in
                for one in parts {
                    out.object { out in
                        out.field("id", one.id)
                        out.field("kind", one.kind.rawValue)
                        out.field("title", one.title)
                        out.field("owner", one.owner)
                        out.field("due", one.due)
                    }
                }
            }
        }
    }

    /// Somebody else works on it.
    ///
    /// - Parameter what: what it is, as a sentence names it.
    static func claimed(_ claim: CaseClaim, _ what: String) -> Problem {
        claimed(by: claim.by, since: claim.since, what)
    }

    /// The same of what is no record.
    static func claimed(by who: String, since: Timestamp, _ what: String) -> Problem {
        Problem(
            .conflict, "Operator \(who) has had this \(what) since \(RFC3339.string(since)).",
            members: { out in
                out.field("claimed_by", who)
                out.field("claimed_at", since)
            })
    }

    /// A colleague has written a mail where another is to be written.
    static func unsent(_ kept: KeptReply) -> Problem {
        let reply = kept.reply, who = reply.person ?? "nobody"
        return Problem(
            .conflict,
            "Operator \(who) has written mail \(reply.id) in this case, and it is not sent yet: "
                + "\(reply.state.rawValue). Send \"take_over\": true to write another all the same.",
            members: { out in
                out.field("claimed_by", reply.person)
                out.field("claimed_at", reply.createdAt)
                out.field("reply", reply.id)
                out.field("state", reply.state.rawValue)
            })
    }

    /// Runs a change of the records; what refuses it becomes a problem.
    static func edited<Value>(_ work: () throws(EditError) -> Value) throws(Problem) -> Value {
        do throws(EditError) { return try work() } catch { throw Problem(error) }
    }
}
