import Testing

@testable import CallCenter

/// A customer who complained pops with an alert, and supervisors get it too.
@Suite struct ComplaintTests {
    private static let dayMs: Int64 = 86_400_000
    private static let caller = CallerNumber(
        kind: .number, raw: "+815000000001", e164: "+815000000001", display: "050-0000-0001")

    private func someone(_ change: (inout Candidate) -> Void) -> Candidate {
        var one = Candidate(customer: CustomerCard(id: 17, name: "Hanako Example"))
        change(&one)
        return one
    }

    private func contact(_ daysAgo: Int64, _ summary: String, channel: String = "phone") -> Touchpoint {
        Touchpoint(at: morning - daysAgo * Self.dayMs, channel: channel, summary: summary)
    }

    /// The words of the alert to the operator, and those to supervisors.
    private struct Said: Equatable {
        var pops: [String] = []
        var supervisors: [String] = []
    }

    private func alerts(_ candidate: Candidate, _ change: (inout Policy) -> Void = { _ in }) -> Said {
        var policy = Policy()
        policy.pop.language = .en
        policy.dispositions = [.init(code: "angry", label: .init(en: "Angry"), isComplaint: true), .init(code: "fine")]
        change(&policy)
        var centre = Centre(policy: policy), effects: [Effect] = []
        let lookup = Lookup(caller: Self.caller, candidates: [candidate])
        _ = centre.apply(offered("a", at: 0), seq: 1, now: morning, lookup: lookup, effects: &effects)
        _ = centre.apply(
            call("a", .ringing(operator: "101", device: nil), at: 0), seq: 2, now: morning, lookup: nil,
            effects: &effects)
        var found = Said()
        for effect in effects {
            switch effect {
            case .pop(let pop, _):
                found.pops += pop.alerts.filter { $0.kind == .complainedBefore }.map(\.text)
            case .alert(let alert) where alert.kind == .complainedBefore: found.supervisors.append(alert.text)
            default: break
            }
        }
        return found
    }

    @Test func aDispositionOfAComplaintIsSaid() {
        let one = someone { $0.history = [contact(1, "fine"), contact(3, "angry · It leaks"), contact(9, "angry")] }
        let said = "Complained 3 days ago (a call came out as “Angry”)"
        #expect(alerts(one) == Said(pops: [said], supervisors: [said]))
        // The code that is a complaint in every centre.
        #expect(alerts(someone { $0.history = [contact(3, "complaint")] }).supervisors.count == 1)
    }

    @Test func aCaseIsSaidWithoutWhomItIsAbout() {
        let one = someone {
            $0.history = [contact(2, "angry")]
            $0.complaints = [Complaint(at: morning - Self.dayMs, about: "101")]
        }
        let said = "Complained 1 day ago (a case says so)"
        #expect(alerts(one) == Said(pops: [said], supervisors: [said]))
    }

    @Test func longAgoOffAndNoComplaintsAreNot() {
        let none = Said()
        #expect(alerts(someone { $0.history = [contact(31, "angry")] }) == none)
        #expect(alerts(someone { $0.history = [contact(3, "angry")] }) { $0.alerts.complaintDays = 2 } == none)
        #expect(alerts(someone { $0.history = [contact(3, "angry")] }) { $0.alerts.complaintDays = 0 } == none)
        #expect(alerts(someone { $0.history = [contact(3, "angry")] }) { $0.alerts.off = [.complainedBefore] } == none)
        #expect(alerts(someone { $0.history = [contact(3, "fine"), contact(3, "angry", channel: "email")] }) == none)
    }

    /// A replay of a log that an erase has replaced warns of the same.
    @Test func aComplaintIsAFactThatOutlivesTheTextOfTheContact() {
        var policy = Policy()
        policy.dispositions = [.init(code: "angry", isComplaint: true), .init(code: "fine")]
        let one = someone { $0.history = [contact(1, "fine"), contact(3, "angry · It leaks"), contact(9, "山田")] }
        let lookup = Lookup(caller: Self.caller, candidates: [one]).withComplaints(by: policy)
        #expect(lookup.candidates[0].complaints == [Complaint(at: morning - 3 * Self.dayMs)])
        #expect(lookup.withComplaints(by: policy) == lookup, "once")
        // What is said of it does not change.
        let found = lookup.candidates[0].newestComplaint(within: 30, by: policy, at: morning)
        #expect(found == FoundComplaint(at: morning - 3 * Self.dayMs, disposition: "angry"))
        let erased = Erasure(customer: one.customer.id).applied(to: lookup).candidates[0]
        #expect(erased.history.allSatisfy { $0.summary.isEmpty })
        #expect(erased.newestComplaint(within: 30, by: policy, at: morning)?.at == morning - 3 * Self.dayMs)
        let plain = Lookup(caller: Self.caller, candidates: [someone { $0.history = [contact(1, "fine")] }])
        #expect(plain.withComplaints(by: policy).candidates[0].complaints == nil)
    }

    @Test func theCardSaysItOfACaseToo() {
        let one = someone { $0.complaints = [Complaint(at: morning - 2 * Self.dayMs)] }
        let line = CardRules(words: Words(.en), policy: Policy(), now: morning).lines(for: one).first
        #expect(line?.kind == .complaint && line?.text == "Complained 2 days ago")
        #expect(line?.reason == "a case of the last 30 days is a complaint")
    }

    /// An identification finds the customer who complained: the alert comes then, and once.
    @Test func anIdentificationWarnsToo() {
        var centre = Centre(policy: Policy()), effects: [Effect] = []
        let one = someone { $0.complaints = [Complaint(at: morning - Self.dayMs)] }
        func warnings() -> Int {
            effects.count { if case .alert(let alert) = $0 { alert.kind == .complainedBefore } else { false } }
        }
        _ = centre.apply(
            offered("a", at: 0), seq: 1, now: morning, lookup: Lookup(caller: Self.caller), effects: &effects)
        #expect(warnings() == 0)
        for seq in 2...3 as ClosedRange<Int64> {
            _ = centre.apply(
                call("a", .identified(.customer(17)), at: seq), seq: seq, now: morning + seq,
                lookup: Lookup(caller: .unavailable, candidates: [one]), effects: &effects)
        }
        #expect(warnings() == 1)
    }
}
