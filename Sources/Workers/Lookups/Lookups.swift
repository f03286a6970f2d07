import CRMLookup
import CallCenter
import Engine
import EventWire
import Logging
import Synchronization

/// The look-ups of callers outside the daemon.
///
/// Nothing waits for them: a call's event is applied and its pop is sent, then the caller is asked for here, and each
/// answer is an event of its own that updates the pop.
public final class Lookups: Sendable {
    /// Callers that wait to be asked for, at most; the oldest of more are left out.
    private static let waitingMax = 4_096
    /// Callers that are asked for at once, at most.
    private static let underWayMax = 1_000

    private let askers: [LookupAsker]
    private let engine: Engine
    private let logger: Logger
    /// Whether a record has this id of the CRM's. Blocks the thread.
    private let knows: @Sendable (_ externalID: String) -> Bool
    /// A text as the number that it may be.
    private let read: @Sendable (_ raw: String) -> CallerNumber
    private let callers: AsyncStream<CallerSeen>
    private let next: AsyncStream<CallerSeen>.Continuation
    private let times = Mutex(Durations())
    private let underWay = Mutex(0)

    /// From a call's event to the last answer on its pop, where all came.
    public var fullPops: Durations { times.withLock { $0 } }
    /// The configuration has no look-up.
    public var isEmpty: Bool { askers.isEmpty }
    /// How each does, in the order of the configuration. To be read on any thread.
    public var statuses: [LookupStatus] { askers.map(\.status) }

    /// - Parameters:
    ///   - plans: of the configuration.
    ///   - knows: whether a record has an id of the CRM's. May block.
    ///   - read: a text as the number that it may be.
    /// - Throws: `LookupWrong`.
    public convenience init(
        _ plans: [LookupPlan], engine: Engine, knows: @escaping @Sendable (_ externalID: String) -> Bool,
        read: @escaping @Sendable (_ raw: String) -> CallerNumber, logger: Logger
    ) throws(LookupWrong) {
        try self.init(plans, engine: engine, knows: knows, read: read, logger: logger, send: LookupHTTP.send)
    }

    init(
        _ plans: [LookupPlan], engine: Engine, knows: @escaping @Sendable (_ externalID: String) -> Bool,
        read: @escaping @Sendable (_ raw: String) -> CallerNumber, logger: Logger, send: @escaping LookupSend
    ) throws(LookupWrong) {
        var askers: [LookupAsker] = []
        for plan in plans {
            let recipe = try LookupRecipe(plan)
            let own = LookupTransport.send(for: plan, attributes: recipe.attributes, http: send)
            askers.append(LookupAsker(recipe, send: own, now: { Engine.now().ms }))
        }
        self.askers = askers
        self.engine = engine
        self.knows = knows
        self.read = read
        self.logger = logger
        let made = AsyncStream<CallerSeen>.makeStream(bufferingPolicy: .bufferingNewest(Lookups.waitingMax))
        callers = made.stream
        next = made.continuation
    }

    /// Asks for a caller. Returns at once.
    public func note(_ seen: CallerSeen) { next.yield(seen) }

    /// Somebody was erased: what is kept of anybody is forgotten.
    public func forget() { for asker in askers { asker.forget() } }

    /// Asks until the task is cancelled; first about calls that were not answered before a restart.
    ///
    /// - Parameter leads: whether this machine writes the log.
    public func run(leads: @Sendable () -> Bool) async {
        guard !askers.isEmpty else { return }
        if leads() {
            let open = await engine.ask { centre, _ in
                centre.callsWithoutOutside.map { CallerSeen(call: $0.call, caller: $0.caller, isKnown: $0.isKnown) }
            }
            for seen in open ?? [] { note(seen) }
        }
        await withDiscardingTaskGroup { group in
            for await seen in callers {
                let hasRoom = underWay.withLock { count in
                    guard count < Lookups.underWayMax else { return false }
                    count += 1
                    return true
                }
                guard hasRoom else { continue }
                group.addTask {
                    await self.serve(seen)
                    self.underWay.withLock { $0 -= 1 }
                }
            }
            group.cancelAll()
        }
    }

    private func serve(_ seen: CallerSeen) async {
        guard let number = self.number(of: seen.caller) else {
            for asker in askers { await record(.failed, seen, asker) }
            return
        }
        let hasAll = await withTaskGroup(of: Bool.self) { group in
            for asker in askers { group.addTask { await self.serve(seen, number, asker) } }
            return await group.reduce(true) { $0 && $1 }
        }
        if hasAll { times.withLock { $0.add(Engine.microseconds() - seen.clock) } }
    }

