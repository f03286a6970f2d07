import CallCenter
import Engine
import EventWire
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Storage

/// The customers as a file: import with progress and a report, export.
struct CustomerFileRoutes {
    let house: House

    /// Bytes of one file: ten million customers.
    static let fileBytesMax = 4 << 30

    func add(to router: Router<WebContext>) {
        router.post("v1/customers/import", use: take)
        router.get("v1/customers/export", use: give)
    }

    // MARK: Import

    /// The file is kept beside the database first: its encoding is only known at its end, and a client that goes away half-way changes nothing.
    private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.administer)
        let isDryRun = try Query(request).flag("dry_run")
        let path = house.settings.stateDirectory + "/import-\(UUID().uuidString).csv"
        do { try await spool(request.body, to: path) } catch {
            unlink(path)
            throw error
        }
        guard let rules = await house.engine.ask({ centre, _ in Set(centre.policy.tiers.keys) }) else {
            unlink(path)
            throw Problem.stopping
        }
        let options = CustomerImport.Options(
            tiers: rules, customFields: Set(house.settings.customFields), region: house.settings.region, isDryRun: isDryRun)
        let (lines, tell) = AsyncStream.makeStream(of: ByteBuffer.self)
        let store = house.records, logger = house.logger
        // A thread of its own: minutes of work, which no request should wait behind.
        let stopped = Stopped()
        NIOThreadPool.singleton.submit { _ in
            defer {
                unlink(path)
                tell.finish()
            }
            let begun = Engine.now()
            var run = CustomerImport(into: store, options: options)
            do throws(ImportError) {
                let report = try run.run(file: path, now: begun) { progress in
                    tell.yield(line { out in
                        out.key("progress")
                        out.object { out in
                            out.field("bytes", progress.bytes)
                            out.field("bytes_total", progress.bytesTotal)
                            out.field("rows", progress.rows)
                        }
                    })
                } isCancelled: { stopped.isStopped }
                tell.yield(line { out in
                    out.key("report")
                    self.report(report, isDryRun: isDryRun, ms: Engine.now() - begun, into: &out)
                })
                logger.info("customers imported: \(report.created) new, \(report.updated) changed, \(report.unchanged) unchanged, \(report.rejected) refused")
            } catch {
                let problem = Problem(.unprocessableContent, "\(error).")
                tell.yield(line { out in
                    out.key("error")
                    problem.write(into: &out)
                })
            }
        }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .init { writer in
                defer { stopped.stop() }
                for await line in lines { try await writer.write(line) }
                try await writer.finish(nil)
            })
    }

    /// Whether the client has gone.
    private final class Stopped: Sendable {
        private let flag = Mutexed(false)
        var isStopped: Bool { flag.value }
        func stop() { flag.change { $0 = true } }
    }

    private func spool(_ body: RequestBody, to path: String) async throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Problem(.serviceUnavailable, "The file cannot be kept for the import: is the disk full?") }
        defer { try? file.close() }
        var count = 0
        for try await part in body {
            count += part.readableBytes
            guard count <= CustomerFileRoutes.fileBytesMax else { throw Problem(.contentTooLarge, "The file is larger than 4 GiB; split it.") }
            do { try file.write(contentsOf: Data(part.readableBytesView)) } catch {
                throw Problem(.init(code: 507, reasonPhrase: "Insufficient Storage"), "There is no room for the file.")
            }
        }
    }

    private func line(_ write: (inout ByteBuilder) -> Void) -> ByteBuffer {
        var out = ByteBuilder(capacity: 128)
        out.object(write)
        out.append(UInt8(ascii: "\n"))
        return ByteBuffer(out)
    }

    private func report(_ report: CustomerImport.Report, isDryRun: Bool, ms: Int64, into out: inout ByteBuilder) {
        out.object { out in
            out.field("rows", report.rows)
            out.field("created", report.created)
            out.field("updated", report.updated)
            out.field("unchanged", report.unchanged)
            out.field("rejected", report.rejected)
            out.field("encoding", report.encoding.rawValue)
            out.field("unknown_columns", report.unknownColumns)
            out.key("errors")
            out.array { out in
                for bad in report.badRows {
                    out.object { out in
                        out.field("line", bad.line)
                        out.field("column", bad.column)
                        out.field("message", bad.message)
                    }
                }
            }
            out.field("errors_left_out", report.rejected - report.badRows.count)
            out.field("dry_run", isDryRun)
            out.field("ms", ms)
        }
    }

    // MARK: Export

    private func give(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.administer)
        let export = CustomerExport(from: house.records, customFields: house.settings.customFields)
        return Response(
            status: .ok,
            headers: [.contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"customers.csv\""],
            body: .init { writer in
                var pieces = export
                while let piece = try pieces.next() { try await writer.write(ByteBuffer(bytes: piece)) }
                try await writer.finish(nil)
            })
    }
}
