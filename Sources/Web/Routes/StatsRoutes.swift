import CallCenter
import Engine
import EventWire
import Hummingbird
import NIOCore
import Storage

/// `GET /v1/stats` and its stream: every figure of metrics.md.
struct StatsRoutes {
    let engine: Engine
    let history: any CallHistory
    let callReader: CallReader
    let past: any PastStates
    let replays: ReplayGate
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    let feed: StatsFeed

    func add(to router: GuardedRouter) {
        router.get("v1/stats", may: .supervisor, use: stats)
        router.get("v1/stats/stream", may: .supervisor, use: stream)
    }

    private func stats(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let asked = (from: try query.time("from"), to: try query.time("to"))
        let minutes = self.settings.interval / 60_000
        for (name, time) in [("from", asked.from), ("to", asked.to)] {
            if let time, time.ms % self.settings.interval != 0 {
                throw Problem.bad("\(name) is not on an interval's boundary; intervals are \(minutes) minutes long.")
            }
        }
        let settings = self.settings, language = try query.language ?? request.language ?? settings.language
        if try query.flag("receipt") {
            let now = self.now()
            return try await receipt(
                query, from: asked.from ?? settings.dayStart(now),
                to: asked.to ?? StatsFeed.end(of: now, settings.interval), language)
        }
        if let at = try query.time("at") {
            guard asked.from == nil, asked.to == nil else {
                throw Problem.bad("at is a moment, whose day is shown: leave from and to out.")
            }
            let stats = try await board(at: at)
            return .json(capacity: StatsEncoder.size(of: stats)) { StatsEncoder.stats(stats, language, into: &$0) }
        }
        let answer = await self.engine.stats { now in
            let from = asked.from ?? settings.dayStart(now)
            let to = asked.to ?? StatsFeed.end(of: now, settings.interval)
            return from < to ? from..<to : nil
        }
        guard let answer else { throw Problem.stopping }
        guard var answer else { throw Problem.bad("from is not before to.") }
        answer.add(past: try self.history.figures(of: answer))
        let shown = answer
        return .json(capacity: StatsEncoder.size(of: shown)) { StatsEncoder.stats(shown, language, into: &$0) }
    }

