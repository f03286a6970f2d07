import CallCenter
import EventWire
import Settings
import Storage

/// A case as a client sends it. What is absent stays as it was, or is what a new one has; null empties.
struct CaseBody {
    let members: JSONMembers
    /// The operator who sends it; nil for a program.
    let person: String?
    let clock: WorkClock
    let now: Timestamp

    private static let known = [
        "kind", "customer", "title", "phase", "progress", "priority", "owner", "due", "due_in_ms", "next_step",
        "came_by", "waiting", "calls", "contacts", "spent_ms", "complaint", "complaint_about", "case", "parts",
    ]

    private var fields: ItemFields { ItemFields(members: members) }

    /// What a new case is made of.
    struct New {
        var kind: OpenCase.Kind
        var one: CustomerCase
    }

    /// - Parameter customer: whose it is, where the path says so.
    func opened(for customer: Int64?) throws(Problem) -> New {
        try members.require(CaseBody.known, of: "a case")
        let kind: OpenCase.Kind
        switch members["kind"] {
        // What is opened at a customer's own path was always a promise.
        case nil: kind = customer == nil ? .case : .promise
        case .text(let word):
            guard let known = OpenCase.Kind(rawValue: word) else { throw CaseBody.noKind }
            kind = known
        default: throw CaseBody.noKind
        }
        var id = customer
        if id == nil {
            guard case .whole(let number) = members["customer"] else { throw .bad("customer is a customer's id.") }
            id = try Bounded.id.checked(number, "customer")
        } else if let said = members["customer"], said != id.map({ JSONMembers.Value.whole($0) }) {
            throw .bad("customer is another one than the path says; leave it out.")
        }
        var one = CustomerCase(
            id: 0, customer: id ?? 0, customerName: "", kind: kind, title: "", owner: person, createdAt: now,
            version: 1, details: CaseDetails())
        if kind == .case { one.details.phase = clock.rules.phases.first }
        try fields.duration("spent_ms", &one.spent)
        try apply(to: &one)
        if one.closedAt != nil { throw .bad("A new case is open; leave phase out or name one of an open case.") }
        return New(kind: kind, one: one)
    }

    static let noKind = Problem.bad("kind is \(OpenCase.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")

    /// The case that the body names, of which something is a part; nil where it names none.
    var named: Int64? { if case .whole(let id) = members["case"] { id } else { nil } }

    /// What becomes of open promises and tasks of a case that is closed.
    var parts: OpenParts {
        get throws(Problem) {
            switch members["parts"] {
            case nil: return .refuse
            case .text("close"): return .close
            case .text("keep"): return .keep
            default: throw .bad("parts is close or keep: what becomes of what is open when the case is closed.")
            }
        }
    }

    /// Changes a case.
    func apply(to one: inout CustomerCase) throws(Problem) {
        try members.require(CaseBody.known, of: "a case")
        do {
            try fields.line("title", &one.title)
        } catch {
            throw .bad(
                "title says what was promised, in 1 to \(WireLimits.stringBytesMax) bytes without control characters.")
        }
        if members["owner"] != nil {
            try fields.line(ifAny: "owner", &one.owner, bytesMax: WireLimits.idBytesMax)
        }
        try due(&one.due)
        try phase(&one)
        switch members["progress"] {
        case nil: break
        case .null: one.details.progress = nil
        case .whole(let percent) where (0...100).contains(percent): one.details.progress = percent
        default: throw .bad("progress is a whole number of percent, from 0 to 100.")
        }
        switch members["priority"] {
        case nil: break
        case .text(let word):
            guard let priority = CasePriority(word: word) else { throw CaseBody.noPriority }
            one.details.priority = priority
        default: throw CaseBody.noPriority
        }
        try fields.line(ifAny: "next_step", &one.details.nextStep, bytesMax: WireLimits.stringBytesMax)
        try fields.line(ifAny: "came_by", &one.details.cameBy, bytesMax: WireLimits.idBytesMax)
        switch members["waiting"] {
        case nil: break
        case .flag(let isWaiting):
            if isWaiting != (one.details.waitingSince != nil) { one.details.waitingSince = isWaiting ? now : nil }
        default: throw .bad("waiting is true or false: whether the customer has to do something.")
        }
        try links(&one.details)
        try complaint(&one)
        switch members["case"] {
        case nil: break
        case .null: one.details.partOf = nil
        case .whole(let id):
            if one.kind == .case { throw .bad("A case is no part of another; case is for promises and tasks.") }
            one.details.partOf = try Bounded.id.checked(id, "case")
        default: throw .bad("case is a case's id, or null.")
        }
    }