    /// - Returns: whether there was an answer.
    private func serve(_ seen: CallerSeen, _ number: LookupNumber, _ asker: LookupAsker) async -> Bool {
        let hit = asker.known(number)
        if let hit {
            await record(hit.finding, at: hit.at, took: nil, isOld: !hit.isFresh, seen, asker)
            if hit.isFresh { return true }
        }
        // Whether the answer is there, so that it is not called late after it.
        let isThere = Mutexed(false)
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                let outcome = await asker.ask(number)
                isThere.set(true)
                switch outcome {
                case .answered(let finding, let at, let took):
                    await self.record(finding, at: at, took: took, isOld: false, seen, asker)
                    return true
                case .failed:
                    await self.record(.failed, seen, asker)
                    return false
                }
            }
            group.addTask {
                do { try await Task.sleep(for: .milliseconds(asker.plan.budget)) } catch { return nil }
                guard !isThere.value else { return nil }
                asker.noteLate()
                if hit == nil { await self.record(.late, seen, asker) }
                return nil
            }
            for await result in group {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            return false
        }
    }

    // MARK: What is written

    private func record(
        _ finding: LookupFinding, at: Int64, took: Int64?, isOld: Bool, _ seen: CallerSeen, _ asker: LookupAsker
    ) async {
        var answer = OutsideAnswer(
            lookup: asker.plan.name, state: .notFound, at: Timestamp(ms: at), took: took, isOld: isOld)
        if case .found(let found) = finding {
            answer.state = .found
            answer.text = found.text
            answer.externalID = found.externalID
            answer.url = found.url
        }
        await record(answer, seen)
        if !isOld, !seen.isKnown, let id = answer.externalID { await identify(seen, id) }
    }

    private func record(_ state: OutsideAnswer.State, _ seen: CallerSeen, _ asker: LookupAsker) async {
        await record(OutsideAnswer(lookup: asker.plan.name, state: state, at: Engine.now()), seen)
    }

    private func record(_ answer: OutsideAnswer, _ seen: CallerSeen) async {
        let now = Engine.now()
        let event = Event(
            source: seen.call.source, time: now, timeIsGiven: false, body: .outside(call: seen.call.call, answer))
        if case .refused(let error) = await engine.record(event, readAt: now), error.code != .unavailable {
            logger.warning("what the look-up \(answer.lookup) said cannot be written: \(error.message)")
        }
    }

    /// The CRM knows who calls, and a record of ours has its id: the call is that customer's, unless somebody said
    /// otherwise meanwhile.
    private func identify(_ seen: CallerSeen, _ id: String) async {
        guard knows(id) else { return }
        let isUnknown = await engine.ask { centre, _ in
            centre.call(seen.call).map { $0.customer == nil && !$0.life.isOver } ?? false
        }
        guard isUnknown == true else { return }
        let now = Engine.now()
        let event = Event(
            source: seen.call.source, time: now, timeIsGiven: false,
            body: .call(seen.call.call, .identified(.externalID(id))))
        if case .refused(let error) = await engine.record(event, readAt: now), error.code != .unavailable {
            logger.warning("a caller whom a look-up knows cannot be written: \(error.message)")
        }
    }

    /// The number that is asked for; nil for what is none after all.
    private func number(of caller: CallerNumber) -> LookupNumber? {
        let known = caller.e164 == nil ? read(caller.raw) : caller
        return LookupNumber(e164: known.e164, display: known.display)
    }

    // MARK: What is asked for directly

    /// Whether any look-up would be asked now, and has an id that our records may have.
    var hasIDs: Bool { askers.contains { !$0.plan.externalID.isEmpty && $0.isAsked } }

    /// The id that a CRM has for a number; nil when none is known within the time. What comes later is kept.
    ///
    /// - Parameter within: how long to wait. Milliseconds.
    func externalID(of caller: CallerNumber, within: Int64) async -> String? {
        guard let number = self.number(of: caller) else { return nil }
        let until = LookupAsker.clock() + within
        for asker in askers where !asker.plan.externalID.isEmpty {
            // One after the other in the order of the file: the first counts, and most centres have one.
            let left = until - LookupAsker.clock()
            guard left > 0 else { return nil }
            let outcome = await Once<LookupAsker.Outcome?>().wait(within: left, late: nil) { await asker.ask(number) }
            if case .answered(.found(let record), _, _)? = outcome, let id = record.externalID { return id }
            if outcome == nil { return nil }
        }
        return nil
    }

    /// Asks each look-up without what is kept.
    public func trials(_ caller: CallerNumber) async -> [LookupTrial] {
        guard let number = self.number(of: caller) else { return [] }
        var trials: [LookupTrial] = []
        for asker in askers { trials.append(await asker.trial(number)) }
        return trials
    }
}

/// A value behind a lock, for tasks that share it.
private final class Mutexed<Value: Sendable>: Sendable {
    private let state: Mutex<Value>
    init(_ value: Value) { state = Mutex(value) }
    var value: Value { state.withLock { $0 } }
    func set(_ value: Value) { state.withLock { $0 = value } }
}
