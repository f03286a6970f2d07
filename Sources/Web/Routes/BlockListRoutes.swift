import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/blocked-numbers`: whose calls are rejected, or sent where the centre says.
struct BlockListRoutes {
    let writer: RecordWriter
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/blocked-numbers", may: .supervisor, use: list)
        router.get("v1/blocked-numbers/history", may: .supervisor, use: history)
        router.post("v1/blocked-numbers/{number}/restore", may: .admin, use: restore)
        router.put("v1/blocked-numbers/{number}", may: .admin, use: put)
        router.delete("v1/blocked-numbers/{number}", may: .admin, use: remove)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let all = try writer.store.blocked()
        return .json { out in
            out.object { out in
                out.key("numbers")
                out.array { out in for entry in all { BlockListRoutes.encode(entry, into: &out) } }
            }
        }
    }

    private struct Why: Decodable { var reason: String? }

    private func put(_ request: Request, _ context: WebContext) async throws -> Response {
        let number = try number(context)
        // Only reading shows whether there is a body: a chunked one has no Content-Length.
        let why: Why? = try await request.jsonIfAny()
        guard (why?.reason?.utf8.count ?? 0) <= WireLimits.stringBytesMax else {
            throw Problem.bad("reason has at most \(WireLimits.stringBytesMax) bytes.")
        }
        let entry = BlockedNumber(number: number.key, display: number.display, reason: why?.reason, since: now())
        let kept = try Problem.edited { () throws(EditError) in
            try writer.block(entry, by: context.who.author, at: entry.since)
        }
        return .json { BlockListRoutes.encode(kept, into: &$0) }
    }

    private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let number = try number(context)
        let wasBlocked = try Problem.edited { () throws(EditError) in
            try writer.unblock(number.key, by: context.who.author, at: now())
        }
        guard wasBlocked else { throw Problem.notFound("\(number.display) is not blocked.") }
        return Response(status: .noContent)
    }

    private func history(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .version)
        let number = try query.text("number").map { try read($0).key }
        let all = try writer.store.blockVersions(of: number, below: below, limit: limit + 1)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in all.prefix(limit) { BlockVersionEncoder.version(one, into: &out) } }
                out.field("next", all.count > limit ? "\(all[limit - 1].version)" : nil)
            }
        }
    }

    private struct Wanted: Decodable { var version: Int64 }

    /// Answers the entry as it is now, or nothing where the number is not blocked any more.
    private func restore(_ request: Request, _ context: WebContext) async throws -> Response {
        let number = try number(context), wanted: Wanted = try await request.json()
        let version = try Bounded.version.checked(wanted.version, "version")
        let entry: BlockedNumber?
        do throws(EditError) {
            entry = try writer.restoreBlocking(
                of: number.key, version: version, by: context.who.author, at: now())
        } catch {
            guard case .noVersion = error else { throw Problem(error) }
            throw Problem.notFound("Version \(version) of the block list is not one of \(number.display).")
        }
        guard let entry else { return Response(status: .noContent) }
        return .json { BlockListRoutes.encode(entry, into: &$0) }
    }

    /// A text that is no telephone number is blocked literally: nuisance callers send 0000000000 as well.
    private func number(_ context: WebContext) throws -> (key: String, display: String) {
        try read(try context.segment("number"))
    }

    private func read(_ text: String) throws(Problem) -> (key: String, display: String) {
        let reading = settings.numberReader.reading(raw: text)
        guard let key = reading.key else {
            throw .bad("That is no telephone number; write it as 090-1234-5678 or +819012345678.")
        }
        return (key, reading.recorded.display)
    }

    static func encode(_ entry: BlockedNumber, into out: inout ByteBuilder) {
        out.object { out in
            out.field("number", entry.number)
            out.field("display", entry.display)
            out.field("reason", entry.reason)
            out.field("since", entry.since)
        }
    }
}
