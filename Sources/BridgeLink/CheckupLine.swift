import EventWire
import NIOCore
import NIOPosix

/// What a checkup of a bridge found.
public struct CheckupFinding: Equatable, Sendable {
    /// `unknown` is neither: what was asked could not be found out.
    public enum Verdict: String, Sendable {
        /// As it should be.
        case good
        /// Something is to be changed; the text says what.
        case wrong
        /// Nobody answered the question.
        case unknown
    }

    /// How it is.
    public let verdict: Verdict
    /// A stable word for programs: `manager`, `timestamps`.
    public let subject: String
    /// What was found, for people.
    public let text: String

    /// A finding.
    public init(_ verdict: Verdict, _ subject: String, _ text: String) {
        self.verdict = verdict
        self.subject = subject
        self.text = text
    }
}

/// A question to whatever listens at an address, for a checkup of a bridge.
public enum CheckupLine {
    /// Where to ask.
    public enum Place: Sendable {
        /// A Unix socket.
        case unix(path: String)
        /// A port of a host.
        case tcp(host: String, port: Int)
    }

    /// Whether screenpopd takes events.
    public static func daemon(at path: String, _ group: any EventLoopGroup) async -> CheckupFinding {
        do {
            let reply = try await ask(.unix(path: path), "{\"type\":\"ping\"}\n", group)
            if ReplyLine.read(reply) == .taken {
                return CheckupFinding(.good, "screenpopd", "screenpopd takes events at \(path)")
            }
            return CheckupFinding(.wrong, "screenpopd", "screenpopd at \(path) says: \(reply.prefix(200))")
        } catch {
            return CheckupFinding(
                .wrong, "screenpopd",
                "screenpopd does not answer at \(path) (\(error)); is it running, and is this user in the group "
                    + "screenpop-events?")
        }
    }

    /// The first line that answers `text`; empty when the other side closes, or says nothing for 3 s.
    public static func ask(_ place: Place, _ text: String, _ group: any EventLoopGroup) async throws -> String {
        let channel = try await connect(place, ClientBootstrap(group: group).connectTimeout(.seconds(3)))
        let end = channel.channel.eventLoop.scheduleTask(in: .seconds(3)) { channel.channel.close(promise: nil) }
        defer { end.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            var said = ""
            for try await buffer in inbound {
                said += String(buffer: buffer)
                if let line = said.firstIndex(of: "\n") { return String(said[..<line]) }
            }
            return said
        }
    }

    private static func connect(
        _ place: Place, _ bootstrap: ClientBootstrap
    ) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        switch place {
        case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path) { wrapped($0) }
        case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port) { wrapped($0) }
        }
    }

    /// For NIO's `connect`: what is said on the channel as sequences.
    public static func wrapped(_ channel: any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> {
        channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
    }
}