    /// One figure with all that it is made of.
    private func receipt(_ query: Query, from: Timestamp, to: Timestamp, _ language: Language) async throws -> Response
    {
        guard query.text("at") == nil else {
            throw Problem.bad("A receipt is of figures as they are now: leave at out.")
        }
        guard from < to else { throw Problem.bad("from is not before to.") }
        var split = FiguresReport.Filter()
        split.queue = query.text("queue")
        split.tier = query.text("tier")
        split.line = query.text("line")
        split.operator = query.text("operator")
        let names = split.operator == nil ? FigureDefinition.names : FigureDefinition.operatorNames
        let known = "one of \(names.joined(separator: ", ")), or disposition:CODE"
        guard let name = query.text("figure") else { throw Problem.bad("Say of which figure: figure is \(known).") }
        if split.operator != nil, split.queue != nil || split.tier != nil || split.line != nil {
            throw Problem.bad("An operator's figures are not split: leave queue, tier and line out, or operator.")
        }
        let queue = split.queue
        guard let rules = await self.engine.ask({ centre, _ in centre.policy }) else { throw Problem.stopping }
        var variant = queue.map(rules.queue)?.serviceLevelVariant ?? rules.queueDefault.serviceLevelVariant
        if let asked = query.text("variant") {
            guard let one = ServiceLevelVariant(rawValue: asked) else {
                throw Problem.bad(
                    "variant is one of \(ServiceLevelVariant.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            variant = one
        }
        guard let figure = FigureDefinition(name, variant: variant, isOfOperator: split.operator != nil) else {
            throw Problem.bad("figure is \(known).")
        }
        if ["dialed", "reached"].contains(name), split.queue != nil || split.tier != nil || split.line != nil {
            throw Problem.bad("What is dialed is of no queue, tier or line.")
        }
        if figure.isLive || figure.isOfCallbacks, split.line != nil {
            throw Problem.bad("\(name) is not split by lines.")
        }
        if figure.isLive, figure.parts.isEmpty || figure.unit != .count, split.queue != nil, split.tier != nil {
            throw Problem.bad("\(name) is of a queue or of a tier: leave one of them out.")
        }
        let made = try await callReader.receipt(
            Receipt.Asked(figure: figure, split: split, from: from, to: to, language: language))
        return .json { ReceiptEncoder.receipt(made, into: &$0) }
    }

    /// The board as it was, replayed from the log.
    private func board(at: Timestamp) async throws -> Stats {
        guard at <= self.now() else { throw Problem.bad("at is in the future.") }
        let past = try await replays.run { try await self.past.state(until: at, through: nil) }
        let dayStart = self.settings.dayStart(at)
        // If the day's first events were deleted, its figures would be wrong without a notice.
        guard past.isWhole || past.begins.map({ $0 <= dayStart }) ?? false else {
            let begins = past.begins.map { RFC3339.string($0) } ?? "nowhere"
            throw Problem.notFound("The log begins at \(begins); what was before it is in GET /v1/intervals alone.")
        }
        var centre = past.centre, effects: [Effect] = []
        centre.settle(at, effects: &effects)
        return centre.stats(from: dayStart, to: StatsFeed.end(of: at, self.settings.interval), now: at)
    }

    private func stream(_ request: Request, _ context: WebContext) async throws -> Response {
        try .events(.figures, context) { client, writer in
            let watcher = await feed.watch()
            client.whenGone { watcher.end() }
            do {
                for await frame in watcher { try await writer.write(frame) }
            } catch {
                await feed.leave(watcher)
                throw error
            }
            await feed.leave(watcher)
        }
    }
}

/// Today's figures, once a second, computed once for all subscribers.
actor StatsFeed {
    /// A subscriber: only the newest figures matter, so a slow one misses some and does not fall behind.
    struct Watcher: AsyncSequence, Sendable {
        let id: Int
        private let stream: AsyncStream<ByteBuffer>
        fileprivate let continuation: AsyncStream<ByteBuffer>.Continuation

        init(id: Int) {
            self.id = id
            (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }
        func makeAsyncIterator() -> AsyncStream<ByteBuffer>.Iterator { stream.makeAsyncIterator() }
        func end() { continuation.finish() }
    }

    private let engine: Engine
    private let history: any CallHistory
    private let settings: WebSettings
    private var watchers: [Int: Watcher] = [:]
    private var nextID = 0
    /// `Centre.changes` when figures were last sent.
    private var lastChanges: Int64?
    private var place: Int64 = 0
    private var quietS = 0
    private var hasEnded = false

    init(engine: Engine, history: any CallHistory, settings: WebSettings) {
        self.engine = engine
        self.history = history
        self.settings = settings
    }

    /// The end of the interval that `now` lies in.
    static func end(of now: Timestamp, _ interval: Int64) -> Timestamp { now.interval(interval) + interval }

    func watch() async -> Watcher {
        let watcher = Watcher(id: nextID)
        nextID += 1
        // The daemon stops.
        if hasEnded { watcher.end() }
        watchers[watcher.id] = watcher
        if let frame = await frame() { watcher.continuation.yield(frame) }
        return watcher
    }

    /// Those who watch.
    var count: Int { watchers.count }

    func leave(_ watcher: Watcher) {
        watcher.end()
        watchers[watcher.id] = nil
    }

    /// Sends the figures to all who watch, at most once a second and only when something changed, until it is
    /// cancelled.
    func run() async {
        while !Task.isCancelled, !hasEnded {
            try? await Task.sleep(for: .seconds(1))
            guard !watchers.isEmpty else { continue }
            guard
                let state = await engine.ask({ centre, _ in (changes: centre.changes, waits: centre.isAnyoneWaiting) })
            else { break }
            quietS += 1
            if state.changes != lastChanges || state.waits {
                lastChanges = state.changes
                guard let frame = await frame() else { break }
                quietS = 0
                for watcher in watchers.values { watcher.continuation.yield(frame) }
            } else if quietS >= 15 {
                quietS = 0
                var out = ByteBuilder()
                SSEFrame.comment(into: &out)
                for watcher in watchers.values { watcher.continuation.yield(ByteBuffer(out)) }
            }
        }
        end()
    }

    /// Ends every stream: the daemon stops.
    func end() {
        for watcher in watchers.values { watcher.end() }
        watchers = [:]
        hasEnded = true
    }

    private func frame() async -> ByteBuffer? {
        let settings = settings
        let answer = await engine.stats { now in
            settings.dayStart(now)..<StatsFeed.end(of: now, settings.interval)
        }
        guard let answer, var stats = answer else { return nil }
        // The stream continues without what left memory rather than not at all.
        if let past = try? history.figures(of: stats) { stats.add(past: past) }
        let shown = stats
        place += 1
        var out = ByteBuilder(capacity: StatsEncoder.size(of: shown))
        SSEFrame.event("stats", id: String(place), into: &out) {
            StatsEncoder.stats(shown, settings.language, into: &$0)
        }
        return ByteBuffer(out)
    }
}
