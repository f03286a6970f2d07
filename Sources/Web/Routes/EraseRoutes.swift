import CallCenter
import Engine
import EventWire
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// `POST /v1/customers/{id}/erase`: forgetting a person.
struct EraseRoutes {
    let engine: Engine
    let writer: RecordWriter
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    /// Tells who finishes erases in the log and in the history that there is one; nil where nobody does.
    let begin: (@Sendable () -> Void)?

    /// How long an answer waits for the end of it. Milliseconds. It goes on without anybody waiting.
    private static let waitMax: Int64 = 20_000
    private static let pause: Int64 = 20
    private static let reasonBytesMax = 1_024

    func add(to router: GuardedRouter) { router.post("v1/customers/{id}/erase", may: .admin, use: erase) }

    private struct Wanted: Decodable { var reason: String? }

    private func erase(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id"), wanted: Wanted? = try await request.jsonIfAny()
        guard let number = Int64(id) else { throw Problem.notFound("There is no customer \(id).") }
        let reason = try wanted?.reason.flatMap { try EraseRoutes.checked($0) }
        let done = try Problem.edited { () throws(EditError) in
            try writer.erase(number, reason: reason, by: context.who.author, at: now())
        }
        if !done.wasErased { await engine.customerChanged(number, version: done.line.version) }
        let line = try await finished(done.line)
        return .json(line.doneAt == nil ? .accepted : .ok) { out in
            write(line, wasErased: done.wasErased, into: &out)
        }
    }

    private static func checked(_ reason: String) throws(Problem) -> String? {
        let hasControls = reason.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        guard reason.utf8.count <= reasonBytesMax, !hasControls else {
            throw .bad("reason is one line of at most \(reasonBytesMax) bytes.")
        }
        return reason.isEmpty ? nil : reason
    }

    /// Waits for the log and the history, for a while.
    private func finished(_ line: ErasedCustomer) async throws -> ErasedCustomer {
        guard line.doneAt == nil, let begin else { return line }
        begin()
        let until = ContinuousClock.now.advanced(by: .milliseconds(EraseRoutes.waitMax))
        while ContinuousClock.now < until {
            try await Task.sleep(for: .milliseconds(EraseRoutes.pause))
            if let now = try writer.store.erased(line.id), now.doneAt != nil { return now }
        }
        return line
    }

    private func write(_ line: ErasedCustomer, wasErased: Bool, into out: inout ByteBuilder) {
        out.object { out in
            out.field("customer", line.id)
            out.field("state", line.doneAt == nil ? "running" : "done")
            out.field("already", wasErased)
            out.field("at", line.at)
            out.field("by", line.author.who)
            out.field("through", line.author.through.rawValue)
            out.field("reason", line.reason)
            out.field("done_at", line.doneAt)
            out.key("erased")
            out.object { out in
                out.field("versions", line.counts.versions)
                out.field("cases", line.counts.cases)
                out.field("numbers", line.counts.numbers)
                out.field("calls", line.counts.calls)
                out.field("contacts", line.counts.contacts)
                out.field("log_entries", line.counts.entries)
            }
            out.key("kept")
            out.object { out in
                out.field("shared_numbers", line.counts.numbersKept)
                out.field("folders", EraseRoutes.olderFiles(in: settings.stateDirectory))
            }
        }
    }

    /// Folders with files of an earlier version, which are as they were.
    private static func olderFiles(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter {
            $0.hasPrefix("before-migration-")
        }.sorted()
    }
}
