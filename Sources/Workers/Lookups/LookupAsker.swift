import CRMLookup
import Foundation
import Intake
import Synchronization

/// One look-up: asks the CRM about numbers, keeps its answers, and stops asking where it fails.
///
/// A number that is being asked for is not asked for again; so many requests are under way at once, at most.
final class LookupAsker: Sendable {
    enum Outcome: Equatable, Sendable {
        /// - `at`: when the CRM said so. Milliseconds since 1970. - `took`: milliseconds.
        case answered(LookupFinding, at: Int64, took: Int64)
        /// In a part of a sentence.
        case failed(String)
    }

    private struct State {
        var cache: LookupCache
        var breaker: LookupBreaker
        var underWay: [String: Task<Outcome, Never>] = [:]
        /// Changes when answers are forgotten: one that is on its way then is not kept.
        var round = 0
        var status: LookupStatus
    }

    let recipe: LookupRecipe
    private let send: LookupSend
    private let secrets: LookupSecrets
    private let slots: LookupSlots
    private let state: Mutex<State>
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64
    var plan: LookupPlan { recipe.plan }

    init(_ recipe: LookupRecipe, send: @escaping LookupSend, now: @escaping @Sendable () -> Int64) {
        self.recipe = recipe
        self.send = send
        self.now = now
        let plan = recipe.plan
        secrets = LookupSecrets(recipe, send: send, clock: LookupAsker.clock)
        slots = LookupSlots(plan.atOnce, waitingMax: plan.atOnce * 8)
        state = Mutex(
            State(
                cache: LookupCache(found: plan.keepFound, missing: plan.keepMissing, kept: plan.keepOld),
                breaker: LookupBreaker(failuresMax: plan.failuresMax, pause: plan.pause),
                status: LookupStatus(name: plan.name, label: plan.title)))
    }

    /// A monotonic clock. Milliseconds.
    @Sendable static func clock() -> Int64 {
        let time = started.duration(to: .now)
        return time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
    }
    private static let started = ContinuousClock.now

    var status: LookupStatus {
        let clock = LookupAsker.clock()
        return state.withLock { state in
            var status = state.status
            status.state = state.breaker.state(at: clock)
            status.entries = state.cache.count
            return status
        }
    }

    /// Whether a request would be made now; false while the CRM fails.
    var isAsked: Bool {
        let clock = LookupAsker.clock()
        return state.withLock { $0.breaker.state(at: clock) != .open }
    }

    /// What is known of a number; counts the caller.
    func known(_ number: LookupNumber) -> LookupCache.Hit? {
        let now = self.now()
        return state.withLock { state in
            let hit = state.cache.find(number.e164, at: now)
            state.status.callers += 1
            if hit?.isFresh == true { state.status.kept += 1 }
            return hit
        }
    }

    func noteLate() { state.withLock { $0.status.late += 1 } }

    /// Removes what is kept: somebody was erased.
    func forget() {
        state.withLock { state in
            state.cache.removeAll()
            state.round += 1
        }
    }

    // MARK: Asking

    /// Asks the CRM, or waits for the one who asks already. A fresh answer that is kept is not asked for again.
    func ask(_ number: LookupNumber) async -> Outcome {
        let now = self.now()
        let begun = state.withLock { state -> (known: Outcome?, task: Task<Outcome, Never>?) in
            if let hit = state.cache.find(number.e164, at: now), hit.isFresh {
                return (.answered(hit.finding, at: hit.at, took: 0), nil)
            }
            if let task = state.underWay[number.e164] { return (nil, task) }
            guard state.breaker.begin(at: LookupAsker.clock()) else {
                return (.failed(state.status.problem ?? "it fails, and is not asked for a while"), nil)
            }
            let round = state.round
            let task = Task { await self.request(number, round: round) }
            state.underWay[number.e164] = task
            return (nil, task)
        }
        if let known = begun.known { return known }
        return await begun.task?.value ?? .failed("it was not asked")
    }

    private func request(_ number: LookupNumber, round: Int) async -> Outcome {
        let began = LookupAsker.clock()
        var finding: LookupFinding?, problem: String?, isFault = true
        do {
            guard await slots.enter(within: plan.timeout) else {
                isFault = false
                throw LookupFault("too many requests wait for it")
            }
            defer { slots.leave() }
            var steps: [LookupTrial.Step]?
            finding = try await run(number, until: began + plan.timeout, &steps)
        } catch { problem = "\(error)" }
        let took = LookupAsker.clock() - began, at = now()
        return state.withLock { [finding, problem, isFault] state -> Outcome in
            state.underWay[number.e164] = nil
            guard let finding else {
                let why = problem ?? "it gave no answer"
                state.status.failed += 1
                state.status.problem = why
                // What was not sent says nothing of the CRM; a probe that was not sent has failed all the same.
                if isFault || state.breaker.state(at: LookupAsker.clock()) == .trying {
                    state.breaker.failed(at: LookupAsker.clock())
                }
                return .failed(why)
            }
            state.breaker.succeeded()
            state.status.problem = nil
            if case .missing = finding { state.status.missing += 1 } else { state.status.found += 1 }
            if state.round == round { state.cache.store(finding, of: number.e164, at: at) }
            return .answered(finding, at: at, took: took)
        }
    }

