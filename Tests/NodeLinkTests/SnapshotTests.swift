import Crypto
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import NodeLink

extension SocketTests {
    @Suite struct SnapshotTests {
        @Test func aSnapshotArrivesAsItWas() async throws {
            let source = try Folder(), target = try Folder()
            var random = Seeded(11)
            var large = Data(count: 3 << 20)
            for at in stride(from: 0, to: large.count, by: 7) {
                large[at] = UInt8.random(in: 0 ... .max, using: &random)
            }
            try FileManager.default.createDirectory(atPath: source.path + "/deep/er", withIntermediateDirectories: true)
            let files = [
                "events.db": large, "empty": Data(), "deep/er/file": Data("x".utf8), "checkpoint": Data(count: 1),
            ]
            for (name, data) in files { try data.write(to: URL(fileURLWithPath: source.path + "/" + name)) }
            try FileManager.default.createSymbolicLink(
                atPath: source.path + "/link", withDestinationPath: "/etc/passwd")
            let cluster = try await Cluster(snapshot: source.path)
            // From a node that does not lead too.
            cluster.leads.change { $0 = false }
            let seen = Box<[(Int64, Int64)]>([]), into = target.path + "/new"
            try await cluster.client.snapshot(cluster.peer, into: into) { done, of in
                seen.change { $0.append((done, of)) }
            }
            let total = Int64(files.values.reduce(0) { $0 + $1.count })
            #expect(seen.value.last.map { $0.0 == total && $0.1 == total } == true)
            #expect(zip(seen.value, seen.value.dropFirst()).allSatisfy { $0.0 < $1.0 })
            for (name, data) in files {
                #expect(FileManager.default.contents(atPath: into + "/" + name) == data, "\(name)")
            }
            #expect(!FileManager.default.fileExists(atPath: into + "/link"))
            try await eventually("no connection is left") { cluster.server.connectionCount == 0 }

            // A folder that is not empty stays as it is.
            await #expect(throws: LinkError.notEmpty(folder: into)) {
                try await cluster.client.snapshot(cluster.peer, into: into) { _, _ in }
            }
            #expect(FileManager.default.contents(atPath: into + "/events.db") == large)
            try await cluster.close()
        }

        @Test func aSnapshotThatCannotBeMadeIsSaid() async throws {
            let target = try Folder()
            let cluster = try await Cluster()
            do {
                try await cluster.client.snapshot(cluster.peer, into: target.path + "/new") { _, _ in }
                Issue.record("there was a snapshot")
            } catch let error as LinkError {
                #expect("\(error)".contains("could not make a snapshot"))
            }
            #expect(!FileManager.default.fileExists(atPath: target.path + "/new"))
            try await cluster.close()
        }

        static let x = SnapshotFiles.hex(SHA256.hash(data: Data("x".utf8)))
        static let head = #"{"files":1,"bytes":1}"#, file = #"{"name":"a","bytes":1}"#

        /// What a node sends that was taken over, or is broken: nothing is left in the folder, and nothing outside.
        @Test(arguments: [
            [#"{"files":1,"bytes":1}"#, #"{"name":"../escaped","bytes":1}"#, "x"],
            [head, #"{"name":"/tmp/escaped","bytes":1}"#, "x"], [head, #"{"name":"a/../../escaped","bytes":1}"#, "x"],
            [head, #"{"name":"","bytes":1}"#, "x"], [head, #"{"name":"a","bytes":2}"#, "xx"],
            [head, #"{"name":"a","bytes":-1}"#, ""], [head, file, "x" + #"{"sha256":"00"}"#],
            [head, file, "x" + #"{"sha256":"\#(x)"}"#, #"{"whole":false}"#],
            [#"{"files":2,"bytes":2}"#, file, "x" + #"{"sha256":"\#(x)"}"#, file, "x"],
            [#"{"files":2,"bytes":2}"#, file, "x" + #"{"sha256":"\#(x)"}"#, #"{"name":"a/b","bytes":1}"#, "x"],
            [#"{"files":1,"bytes":2}"#, file, "x" + #"{"sha256":"\#(x)"}"#, #"{"whole":true}"#],
            [#"{"files":-1,"bytes":0}"#], [#"{"files":100000000,"bytes":0}"#], ["hello"], [head, file], [head], [],
            [String(repeating: "x", count: 20_000)],
        ] as [[String]]) func whatIsNoSnapshotLeavesNothing(lines: [String]) async throws {
            final class Say: ChannelInboundHandler {
                typealias InboundIn = ByteBuffer
                private let text: String
                init(_ text: String) { self.text = text }
                func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                    var bytes = ByteBuffer(bytes: LinkAnswer.yes.line)
                    bytes.writeString("\n" + text)
                    let here = NIOLoopBound(context, eventLoop: context.eventLoop)
                    context.writeAndFlush(NIOAny(bytes)).whenComplete { _ in here.value.close(promise: nil) }
                }
            }
            let target = try Folder()
            let cluster = try await Cluster()
            let context = try LinkSecret(bytes: Array("a secret of many bytes".utf8)).serverContext()
            let hostile = try await ServerBootstrap(group: cluster.group).childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(Say(lines.map { $0 + "\n" }.joined()))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
            let peer = Peer(node: "h", address: "127.0.0.1:\(hostile.localAddress?.port ?? 0)")
            await #expect(throws: LinkError.self) {
                try await cluster.client.snapshot(peer, into: target.path + "/new") { _, _ in }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == [])
            #expect(!FileManager.default.fileExists(atPath: "/tmp/escaped"))
            try await hostile.close()
            try await cluster.close()
        }
    }
}
