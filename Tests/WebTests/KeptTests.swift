import CallCenter
import Foundation
import Storage
import Testing

@testable import Web

/// What a client is told when the log does not have its change.
@Suite struct KeptTests {
    private final class Refusing: ChangeLog {
        let error: ChangeLogError
        init(_ kind: ChangeLogError.Kind) { error = ChangeLogError("The log does not answer.", kind) }
        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 { throw error }
    }

    @Test(arguments: [
        (ChangeLogError.Kind.refused, "no"), (.late, "no"), (.following, "no"), (.unknown, "unknown"),
    ]) func aChangeThatIsNotInTheLogIsA503ThatSaysWhetherItMayBe(kind: ChangeLogError.Kind, kept: String) async throws {
        let log = Refusing(kind), folder = NSTemporaryDirectory() + "screenpop-kept-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tokens = try TokenStore.open(directory: folder, log: log)
        let routes = try Routes { parts in
            parts.writer = RecordWriter(parts.writer.store, log: log)
            parts.tokens = tokens
        }
        for (path, body) in [
            ("/v1/customers", #"{"name":"Taro"}"#), ("/v1/tokens", #"{"role":"ingest","name":"pbx"}"#),
        ] {
            let answer = try await routes.ask(.post, path, body)
            #expect(answer.status == 503, "\(path) \(answer.text)")
            #expect(answer.json["kept"] as? String == kept, "\(path)")
            #expect(answer.json["detail"] as? String == "The log does not answer.", "\(path)")
            #expect(answer.headers[.retryAfter] == (kept == "no" ? "1" : nil), "\(path)")
        }
        #expect(try routes.parts.writer.store.count() == 0)
    }
}
