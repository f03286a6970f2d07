import CallCenter
import Cluster
import Foundation
import NIOCore
import NIOPosix
import SQLite
import Synchronization
import Testing

@testable import NodeLink
@testable import PostgresLog
@testable import Storage

extension PostgresTests {
    /// A state directory is brought to where the shared log is, before its node starts.
    @Suite struct ClusterStartTests {
        /// A machine that is to become a node.
        final class Machine: Sendable {
            let path: String
            private let said = Mutex<[String]>([])
            static let secret = LinkSecret(bytes: Array("a secret of many bytes".utf8))

            init() throws {
                path = NSTemporaryDirectory() + "screenpop-start-\(UUID().uuidString)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            deinit { try? FileManager.default.removeItem(atPath: path) }

            var says: [String] { said.withLock { $0 } }

            func start(_ place: PostgresPlace, address: String = "10.0.0.9:8791") async throws {
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                let client = LinkClient(secret: Machine.secret, node: place.node, group: group)
                let result: Result<Void, any Error>
                do {
                    try await ClusterStart(
                        directory: path, place: place, node: place.node, address: address, version: "1",
                        client: client, say: { [self] text in said.withLock { $0.append(text) } }, working: {}
                    ).run()
                    result = .success(())
                } catch { result = .failure(error) }
                await client.close()
                try await group.shutdownGracefully()
                try result.get()
            }

            /// The identity of its log, and where it ends.
            func log() throws -> (identity: String?, last: Int64) {
                guard let log = try EventLog.openCopy(directory: path) else { return (nil, 0) }
                return (log.identity?.text, log.lastSeq)
            }

            /// A centre of one machine: so many entries of its own.
            func found(entries: Int) throws {
                let files = try StateFiles.open(directory: path)
                var log = files.log
                for entry in 0..<entries {
                    Array("entry \(entry)".utf8).withUnsafeBytes {
                        log.append(readAt: 7, source: "pbx", line: $0, facts: [])
                    }
                }
                try log.commit()
            }
        }

        static func place(_ schema: String, _ node: String) throws -> PostgresPlace {
            try TestServer.shared.place(schema, node: node)
        }

        /// A row with one entry behind a position, as a leader appends it.
        static func row(after seq: Int64, epoch: Int64, _ text: String) throws -> LogRow {
            let machine = try Machine()
            var log = try EventLog.open(directory: machine.path)
            if seq > 0 { try log.join(LogIdentity(), behind: seq) }
            log.epoch = epoch
            Array(text.utf8).withUnsafeBytes { log.append(readAt: 7, source: "pbx", line: $0, facts: []) }
            return try #require(log.beginCommit()?.rows.first)
        }

        static func lead(_ schema: String, _ texts: [String], after seq: Int64 = 0) throws {
            let (session, head) = try LeaderSession.lead(place(schema, "a"), ending: nil)
            defer { session.close() }
            for (index, text) in texts.enumerated() {
                let last = seq + Int64(index), row = try row(after: last, epoch: head.epoch, text)
                try session.append(
                    [
                        BurstRow(
                            first: row.first, last: row.last, epoch: head.epoch, readAt: row.readAt,
                            changes: row.changes, entries: row.entries)
                    ], expecting: last)
            }
        }

        @Test func theFirstNodeBeginsTheLogAndAnEmptyOneIsMadeFromIt() async throws {
            let schema = try TestServer.shared.schema(), one = try Machine(), two = try Machine()
            try await one.start(Self.place(schema, "a"))
            #expect(one.says.contains { $0.contains("node a begins the cluster's log behind position 0") })
            let table = try LogTable.open(Self.place(schema, "x")), head = try #require(try table.head())
            #expect(head.behind == 0)
            #expect(try one.log().identity == head.identity)
            try Self.lead(schema, ["one", "two", "three"])
            try await two.start(Self.place(schema, "b"))
            #expect(try two.log() == (head.identity, 3))
            // The first one catches up.
            let again = try Machine()
            try FileManager.default.removeItem(atPath: again.path)
            try FileManager.default.copyItem(atPath: one.path, toPath: again.path)
            try await again.start(Self.place(schema, "a"))
            #expect(try again.log() == (head.identity, 3))
            #expect(again.says.isEmpty, "an ordinary start says nothing")
        }

        @Test func theDataOfAnotherCentreIsRefused() async throws {
            let schema = try TestServer.shared.schema(), one = try Machine(), other = try Machine()
            try await one.start(Self.place(schema, "a"))
            try other.found(entries: 2)
            await #expect(throws: ClusterStartError.otherLog(directory: other.path)) {
                try await other.start(Self.place(schema, "b"))
            }
            #expect(try other.log().last == 2, "it is as it was")
        }

