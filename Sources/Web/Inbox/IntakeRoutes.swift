import CallCenter
import Engine
import EventWire
import Foundation
import HTTPTypes
import Hummingbird
import Intake
import NIOCore
import Storage

/// `/v1/intake`: requests of PBXs, messengers and forms, mapped by the configuration.
struct IntakeRoutes {
    let engine: Engine
    let callerLookup: CallerLookup
    let receiver: ContactReceiver
    let book: IntakeBook
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        // Its own token or signature says who sends it.
        router.post("v1/intake/{name}", may: .anyone, use: accept)
        router.post("v1/intake/{name}/try", may: .admin, use: trial)
        router.get("v1/intake/{name}/requests", may: .admin, use: requests)
    }

    // MARK: A request

    private func accept(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try await request.body.collect(upTo: IntakeLimits.bytesMax)
        let (asked, token) = IntakeRoutes.read(request, body), name = try context.segment("name")
        guard let entry = book[name] else { throw Problem.notFound("There is no intake \(name).") }
        var seen = IntakeBook.Seen(at: now(), request: asked, status: 0, answer: "")
        do {
            let response = try await answer(asked, token: token, entry, context, &seen)
            book.note(seen, in: name)
            return response
        } catch let problem as Problem {
            seen.status = problem.status.code
            seen.answer = problem.detail
            book.note(seen, in: name)
            throw problem
        }
    }

    private func answer(
        _ request: IntakeRequest, token: String?, _ entry: IntakeBook.Entry, _ context: WebContext,
        _ seen: inout IntakeBook.Seen
    ) async throws -> Response {
        if context.who == .nobody {
            if let fault = entry.fault {
                // What is wrong here is for the daemon's log and its administrators.
                seen.answer = fault
                throw Problem(.serviceUnavailable, "This intake accepts nothing now; its administrator can see why.")
            }
            if let refusal = entry.refusal(request, token: token) { throw Problem(.unauthorized, refusal) }
        }
        var out = ByteBuilder(capacity: 512), isWrong = false
        let results = try IntakeRoutes.results(of: request, entry)
        var lines: [Line] = []
        for result in results { lines.append(try await perform(result, entry, context, &isWrong)) }
        out.object { out in
            out.key("results")
            out.array { out in for line in lines { IntakeRoutes.write(line, into: &out) } }
        }
        let text = out.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        seen.answer = text
        seen.status = isWrong ? 422 : 200
        var headers: HTTPFields = [.contentType: "application/json"]
        guard !isWrong, let template = entry.settings.reply else {
            return Response(
                status: isWrong ? .unprocessableContent : .ok, headers: headers,
                body: .init(byteBuffer: ByteBuffer(string: text + "\n")))
        }
        let reply = template.reply(
            to: request, more: ["url": entry.settings.url], type: entry.settings.replyType, zone: entry.zone)
        headers[.contentType] = entry.settings.replyType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: reply)))
    }

    /// A result with what came of it.
    private struct Line: Sendable {
        var result: IntakeMapping.Result
        /// The daemon's reply to an event, as JSON.
        var reply: ByteBuffer?
        var received: Received?
        var error: String?
    }

    private func perform(
        _ result: IntakeMapping.Result, _ entry: IntakeBook.Entry, _ context: WebContext, _ isWrong: inout Bool
    ) async throws -> Line {
        var line = Line(result: result)
        switch result {
        case .passedOver: break
        case .failed(let sentence):
            line.error = sentence
            isWrong = true
        case .event:
            guard let event = result.eventLine else { return line }
            var body = ByteBuffer(event)
            body.writeString("\n")
            let pieces = EventPieces(
                engine: engine, callerLookup: callerLookup, now: now, source: entry.settings.source)
            var reply = try await pieces.process(body)
            while reply.readableBytesView.last == 0x0A { reply.moveWriterIndex(to: reply.writerIndex - 1) }
            if String(buffer: reply).hasPrefix(#"{"ok":false"#) { isWrong = true }
            line.reply = reply
        case .contact(let fields):
            let contact: IncomingContact
            do throws(IntakeContact.Wrong) {
                contact = try IntakeContact.made(
                    of: fields, intake: entry.name, numbers: settings.numberReader, now: now())
            } catch {
                line.error = error.sentence
                isWrong = true
                return line
            }
            // When the daemon cannot write, the sender gets a 503 and sends all of it again: what is recorded is known.
            line.received = try await receiver.receive(contact, by: Author("intake:\(entry.name)", through: .api))
        }
        return line
    }

    private static func results(
        of request: IntakeRequest, _ entry: IntakeBook.Entry
    ) throws -> [IntakeMapping.Result] {
        do throws(IntakeRequest.Unreadable) {
            return try entry.settings.mapping.results(of: request, zone: entry.zone)
        } catch { throw Problem.bad("The request cannot be mapped: \(error).") }
    }

    private static func write(_ line: Line, into out: inout ByteBuilder) {
        out.object { out in
            switch line.result {
            case .event(let fields):
                out.field("outcome", "event")
                write(fields, as: "event", into: &out)
            case .contact(let fields):
                out.field("outcome", "contact")
                write(fields, as: "contact", into: &out)
            case .failed: out.field("outcome", "failed")
            case .passedOver: out.field("outcome", "passed_over")
            }
            if let reply = line.reply {
                var json = ByteBuilder(capacity: reply.readableBytes)
                for byte in reply.readableBytesView { json.append(byte) }
                out.key("reply")
                out.value(json: json)
            }
            if let received = line.received {
                out.key("received")
                ContactReceiver.write(received, into: &out)
            }
            if let error = line.error { out.field("error", error) }
        }
    }

    private static func write(
        _ fields: [IntakeMapping.Result.Named], as name: StaticString, into out: inout ByteBuilder
    ) {
        out.key(name)
        out.object { out in
            for field in fields {
                out.key(text: field.name)
                out.value(field.text)
            }
        }
    }

    /// A request as it is mapped, without its secrets, and the token that it has.
    private static func read(_ request: Request, _ body: ByteBuffer) -> (IntakeRequest, token: String?) {
        var token = Authentication.token(request), kept: [Substring] = []
        for pair in (request.uri.query ?? "").split(separator: "&") {
            if pair.hasPrefix("token=") {
                token = String(pair.dropFirst(6)).removingPercentEncoding
            } else {
                kept.append(pair)
            }
        }
        var headers: [String: String] = [:]
        for field in request.headers where field.name != .authorization && field.name != .cookie {
            headers[field.name.canonicalName] = field.value
        }
        let asked = IntakeRequest(
            query: kept.joined(separator: "&"), headers: headers, body: Array(body.readableBytesView))
        return (asked, token)
    }

    // MARK: Looking at it

    private struct Pasted: Decodable { var request: String }

    private func entry(_ context: WebContext) throws -> IntakeBook.Entry {
        let name = try context.segment("name")
        guard let entry = book[name] else {
            throw Problem.notFound("There is no [intake.\(name)] in the configuration that the daemon started with.")
        }
        return entry
    }

    private func trial(_ request: Request, _ context: WebContext) async throws -> Response {
        let entry = try entry(context)
        let pasted: Pasted = try await request.strictJSON(["request"], of: "a trial")
        let asked = IntakeRequest(pasted: pasted.request), results = try IntakeRoutes.results(of: asked, entry)
        let reply = entry.settings.reply?.reply(
            to: asked, more: ["url": entry.settings.url], type: entry.settings.replyType, zone: entry.zone)
        var lines: [Line] = []
        for result in results {
            var line = Line(result: result)
            switch result {
            case .failed(let sentence): line.error = sentence
            case .contact(let fields):
                do throws(IntakeContact.Wrong) {
                    _ = try IntakeContact.made(
                        of: fields, intake: entry.name, numbers: settings.numberReader, now: now())
                } catch { line.error = error.sentence }
            case .event, .passedOver: break
            }
            lines.append(line)
        }
        return .json { out in
            out.object { out in
                out.key("results")
                out.array { out in for line in lines { IntakeRoutes.write(line, into: &out) } }
                out.field("reply", reply)
            }
        }
    }

    private func requests(_ request: Request, _ context: WebContext) async throws -> Response {
        let entry = try entry(context), seen = book.requests(of: entry.name)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in seen {
                        out.object { out in
                            out.field("at", one.at)
                            out.field("status", one.status)
                            out.field("query", one.request.query)
                            out.key("headers")
                            out.object { out in
                                for (name, value) in one.request.headers.sorted(by: { $0.key < $1.key }) {
                                    out.key(text: name)
                                    out.value(value)
                                }
                            }
                            out.field("body", String(decoding: one.request.body, as: UTF8.self))
                            out.field("answer", one.answer)
                        }
                    }
                }
                out.field("next", String?.none)
            }
        }
    }
}
