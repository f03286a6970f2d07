import Engine
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Storage

/// The HTTP interface: every route, behind every address.
public final class WebServer: Sendable {
    private let listeners: [WebListener]
    private let running: Task<Void, Never>
    /// Ends streams of sessions that have ended.
    private let sweeping: Task<Void, Never>
    private let feed: StatsFeed
    /// The thread of connections with TLS; nil without any.
    private let tlsGroup: MultiThreadedEventLoopGroup?
    /// How long running responses have to end at a stop; idle connections are then closed.
    private static let grace = Duration.milliseconds(300)

    /// Listens on every address. Throws when one fails, and then listens on none.
    public static func start(_ parts: WebDependencies, at addresses: [WebAddress], group: any EventLoopGroup)
        async throws(WebListenerError) -> WebServer
    {
        let feed = StatsFeed(engine: parts.engine, history: parts.history, settings: parts.settings)
        let responder = router(parts, feed).buildResponder()
        let hasTLS = addresses.contains { $0.tls != nil }
        let tlsGroup = hasTLS ? MultiThreadedEventLoopGroup(numberOfThreads: 1) : nil
        var listeners: [WebListener] = []
        for address in addresses {
            do throws(WebListenerError) {
                listeners.append(
                    try await .listen(
                        address, responder: responder, group: group, tlsGroup: tlsGroup, logger: parts.logger,
                        connections: parts.connections))
            } catch {
                for listener in listeners { await listener.close() }
                try? await tlsGroup?.shutdownGracefully()
                throw error
            }
        }
        return WebServer(listeners, feed, parts.openStreams, tlsGroup)
    }

