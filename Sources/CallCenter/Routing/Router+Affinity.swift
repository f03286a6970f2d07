/// What keeps a customer from one operator alone: talks that lose weight, a share, a complaint.
extension Router {
    private var affinity: AffinityPolicy { policy.routing.affinity }

    // MARK: Weight

    struct Heaviest {
        var who: String
        /// Thousandths of a talk of this moment.
        var permille: Int
        var talks: Int
        var isEnough: Bool
    }

    /// Whose talks weigh most: on the line called if there were any, otherwise on any. Of equals, the one with the
    /// newest talk. nil when nobody spoke within `last_operator_days`.
    func heaviest(_ candidate: Candidate, _ question: Question) -> Heaviest? {
        let recent = recentTalks(candidate, question)
        let here = recent.filter { $0.line != nil && $0.line == question.line }
        var weights: [(who: String, weight: Int64, talks: Int)] = []
        for talk in here.isEmpty ? recent : here {
            let weight = affinity.weight(ofAge: question.time - talk.at)
            if let i = weights.firstIndex(where: { $0.who == talk.operator }) {
                weights[i].weight += weight
                weights[i].talks += 1
            } else {
                weights.append((talk.operator, weight, 1))
            }
        }
        guard var most = weights.first else { return nil }
        for one in weights.dropFirst() where one.weight > most.weight { most = one }
        return Heaviest(
            who: most.who, permille: Int(most.weight / 1_000), talks: most.talks,
            isEnough: most.weight >= Int64(affinity.leastWeight) * 10_000)
    }

    // MARK: Share and complaint

    struct Unfairness {
        var finding: RoutingStep.Finding
        /// Another operator is offered instead.
        var passesOver: Bool
    }

    /// Why an operator who knows the customer should not get this call although they could; nil when nothing speaks
    /// against it.
    func unfairness(of who: String, _ fitness: Fitness, _ question: Question) -> Unfairness? {
        if case .unfit(let why) = fitness {
            guard why == .complaint, let at = complaint(about: who, question) else { return nil }
            return Unfairness(finding: .complainedAbout(who, at: at), passesOver: true)
        }
        guard isOverShare(who, question) else { return nil }
        let othersFree = another(for: question, besides: who) != nil
        return Unfairness(
            finding: .overShare(
                who, talks: talksCounted(of: who, question), of: AffinityPolicy.shareOf - 1, percent: affinity.share,
                othersFree: othersFree),
            passesOver: othersFree)
    }

    /// Whether one more talk is more than the share allows.
    func isOverShare(_ who: String, _ question: Question) -> Bool {
        guard let most = affinity.talksMax else { return false }
        return talksCounted(of: who, question) + 1 > most
    }

    /// Of the talks that are counted with this call: the newest ones, on any line.
    private func talksCounted(of who: String, _ question: Question) -> Int {
        guard let talks = question.candidate?.talks else { return 0 }
        let newest = talks.sorted { $0.at != $1.at ? $0.at > $1.at : $0.operator < $1.operator }
        return newest.prefix(AffinityPolicy.shareOf - 1).count { $0.operator == who }
    }

    func complaint(about who: String, _ question: Question) -> Timestamp? {
        question.candidate?.complained(about: who, within: affinity.complaintDays, at: question.time)
    }

    /// The free operator who is idle for longest and is within the share; nil when there is none. For a call that is
    /// in no queue, any operator.
    func another(for question: Question, besides who: String? = nil) -> String? {
        var best: (id: String, since: Timestamp)?
        for (id, one) in operators where id != who {
            guard case .free = fitness(of: id, for: question), !isOverShare(id, question) else { continue }
            if let found = best {
                guard one.since != found.since ? one.since < found.since : id < found.id else { continue }
            }
            best = (id, one.since)
        }
        return best?.id
    }
}
