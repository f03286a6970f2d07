import Engine
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The HTTP interface: every route, behind every address.
public final class WebServer: Sendable {
    private let listeners: [WebListener]
    private let running: Task<Void, Never>
    private let feed: StatsFeed
    /// How long running responses have to end at a stop; idle connections are then closed.
    private static let grace = Duration.milliseconds(300)

    /// Listens on every address. Throws when one fails, and then listens on none.
    public static func start(_ house: House, at addresses: [WebAddress], group: any EventLoopGroup)
        async throws(WebListenerError) -> WebServer
    {
        let feed = StatsFeed(engine: house.engine, history: house.history, settings: house.settings)
        let responder = router(house, feed).buildResponder()
        var listeners: [WebListener] = []
        for address in addresses {
            do throws(WebListenerError) {
                listeners.append(try await .listen(address, responder: responder, group: group, logger: house.logger))
            } catch {
                for listener in listeners { await listener.close() }
                throw error
            }
        }
        return WebServer(listeners, feed)
    }

    static func router(_ house: House, _ feed: StatsFeed) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: Problems())
        router.add(middleware: Authentication(house: house))
        router.add(middleware: KnownParameters())
        let guarded = GuardedRouter(router)
        Pages(house: house).add(to: guarded)
        SessionRoutes(house: house).add(to: guarded)
        MessageRoutes(house: house).add(to: guarded)
        CaseRoutes(house: house).add(to: guarded)
        AccountRoutes(house: house).add(to: guarded)
        HealthRoutes(house: house).add(to: guarded)
        StreamRoutes(house: house).add(to: guarded)
        StatsRoutes(house: house, feed: feed).add(to: guarded)
        IntervalRoutes(house: house).add(to: guarded)
        MetricsRoutes(house: house, feed: feed).add(to: guarded)
        CallRoutes(house: house).add(to: guarded)
        AfterCallRoutes(house: house).add(to: guarded)
        UnfinishedRoutes(house: house).add(to: guarded)
        CallbackRoutes(house: house).add(to: guarded)
        AlarmRoutes(house: house).add(to: guarded)
        LogRoutes(house: house).add(to: guarded)
        OperatorRoutes(house: house).add(to: guarded)
        CustomerRoutes(house: house).add(to: guarded)
        LookupRoutes(house: house).add(to: guarded)
        CustomerNoteRoutes(house: house).add(to: guarded)
        CustomerFileRoutes(house: house).add(to: guarded)
        BlockListRoutes(house: house).add(to: guarded)
        TokenRoutes(house: house).add(to: guarded)
        EventRoutes(house: house).add(to: guarded)
        refuseOtherMethods(of: router)
        return router
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

    private init(_ listeners: [WebListener], _ feed: StatsFeed) {
        self.listeners = listeners
        self.feed = feed
        running = Task {
            await withTaskGroup(of: Void.self) { group in
                for listener in listeners { group.addTask { await listener.run() } }
                group.addTask(executorPreference: BlockingThreads.requests) { await feed.run() }
                await group.waitForAll()
            }
        }
    }

    /// The TCP ports that are listened on.
    public var ports: [Int] { listeners.compactMap(\.port) }

    /// Accepts no more requests and ends the running ones.
    public func stop() async {
        for listener in listeners { await listener.close() }
        await feed.end()
        let grace = Task { [running] in
            try? await Task.sleep(for: WebServer.grace)
            running.cancel()
        }
        await running.value
        grace.cancel()
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
        }
    }
}
