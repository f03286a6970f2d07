import AsteriskBridge
import AsteriskLink
import BridgeLink
import Foundation
import Logging
import Settings
import Systemd
import UnixSignals

/// The parts of the bridge, put together.
struct Bridge {
    let settings: BridgeSettings
    let secret: String
    let logger: Logger

    func run(until signals: UnixSignalsSequence) async throws {
        let notifier = Notifier()
        let directory = try spoolDirectory()
        let parts = BridgeParts(settings, spoolDirectory: directory)
        let options = LiveBridge.Options(
            user: settings.user, secret: secret, source: settings.source.isEmpty ? nil : settings.source,
            endpointRules: EndpointRules(settings),
            dialContext: settings.dialContext.isEmpty ? nil : settings.dialContext)
        try await parts.run(
            options, logger: logger,
            isReady: { agiPort in
                notifier.ready()
                let agi = agiPort.map { ", FastAGI at \(settings.agi?.host ?? ""):\($0)" } ?? ""
                FileHandle.standardError.write(
                    Data(
                        """
                        ready: manager \(settings.ami)\(agi), events to \(settings.eventsSocket), spool in \
                        \(directory)\n
                        """
                            .utf8))
            },
            until: {
                for await _ in signals { break }
                notifier.stopping()
            })
    }

    /// Of a PBX and a daemon its own, so that several bridges get along on one machine.
    private func spoolDirectory() throws -> String {
        let base = settings.spoolDir
        // What a path may have, of what an address and a path have.
        let name = "\(settings.ami)-\(settings.eventsSocket)".map {
            $0.isLetter || $0.isNumber || $0 == "." ? String($0) : "_"
        }.joined()
        let path = base + "/" + String(name.suffix(120))
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw Spool.Failure.unusable(path: path, reason: error.localizedDescription)
        }
        return path
    }
}

extension EndpointRules {
    init(_ settings: BridgeSettings) {
        self.init(
            inboundContexts: settings.inboundContexts, operatorContexts: settings.operatorContexts,
            trunks: settings.trunks, phones: settings.phones)
    }
}

extension BridgeParts {
    init(_ settings: BridgeSettings, spoolDirectory: String) {
        self.init(
            ami: (settings.ami.host, Int(settings.ami.port)), agi: settings.agi.map { ($0.host, Int($0.port)) },
            agiDeadline: settings.agiDeadline,
            eventsSocket: settings.eventsSocket, tls: settings.tls,
            tlsCAFile: settings.tlsCAFile.isEmpty ? nil : settings.tlsCAFile,
            spoolDirectory: spoolDirectory, spoolBytes: Int64(settings.spoolSize) << 20)
    }
}