    private func complaint(_ one: inout CustomerCase) throws(Problem) {
        switch members["complaint"] {
        case nil: break
        case .flag(true): one.details.complaint = one.details.complaint ?? CaseComplaint()
        case .flag(false): one.details.complaint = nil
        default: throw .bad("complaint is true or false.")
        }
        if members["complaint_about"] != nil {
            var about = one.details.complaint?.about
            try fields.line(ifAny: "complaint_about", &about, bytesMax: WireLimits.idBytesMax)
            if about != nil, one.details.complaint == nil {
                throw .bad("complaint_about is the operator whom a complaint is about; say complaint: true too.")
            }
            one.details.complaint?.about = about
        }
        if one.kind != .case, one.details.complaint != nil {
            throw .bad("A \(one.kind.rawValue) is no complaint; open a case.")
        }
    }

    static let noPriority = Problem.bad(
        "priority is \(CasePriority.allCases.map(\.word).joined(separator: ", ")).")

    private func due(_ due: inout Timestamp?) throws(Problem) {
        switch members["due_in_ms"] {
        case nil: break
        case .whole(let ms):
            guard members["due"] == nil else { throw .bad("Say due or due_in_ms, not both.") }
            let ms = try Bounded.spentMs.checked(ms, "due_in_ms")
            guard let time = clock.time(after: ms, from: now) else {
                throw .bad("due_in_ms is longer than the centre is open in the years to come.")
            }
            due = time
        default: throw .bad("due_in_ms is a whole number of milliseconds, counted in opening hours.")
        }
        switch members["due"] {
        case nil: break
        case .null: due = nil
        case .text(let text):
            guard let moment = DayOrTime(written: text), !moment.isDay else { throw CaseBody.noTime }
            due = Timestamp(ms: moment.ms)
        default: throw CaseBody.noTime
        }
    }

    private static let noTime = Problem.bad("due is a time in RFC 3339, such as 2026-01-31T09:00:00+09:00.")

    /// A phase opens a closed case again; `closed` closes it.
    private func phase(_ one: inout CustomerCase) throws(Problem) {
        guard let said = members["phase"] else { return }
        let phases = clock.rules.phases
        guard case .text(let phase) = said else { throw CaseBody.noPhase(phases) }
        if phase == CustomerCase.closedPhase {
            one.close(by: person, at: now)
        } else if one.kind == .case, phases.contains(phase) || phase == one.details.phase {
            one.reopen()
            one.details.phase = phase
        } else if one.kind != .case {
            throw .bad(
                "A \(one.kind.rawValue) has no phase but \(CustomerCase.closedPhase); POST …/reopen opens it again.")
        } else {
            throw CaseBody.noPhase(phases)
        }
    }

    private static func noPhase(_ phases: [String]) -> Problem {
        .bad("phase is one of \((phases + [CustomerCase.closedPhase]).joined(separator: ", ")).")
    }

    private func links(_ details: inout CaseDetails) throws(Problem) {
        switch members["calls"] {
        case nil: break
        case .null: details.calls = []
        case .texts(let calls):
            let isRight = calls.allSatisfy { !$0.isEmpty && $0.utf8.count <= WireLimits.idBytesMax }
            guard isRight, calls.count <= CaseDetails.linksMax, Set(calls).count == calls.count else {
                throw CaseBody.noLinks("calls", "ids of calls")
            }
            details.calls = calls
        default: throw CaseBody.noLinks("calls", "ids of calls")
        }
        switch members["contacts"] {
        case nil: break
        case .null, .texts([]): details.contacts = []
        case .wholes(let contacts):
            let isRight = contacts.allSatisfy(Bounded.id.range.contains)
            guard isRight, contacts.count <= CaseDetails.linksMax, Set(contacts).count == contacts.count else {
                throw CaseBody.noLinks("contacts", "ids of contacts")
            }
            details.contacts = contacts
        default: throw CaseBody.noLinks("contacts", "ids of contacts")
        }
    }

    private static func noLinks(_ name: String, _ what: String) -> Problem {
        .bad("\(name) is a list of \(what), at most \(CaseDetails.linksMax), each once.")
    }
}