    static func router(_ parts: WebDependencies, _ feed: StatsFeed) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        let identities = makeIdentities(parts)
        if let role = parts.cluster {
            router.add(middleware: ForwardWrites(role: role, desk: parts.settings.desk, logger: parts.logger))
        }
        router.add(middleware: Problems())
        router.add(
            middleware: Authentication(
                identities: identities, accounts: parts.accounts, settings: parts.settings,
                streams: parts.openStreams))
        router.add(middleware: MaskNumbers(settings: parts.settings))
        router.add(middleware: ViewNotes(views: parts.views, now: parts.now))
        let description = describe(parts, parameters: router)
        let guarded = GuardedRouter(router)
        Pages(folder: parts.settings.pages).add(to: guarded)
        addCalls(parts, to: guarded)
        addCustomers(parts, to: guarded)
        addKnowledge(parts, to: guarded)
        addFigures(parts, feed, description, to: guarded)
        addAccess(parts, to: guarded)
        refuseOtherMethods(of: router)
        return router
    }

    /// Calls, operators and events.
    private static func addCalls(_ parts: WebDependencies, to router: GuardedRouter) {
        let callReader = CallReader(engine: parts.engine, history: parts.history)
        let customerRecords = CustomerRecords(
            engine: parts.engine, writer: parts.writer, history: parts.history, now: parts.now)
        let recorder = EventRecorder(engine: parts.engine, now: parts.now)
        StreamRoutes(
            engine: parts.engine, recorder: recorder, views: parts.views, settings: parts.settings, now: parts.now
        ).add(to: router)
        CallRoutes(
            callReader: callReader, records: parts.records, settings: parts.settings, now: parts.now
        ).add(to: router)
        AfterCallRoutes(
            engine: parts.engine, records: parts.records, history: parts.history,
            callReader: callReader, customerRecords: customerRecords, recorder: recorder, settings: parts.settings
        ).add(to: router)
        UnfinishedRoutes(callReader: callReader, settings: parts.settings, now: parts.now).add(to: router)
        CallbackRoutes(
            engine: parts.engine, records: parts.records, history: parts.history,
            recorder: recorder, settings: parts.settings, now: parts.now
        ).add(to: router)
        WorkRoutes(
            engine: parts.engine, writer: parts.writer,
            callbacks: .init(
                engine: parts.engine, records: parts.records, history: parts.history, recorder: recorder,
                settings: parts.settings, now: parts.now),
            settings: parts.settings, now: parts.now, lists: listDesk(parts)
        ).add(to: router)
        OperatorRoutes(
            engine: parts.engine, history: parts.history, records: parts.records,
            recorder: recorder, orders: parts.orders, settings: parts.settings
        ).add(to: router)
        OperatorDayRoutes(engine: parts.engine, settings: parts.settings).add(to: router)
        MessageRoutes(
            engine: parts.engine, writer: parts.writer, customerRecords: customerRecords, accounts: parts.accounts,
            now: parts.now, passOn: parts.cluster?.passOn
        ).add(to: router)
        EventStreamRoutes(engine: parts.engine, reader: parts.outward, tail: parts.tail).add(to: router)
        WebhookRoutes(webhooks: parts.webhooks, writer: parts.writer).add(to: router)
        OutsideRoutes(lookups: parts.lookups, settings: parts.settings).add(to: router)
        EventRoutes(engine: parts.engine, callerLookup: parts.callerLookup, now: parts.now).add(to: router)
    }

    /// Customers, and what is kept of them.
    private static func addCustomers(_ parts: WebDependencies, to router: GuardedRouter) {
        let customerRecords = CustomerRecords(
            engine: parts.engine, writer: parts.writer, history: parts.history, now: parts.now)
        CustomerRoutes(
            engine: parts.engine, writer: parts.writer, history: parts.history,
            customerRecords: customerRecords, settings: parts.settings, now: parts.now
        ).add(to: router)
        InboxRoutes(
            writer: parts.writer,
            customers: .init(
                engine: parts.engine, writer: parts.writer, history: parts.history, customerRecords: customerRecords,
                settings: parts.settings, now: parts.now),
            customerRecords: customerRecords, settings: parts.settings, now: parts.now
        ).add(to: router)
        let receiver = ContactReceiver(
            writer: parts.writer, customerRecords: customerRecords, settings: parts.settings, now: parts.now)
        IntakeRoutes(
            engine: parts.engine, callerLookup: parts.callerLookup, receiver: receiver, book: parts.intakes,
            settings: parts.settings, now: parts.now
        ).add(to: router)
        MailRoutes(receiver: receiver, settings: parts.settings, now: parts.now).add(to: router)
        LookupRoutes(
            engine: parts.engine, records: parts.records, settings: parts.settings, now: parts.now
        ).add(to: router)
        ItemRoutes(
            writer: parts.writer, history: parts.history, customerRecords: customerRecords,
            settings: parts.settings, now: parts.now
        ).add(to: router)
        let timeline = TimelineRoutes(
            engine: parts.engine, records: parts.records, history: parts.history,
            names: ViewerNames(tokens: parts.tokens, accounts: parts.accounts), settings: parts.settings,
            now: parts.now)
        timeline.add(to: router)
        ContactSearchRoutes(timeline: timeline).add(to: router)
        CustomerFileRoutes(
            engine: parts.engine, writer: parts.writer, settings: parts.settings, now: parts.now, logger: parts.logger
        ).add(to: router)
        VersionRoutes(
            engine: parts.engine, writer: parts.writer, customerRecords: customerRecords, settings: parts.settings,
            now: parts.now
        ).add(to: router)
        EraseRoutes(
            engine: parts.engine, writer: parts.writer, settings: parts.settings, now: parts.now,
            begin: parts.beginErase
        ).add(to: router)
        DisclosureRoutes(
            records: parts.records, history: parts.history,
            callReader: CallReader(engine: parts.engine, history: parts.history), views: parts.views,
            names: ViewerNames(tokens: parts.tokens, accounts: parts.accounts), settings: parts.settings,
            now: parts.now
        ).add(to: router)
        MergeRoutes(
            engine: parts.engine, writer: parts.writer, customerRecords: customerRecords, settings: parts.settings,
            duplicates: DuplicateList(parts.records), now: parts.now
        ).add(to: router)
        ImportRoutes(engine: parts.engine, writer: parts.writer, now: parts.now, logger: parts.logger).add(to: router)
        let cases = caseRoutes(parts, customerRecords)
        cases.add(to: router)
        CaseActionRoutes(cases: cases).add(to: router)
        WorkloadRoutes(cases: cases, engine: parts.engine).add(to: router)
        ReplyRoutes(
            cases: cases, engine: parts.engine, accounts: parts.accounts,
            rules: .init(
                settings: parts.settings.mail, engine: parts.engine,
                callReader: CallReader(engine: parts.engine, history: parts.history), records: parts.records)
        ).add(to: router)
        let lists = ListRoutes(desk: listDesk(parts))
        lists.add(to: router)
        ListEntryRoutes(lists: lists).add(to: router)
        RetentionRoutes(records: parts.records, settings: parts.settings, now: parts.now).add(to: router)
        EscalationRoutes(records: parts.records, settings: parts.settings, now: parts.now).add(to: router)
        OpeningHoursRoutes(settings: parts.settings, now: parts.now).add(to: router)
        PresenceRoutes(
            book: parts.presence, people: PeopleNames(engine: parts.engine, accounts: parts.accounts), now: parts.now
        ).add(to: router)
        BlockListRoutes(writer: parts.writer, settings: parts.settings, now: parts.now).add(to: router)
        AuditRoutes(
            records: parts.records, views: parts.views, changes: parts.changes,
            names: ViewerNames(tokens: parts.tokens, accounts: parts.accounts)
        ).add(to: router)
        AccessHistoryRoutes(accounts: parts.accounts, tokens: parts.tokens).add(to: router)
    }

    /// Articles, templates, incidents.
    private static func addKnowledge(_ parts: WebDependencies, to router: GuardedRouter) {
        let callContext = CallContext(
            callReader: CallReader(engine: parts.engine, history: parts.history), records: parts.records)
        KnowledgeRoutes(
            writer: parts.writer, engine: parts.engine, callContext: callContext, settings: parts.settings,
            now: parts.now
        ).add(to: router)
        ArticleRoutes(
            writer: parts.writer, accounts: parts.accounts, callContext: callContext, settings: parts.settings,
            now: parts.now
        ).add(to: router)
    }

    private static func caseRoutes(_ parts: WebDependencies, _ customerRecords: CustomerRecords) -> CaseRoutes {
        CaseRoutes(
            writer: parts.writer, customerRecords: customerRecords, settings: parts.settings, now: parts.now,
            people: PeopleNames(engine: parts.engine, accounts: parts.accounts),
            notices: WorkNotices(
                writer: parts.writer, engine: parts.engine, accounts: parts.accounts, settings: parts.settings,
                now: parts.now, passOn: parts.cluster?.passOn),
            knownOperators: KnownOperators(
                engine: parts.engine, accounts: parts.accounts, tokens: parts.tokens, records: parts.records))
    }

    private static func listDesk(_ parts: WebDependencies) -> ListDesk {
        ListDesk(engine: parts.engine, writer: parts.writer, settings: parts.settings, now: parts.now)
    }

    /// Figures, alarms, and how the daemon does.
    private static func addFigures(
        _ parts: WebDependencies, _ feed: StatsFeed, _ description: InterfaceDescription?, to router: GuardedRouter
    ) {
        let callReader = CallReader(engine: parts.engine, history: parts.history)
        StatsRoutes(
            engine: parts.engine, history: parts.history, callReader: callReader,
            past: parts.past, replays: parts.replays, settings: parts.settings, now: parts.now, feed: feed
        ).add(to: router)
        IntervalRoutes(
            engine: parts.engine, history: parts.history, settings: parts.settings, now: parts.now
        ).add(to: router)
        QualityRoutes(
            engine: parts.engine, history: parts.history, settings: parts.settings, now: parts.now
        ).add(to: router)
        BeforeAfterRoutes(
            engine: parts.engine, records: parts.records, history: parts.history, settings: parts.settings
        ).add(to: router)
        NoteCostRoutes(
            engine: parts.engine, writer: parts.writer, history: parts.history, settings: parts.settings,
            now: parts.now
        ).add(to: router)
        CaseResponseRoutes(
            records: parts.records, settings: parts.settings, now: parts.now,
            people: PeopleNames(engine: parts.engine, accounts: parts.accounts)
        ).add(to: router)
        HandoverRoutes(
            engine: parts.engine, history: parts.history, settings: parts.settings, now: parts.now
        ).add(to: router)
        MetricsRoutes(
            engine: parts.engine, history: parts.history, records: parts.records, now: parts.now, views: parts.views,
            alarms: parts.alarms, settings: parts.settings, feed: feed, cluster: parts.clusterFacts,
            webhooks: parts.webhooks, lookups: parts.lookups, certificate: parts.certificate,
            counts: .init(
                connections: parts.connections, streams: parts.openStreams, replays: parts.replays,
                orders: parts.orders)
        ).add(to: router)
        ClusterRoutes(status: parts.clusterStatus).add(to: router)
        AlarmRoutes(alarms: parts.alarms, settings: parts.settings).add(to: router)
        HealthRoutes(
            engine: parts.engine, records: parts.records, views: parts.views, settings: parts.settings,
            description: description, leaderWaits: parts.cluster?.leaderWaits, certificate: parts.certificate,
            now: parts.now
        ).add(to: router)
        DoctorRoutes(
            engine: parts.engine, views: parts.views, settings: parts.settings, cluster: parts.clusterFacts,
            now: parts.now, certificate: parts.certificate
        ).add(to: router)
        LogRoutes(
            engine: parts.engine, past: parts.past, replays: parts.replays, settings: parts.settings, now: parts.now
        ).add(to: router)
    }

    private static func makeIdentities(_ parts: WebDependencies) -> Identities {
        let roles = parts.settings.signIn.secondFactor.compactMap { Role(rawValue: $0.rawValue) }
        return Identities(
            tokens: parts.tokens, accounts: parts.accounts, now: parts.now, needSecondFactor: Set(roles))
    }

    /// Who may ask.
    private static func addAccess(_ parts: WebDependencies, to router: GuardedRouter) {
        let gate = SignInGate(
            accounts: parts.accounts, now: parts.now, logger: parts.logger, directory: parts.directory)
        let rule = PasswordRule(least: parts.settings.signIn.passwordMin), identities = makeIdentities(parts)
        SessionRoutes(
            engine: parts.engine, tokens: parts.tokens, accounts: parts.accounts,
            settings: parts.settings, now: parts.now, gate: gate, identities: identities
        ).add(to: router)
        AccountRoutes(
            accounts: parts.accounts, rule: rule, now: parts.now, logger: parts.logger
        ).add(to: router)
        OwnAccountRoutes(
            accounts: parts.accounts, tokens: parts.tokens, identities: identities, settings: parts.settings,
            gate: gate, rule: rule, now: parts.now, logger: parts.logger
        ).add(to: router)
        SessionListRoutes(
            accounts: parts.accounts, tokens: parts.tokens, now: parts.now, logger: parts.logger
        ).add(to: router)
        TokenRoutes(
            tokens: parts.tokens, accounts: parts.accounts, now: parts.now, logger: parts.logger
        ).add(to: router)
    }

    /// Reads the description of the interface, by which unknown query parameters are refused; nil, which the log tells,
    /// where it cannot be read.
    private static func describe(
        _ parts: WebDependencies, parameters router: Router<WebContext>
    ) -> InterfaceDescription? {
        guard let folder = parts.settings.openAPI else {
            parts.logger.error("the description of the interface is not installed: run 'make install' again")
            return nil
        }
        do {
            let description = try InterfaceDescription(folder: folder)
            router.add(middleware: try KnownParameters(description))
            return description
        } catch {
            parts.logger.error("the description of the interface cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// The router itself answers a path with a wrong method as if there were no such path.
    private static func refuseOtherMethods(of known: Router<WebContext>) {
        for (path, routes) in Dictionary(grouping: known.routes, by: { $0.path.description }) {
            let allowed = routes.map(\.method.rawValue).sorted().joined(separator: ", ")
            for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete]
            where !routes.contains(where: { $0.method == method }) {
                known.on(RouterPath(path), method: method) { request, _ -> Response in
                    throw Problem(
                        .methodNotAllowed, "\(request.uri.path) takes \(allowed); /v1/openapi.json describes it.",
                        headers: [.allow: allowed])
                }
            }
        }
    }

    private init(
        _ listeners: [WebListener], _ feed: StatsFeed, _ streams: OpenStreams, _ tlsGroup: MultiThreadedEventLoopGroup?
    ) {
        self.listeners = listeners
        self.tlsGroup = tlsGroup
        sweeping = Task(executorPreference: BlockingThreads.followers) { await streams.follow() }
        self.feed = feed
        running = Task {
            await withTaskGroup(of: Void.self) { group in
                for listener in listeners { group.addTask { await listener.run() } }
                group.addTask(executorPreference: BlockingThreads.requests) { await feed.run() }
                await group.waitForAll()
            }
        }
    }

    /// The TCP ports that are listened on without TLS.
    public var ports: [Int] { listeners.filter { !$0.isSecure }.compactMap(\.port) }

    /// The TCP ports that are listened on with TLS.
    public var securePorts: [Int] { listeners.filter(\.isSecure).compactMap(\.port) }

    /// Accepts no more requests and ends the running ones.
    public func stop() async {
        sweeping.cancel()
        for listener in listeners { await listener.close() }
        await feed.end()
        let grace = Task { [running] in
            try? await Task.sleep(for: WebServer.grace)
            running.cancel()
        }
        await running.value
        grace.cancel()
        try? await tlsGroup?.shutdownGracefully()
    }
}

/// Answers every error as RFC 9457 says, the router's own included.
struct Problems: RouterMiddleware {
    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        do { return try await next(request, context) } catch let problem as Problem { throw problem } catch let error
            as HTTPError
        {
            switch error.status {
            case .notFound:
                throw Problem.notFound("There is nothing at \(request.uri.path); /v1/openapi.json describes what is.")
            default: throw Problem(error.status, error.body ?? "\(error.status.reasonPhrase).", headers: error.headers)
            }
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The body is too long.")
        } catch StoreError.unwritten(let error) {
            throw Problem(error)
        }
    }
}
