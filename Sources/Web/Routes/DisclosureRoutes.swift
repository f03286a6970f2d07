import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `GET /v1/customers/{id}/disclosure`: all that is known of one person, for whoever has to tell that person.
struct DisclosureRoutes {
    let records: CustomerStore
    let history: any CallHistory
    let callReader: CallReader
    let views: any ViewRecorder
    let names: ViewerNames
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) { router.get("v1/customers/{id}/disclosure", may: .admin, use: disclose) }

    private enum Format: String, CaseIterable { case json, html }

    private func disclose(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), format = try format(request, query)
        let language = try query.language ?? request.language ?? settings.language
        let text = try context.segment("id")
        guard let asked = Int64(text) else { throw Problem.notFound("There is no customer \(text).") }
        let id = try records.survivor(of: asked)
        guard try records.versions(of: id, below: nil, limit: 1) != nil else {
            if try records.erased(id) != nil { throw Problem(.isErased(id)) }
            throw Problem.notFound("There never was a customer \(asked).")
        }
        let policy = try await callReader.policy(), at = now(), seer = context.reader()
        seer.sees(id)
        let reader = DisclosureReader(
            records: records, history: history, callReader: callReader, views: views, names: names.all(),
            customer: id, parts: try records.parts(of: id),
            reckoning: .init(
                now: at, dormantAfter: Int64(policy.alerts.dormantDays) * 86_400_000,
                hidden: settings.customFieldAccess(for: context.who).hidden, work: settings.work()),
            language: language, reader: seer)
        let page = DisclosurePage(language: language, periods: settings.periods)
        var headers: HTTPFields = [.cacheControl: "no-store"]
        switch format {
        case .json: headers[.contentType] = "application/json"
        case .html:
            headers[.contentType] = "text/html; charset=utf-8"
            headers[.contentSecurityPolicy] = DisclosurePage.policy
        }
        return Response(
            status: .ok, headers: headers,
            body: .init { writer in
                // A long history takes seconds, for which no request should wait.
                try await withTaskExecutorPreference(BlockingThreads.files) {
                    switch format {
                    case .json: try await writeJSON(reader, at, to: &writer)
                    case .html: try await writePage(reader, page, at, to: &writer)
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// A browser asks for a page, and a program for JSON.
    private func format(_ request: Request, _ query: Query) throws(Problem) -> Format {
        if let text = query.text("format") {
            guard let format = Format(rawValue: text) else { throw .bad("format is json or html.") }
            return format
        }
        return request.headers[.accept]?.contains("text/html") == true ? .html : .json
    }

    private func writeJSON(
        _ reader: DisclosureReader, _ at: Timestamp, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(
            ByteBuffer(string: "{\"customer\":\(reader.customer),\"at\":\"\(RFC3339.string(at))\""))
        for section in DisclosureReader.Section.allCases {
            let isOne = section == .record
            var place: DisclosureReader.Place? = .start, count = 0
            try await writer.write(ByteBuffer(string: ",\"\(section.rawValue)\":\(isOne ? "" : "[")"))
            while let next = place {
                let page = try await reader.page(section, at: next)
                var buffer = ByteBuffer()
                for object in page.objects {
                    if count > 0 { buffer.writeString(",") }
                    object.withUnsafeBytes { _ = buffer.writeBytes($0) }
                    count += 1
                }
                try await writer.write(buffer)
                place = page.next
            }
            let end = isOne ? (count == 0 ? "null" : "") : "]"
            if !end.isEmpty { try await writer.write(ByteBuffer(string: end)) }
        }
        try await writer.write(ByteBuffer(string: "}\n"))
    }

    private func writePage(
        _ reader: DisclosureReader, _ page: DisclosurePage, _ at: Timestamp, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: page.head(customer: reader.customer, at: at)))
        for section in DisclosureReader.Section.allCases {
            var place: DisclosureReader.Place? = .start, count = 0
            try await writer.write(ByteBuffer(string: page.heading(section)))
            while let next = place {
                let found = try await reader.page(section, at: next)
                var buffer = ByteBuffer()
                for object in found.objects { buffer.writeString(page.entry(object)) }
                count += found.objects.count
                try await writer.write(buffer)
                place = found.next
            }
            if count == 0 { try await writer.write(ByteBuffer(string: page.nothing)) }
        }
        try await writer.write(ByteBuffer(string: DisclosurePage.end))
    }
}