    /// Tries the notations one after the other, then makes the further requests.
    ///
    /// - Parameter steps: each request with its answer; nil where nobody reads them.
    private func run(
        _ number: LookupNumber, until: Int64, _ steps: inout [LookupTrial.Step]?
    ) async throws -> LookupFinding {
        var facts = LookupFacts(number: number, notation: .e164, values: plan.values, secret: try secrets.secret())
        for notation in recipe.notations(of: number) {
            facts.notation = notation
            let judged = try await perform(recipe.main, facts, notation, until: until, &steps)
            guard case .found(let record, let count) = judged else { continue }
            var further: [IntakeValue?] = []
            facts.found = record
            for step in recipe.follows {
                // What the first request has found counts without them.
                let more = try? await perform(step, facts, nil, until: until, &steps)
                if case .found(let value, _)? = more { further.append(value) } else { further.append(nil) }
            }
            return .found(recipe.record(record, count: count, further: further, facts))
        }
        return .missing
    }

    private func perform(
        _ step: LookupRecipe.Step, _ facts: LookupFacts, _ notation: NumberNotation?, until: Int64,
        _ steps: inout [LookupTrial.Step]?
    ) async throws -> LookupRules.Judgement {
        var mayRenew = plan.authentication == .oauth2
        while true {
            let began = LookupAsker.clock(), left = until - began
            guard left > 0 else { throw LookupFault.timeout }
            let authorization = try await secrets.authorization(within: left)
            guard let call = step.call(facts, authorization: authorization) else {
                // A further request of something that the record does not have.
                return .missing
            }
            state.withLock { $0.status.requests += 1 }
            let response: LookupResponse
            do { response = try await send(call, max(1, until - LookupAsker.clock()), plan.answerMax) } catch {
                note(step, facts, notation, nil, "\(error)", since: began, &steps)
                throw error
            }
            let judged = step.judge(status: response.status, body: response.body, facts)
            note(step, facts, notation, response, LookupAsker.meaning(judged), since: began, &steps)
            switch judged {
            case .found, .missing: return judged
            case .refused:
                guard mayRenew else { throw LookupFault("it refuses the credentials (401); see secret_file") }
                mayRenew = false
                secrets.forget()
            case .failed(let why): throw LookupFault(why)
            }
        }
    }

    private static func meaning(_ judged: LookupRules.Judgement) -> String {
        switch judged {
        case .found(_, let count): count == 1 ? "found" : "found \(count); the first counts"
        case .missing: "nobody"
        case .refused: "credentials refused"
        case .failed(let why): why
        }
    }

    // MARK: Trying

    /// Asks without what is kept, and shows each request and its answer.
    func trial(_ number: LookupNumber) async -> LookupTrial {
        var trial = LookupTrial(name: plan.name, label: plan.title), steps: [LookupTrial.Step]? = []
        let began = LookupAsker.clock()
        do {
            switch try await run(number, until: began + plan.timeout, &steps) {
            case .found(let record):
                trial.state = .found
                trial.record = record
            case .missing: trial.state = .notFound
            }
        } catch { trial.problem = "\(error)" }
        trial.took = LookupAsker.clock() - began
        trial.steps = steps ?? []
        return trial
    }

    /// Adds a request to a trial, with `…` in place of secrets.
    private func note(
        _ step: LookupRecipe.Step, _ facts: LookupFacts, _ notation: NumberNotation?, _ response: LookupResponse?,
        _ meaning: String, since: Int64, _ steps: inout [LookupTrial.Step]?
    ) {
        guard steps != nil else { return }
        var facts = facts
        if facts.secret != nil { facts.secret = "…" }
        let authorization = plan.authentication == .none ? nil : "…"
        guard var call = step.call(facts, authorization: authorization) else { return }
        call.url = call.url.replacing("%E2%80%A6", with: "…")
        let text = response.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
        steps?.append(
            LookupTrial.Step(
                notation: notation, call: call, status: response?.status,
                answer: String(text.prefix(LookupTrial.answerMax)), meaning: meaning,
                took: LookupAsker.clock() - since))
    }
}
