import Glibc
import Logging
import Testing

@testable import Systemd

@Suite struct StderrLogHandlerTests {
    private struct Broken: Error, CustomStringConvertible { var description: String { "disk full" } }

    /// What a logger with this handler writes into a pipe.
    private func written(
        level: Logger.Level = .info, provider: Logger.MetadataProvider? = nil, _ use: (inout Logger) -> Void
    ) throws -> String {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemFailure("pipe") }
        defer { close(ends[0]) }
        var logger = Logger(label: "test") { [ends] _ in
            StderrLogHandler(
                identifier: "screenpopd", level: level, metadataProvider: provider, descriptor: ends[1], colours: false)
        }
        use(&logger)
        close(ends[1])
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(ends[0], &buffer, buffer.count)
        guard count >= 0 else { throw SystemFailure("read") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    @Test func writesOneLineAnEvent() throws {
        let text = try written { logger in
            logger.notice("one", metadata: ["seq": "1"])
            logger.debug("below the level")
            logger.error("two")
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix("Z notice screenpopd: one seq=1") == true)
        #expect(lines.last?.hasSuffix("Z error screenpopd: two") == true)
    }

    @Test func theNearestMetadataWins() throws {
        let provider = Logger.MetadataProvider { ["who": "provider", "queue": "provider"] }
        let text = try written(provider: provider) { logger in
            logger[metadataKey: "who"] = "logger"
            logger[metadataKey: "queue"] = "logger"
            logger[metadataKey: "seq"] = "7"
            logger.info("m", metadata: ["who": "event"])
        }
        #expect(text.hasSuffix(": m queue=provider seq=7 who=event\n"))
    }

    @Test func anErrorIsShown() {
        let event = LogEvent(
            level: .error, message: "m", error: Broken(), metadata: nil, source: nil, file: "", function: "", line: 1)
        #expect(LogMetadata.merged([:], nil, event).map { "\($0.key)=\($0.value)" } == ["error=disk full"])
    }

    @Test func noColoursInAFile() {
        let file = open("/dev/null", O_WRONLY)
        defer { close(file) }
        #expect(!StderrLogHandler.wantsColours(file))
    }

    @Test func aClosedStandardErrorIsSurvived() {
        let handler = StderrLogHandler(
            identifier: "x", level: .info, metadataProvider: nil, descriptor: -1, colours: false)
        Logger(label: "test") { _ in handler }.error("nobody reads this")
    }
}