        @Test func whatTheSharedLogHasNotIsPutAside() async throws {
            let schema = try TestServer.shared.schema(), one = try Machine(), lost = try Machine()
            try await one.start(Self.place(schema, "a"))
            try await lost.start(Self.place(schema, "b"))
            // A leadership whose entry the database has lost.
            guard var copy = try EventLog.openCopy(directory: lost.path) else {
                Issue.record("there is no log")
                return
            }
            let isFollowed = try copy.follow([try Self.row(after: 0, epoch: 77, "lost")])
            #expect(isFollowed)
            _ = consume copy
            try Self.lead(schema, ["kept"])
            let again = try Machine()
            try FileManager.default.removeItem(atPath: again.path)
            try FileManager.default.copyItem(atPath: lost.path, toPath: again.path)
            try await again.start(Self.place(schema, "b"))
            #expect(again.says.contains { $0.contains("has entries at position 1 that the shared log has not") })
            #expect(try again.log().last == 1)
            let names = try FileManager.default.contentsOfDirectory(atPath: again.path)
            #expect(names.contains { $0.hasPrefix("aside-") })
        }

        /// A log that begins behind a centre's own: a new node needs another's files, and says so for as long as it
        /// waits and copies.
        @Test func aNodeThatJoinsIsSeenAndCopiesAnothersFiles() async throws {
            let schema = try TestServer.shared.schema(), one = try Machine(), two = try Machine()
            try one.found(entries: 3)
            try await one.start(Self.place(schema, "a"))
            let head = try #require(try LogTable.open(Self.place(schema, "x")).head())
            #expect(head.behind == 3)

            let watch = try Membership.join(Self.place(schema, "w"), node: "w", address: "x", version: "1")
            defer { watch.leave() }
            let joining = Task { try await two.start(Self.place(schema, "b")) }
            try await eventually("it says that it waits") {
                two.says.contains { $0.contains("no other node is there to copy records") }
            }
            @Sendable func beat() throws -> Int64? {
                try watch.beat(state: "watching", seq: 0).nodes.first { $0.name == "b" && $0.state == "joining" }?.beat
            }
            let first = try #require(try beat())
            try await eventually("its heart beats while it waits") { try beat() ?? 0 >= first + 3 }

            // Another node is there, with files to copy.
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1), loop = group.next(), source = one.path
            let server = try await LinkServer.listen(
                address: "127.0.0.1:0", secret: Machine.secret,
                .init(
                    leader: { .me }, events: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() },
                    localAPI: source + "/none.sock", networkAPI: { nil }, follow: { _, _ in Feed(bytesMax: 1 << 20) },
                    snapshot: { (source, {}) }, leaderSaid: { _, _ in }), group: group, loop: loop)
            let a = try Membership.join(
                Self.place(schema, "a"), node: "a", address: "127.0.0.1:\(server.port ?? 0)", version: "1")
            defer { a.leave() }
            let beating = Task {
                while !Task.isCancelled {
                    _ = try a.beat(state: "follower", seq: 3)
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            try await joining.value
            beating.cancel()
            #expect(try two.log() == (head.identity, 3))
            #expect(two.says.contains { $0.contains("the files of node a") })
            await server.close()
            try await group.shutdownGracefully()
        }

        /// A centre from before changes were in the log: its tokens and accounts are in their files alone.
        @Test func whoMaySignInIsInTheLogThatItBegins() async throws {
            final class Nowhere: ChangeLog {
                private let last = Mutex<Int64>(0)
                private let refuses: Bool
                init(refuses: Bool = false) { self.refuses = refuses }
                func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
                    if refuses { throw ChangeLogError("This node does not lead") }
                    return last.withLock { last in
                        last += 1
                        return last
                    }
                }
            }
            let schema = try TestServer.shared.schema(), one = try Machine()
            let now = Timestamp(ms: 1_795_392_000_000)
            let secret = try TokenStore.open(directory: one.path, log: Nowhere()).create(
                role: .admin, name: "old", operator: nil, source: nil, expiresAt: nil, now: now
            ).secret
            _ = try AccountStore.open(directory: one.path, log: Nowhere()).set(
                "101", role: .operator, name: nil, password: "correct horse", now: now)
            for name in ["access.db", "accounts.db"] {
                let file = try Connection(path: one.path + "/" + name)
                try file.run("UPDATE log_mark SET through=NULL")
            }
            try await one.start(Self.place(schema, "a"))
            let head = try #require(try LogTable.open(Self.place(schema, "x")).head())
            #expect(head.behind == 2)
            var kinds: [EntryKind] = []
            guard let log = try EventLog.openCopy(directory: one.path) else {
                Issue.record("there is no log")
                return
            }
            try log.replay(after: 0) { kinds.append($0.kind) }
            #expect(kinds == [.secrets, .secrets])
            // The node follows when it opens them: nothing can be added to the log then, and nothing has to be.
            let tokens = try TokenStore.open(directory: one.path, log: Nowhere(refuses: true))
            #expect(tokens.verify(secret, now: now)?.name == "old")
            let accounts = try AccountStore.open(directory: one.path, log: Nowhere(refuses: true))
            #expect(accounts.check("101", password: "correct horse") != nil)
        }
    }
}
