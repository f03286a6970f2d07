import CallCenter

/// The decisions about a call, and the replies and pops that resulted.
extension CallBytes {
    // MARK: The answers given

    static func write(_ given: GivenAnswer, _ out: inout PackedWriter) {
        out.signed(given.seq)
        out.optional(given.answer.customer) { out, customer in
            out.signed(customer.id)
            out.text(customer.name)
            out.text(customer.tier)
            out.optional(customer.owner)
        }
        out.count(given.answer.candidates)
        out.list(given.answer.alerts) { $0.text($1.rawValue) }
        out.optional(given.decision) { write($1, &$0) }
    }

    static func given(_ from: inout PackedReader) throws(Malformed) -> GivenAnswer {
        let seq = try from.signed()
        let customer = try from.optional { from throws(Malformed) in
            OfferAnswer.Customer(
                id: try from.signed(), name: try from.text(), tier: try from.text(), owner: try from.optionalText())
        }
        let candidates = try from.count()
        let alerts: [AlertKind] = try from.list { from throws(Malformed) in try from.word() }
        let decision = try from.optional { from throws(Malformed) in try CallBytes.decision(&from, version) }
        let answer = OfferAnswer(
            customer: customer, candidates: candidates, alerts: alerts, route: decision?.route)
        return GivenAnswer(seq: seq, answer: answer, decision: decision)
    }

    static func write(_ moment: PopMoment, _ out: inout PackedWriter) {
        out.text(moment.operator)
        out.byte(moment.what.rawValue)
        out.signed(moment.at.ms)
    }

    static func popMoment(_ from: inout PackedReader) throws(Malformed) -> PopMoment {
        let who = try from.text()
        guard let what = PopMoment.What(rawValue: try from.byte()) else { throw Malformed() }
        return PopMoment(operator: who, what: what, at: Timestamp(ms: try from.signed()))
    }

    // MARK: The decision

    static func write(_ decision: Decision, _ out: inout PackedWriter) {
        out.signed(decision.at.ms)
        write(decision.route.action, &out)
        out.signed(Int64(decision.route.priority))
        out.text(decision.route.reason.rawValue)
        out.list(decision.steps) { out, step in
            out.text(step.rule.rawValue)
            write(step.finding, &out)
        }
        out.optional(decision.matchedBy?.rawValue)
    }

    static func decision(_ from: inout PackedReader, _ kept: UInt8) throws(Malformed) -> Decision {
        let at = Timestamp(ms: try from.signed())
        let route = Route(
            action: try CallBytes.action(&from, depth: 0), priority: Int(try from.signed()), reason: try from.word())
        let steps = try from.list { from throws(Malformed) in RoutingStep(try from.word(), try CallBytes.finding(&from))
        }
        return Decision(at: at, route: route, steps: steps, matchedBy: kept < 4 ? nil : try from.optionalWord())
    }

    private static func write(_ action: Route.Action, _ out: inout PackedWriter) {
        switch action {
        case .operator(let who, let device, let waitS, let fallback):
            out.byte(0)
            out.text(who)
            out.optional(device)
            out.signed(Int64(waitS))
            out.optional(fallback) { write($1, &$0) }
        case .group(let name, let operators, let devices):
            out.byte(1)
            out.text(name)
            out.list(operators) { $0.text($1) }
            out.list(devices) { $0.text($1) }
        case .queue(let queue):
            out.byte(2)
            out.optional(queue)
        case .reject: out.byte(3)
        }
    }

    private static func action(_ from: inout PackedReader, depth: Int) throws(Malformed) -> Route.Action {
        // A fallback of a fallback is deeper than any route goes.
        guard depth < 4 else { throw Malformed() }
        switch try from.byte() {
        case 0:
            return .operator(
                try from.text(), device: try from.optionalText(), waitS: Int(try from.signed()),
                fallback: try from.optional { from throws(Malformed) in try CallBytes.action(&from, depth: depth + 1) })
        case 1: return .group(try from.text(), operators: try from.texts(), devices: try from.texts())
        case 2: return .queue(try from.optionalText())
        case 3: return .reject
        default: throw Malformed()
        }
    }

    private static func write(_ finding: RoutingStep.Finding, _ out: inout PackedWriter) {
        switch finding {
        case .notApplicable(let why):
            out.byte(0)
            out.text(why.rawValue)
        case .cannotTake(let who, let unfit):
            out.byte(1)
            out.text(who)
            out.text(unfit.rawValue)
        case .chosen(let who):
            out.byte(2)
            out.text(who)
        case .waits(let who, let state, let waitS):
            out.byte(3)
            out.text(who)
            out.text(state.rawValue)
            out.signed(Int64(waitS))
        case .busy(let who, let state):
            out.byte(4)
            out.text(who)
            out.text(state.rawValue)
        case .group(let name, let members):
            out.byte(5)
            out.text(name)
            out.list(members) { $0.text($1) }
        case .noneOfGroupFree(let name):
            out.byte(6)
            out.text(name)
        case .rejected: out.byte(7)
        case .toQueue(let queue):
            out.byte(8)
            out.optional(queue)
        case .found(let name, let tier, let candidates):
            out.byte(9)
            out.text(name)
            out.text(tier)
            out.count(candidates)
        case .spoke(let who, let at):
            out.byte(11)
            out.text(who)
            out.signed(at.ms)
        case .spokeLongAgo(let who, let at, let days):
            out.byte(12)
            out.text(who)
            out.signed(at.ms)
            out.count(days)
        case .weighs(let who, let permille, let talks, let isEnough):
            out.byte(13)
            out.text(who)
            out.count(permille)
            out.count(talks)
            out.byte(isEnough ? 1 : 0)
        case .complainedAbout(let who, let at):
            out.byte(14)
            out.text(who)
            out.signed(at.ms)
        case .overShare(let who, let talks, let of, let percent, let othersFree):
            out.byte(15)
            out.text(who)
            out.count(talks)
            out.count(of)
            out.count(percent)
            out.byte(othersFree ? 1 : 0)
        case .raised(let raise, let by):
            out.byte(10)
            out.text(raise.rawValue)
            out.signed(Int64(by))
        }
    }

    private static func finding(_ from: inout PackedReader) throws(Malformed) -> RoutingStep.Finding {
        switch try from.byte() {
        case 0: .notApplicable(try from.word())
        case 1: .cannotTake(try from.text(), try from.word())
        case 2: .chosen(try from.text())
        case 3: .waits(try from.text(), try from.word(), waitS: Int(try from.signed()))
        case 4: .busy(try from.text(), try from.word())
        case 5: .group(try from.text(), try from.texts())
        case 6: .noneOfGroupFree(try from.text())
        case 7: .rejected
        case 8: .toQueue(try from.optionalText())
        case 9: .found(try from.text(), tier: try from.text(), candidates: try from.count())
        case 10: .raised(try from.word(), by: Int(try from.signed()))
        case 11: .spoke(try from.text(), at: Timestamp(ms: try from.signed()))
        case 12: .spokeLongAgo(try from.text(), at: Timestamp(ms: try from.signed()), days: try from.count())
        case 13:
            .weighs(
                try from.text(), permille: try from.count(), talks: try from.count(), isEnough: try from.byte() == 1)
        case 14: .complainedAbout(try from.text(), at: Timestamp(ms: try from.signed()))
        case 15:
            .overShare(
                try from.text(), talks: try from.count(), of: try from.count(), percent: try from.count(),
                othersFree: try from.byte() == 1)
        default: throw Malformed()
        }
    }
}
