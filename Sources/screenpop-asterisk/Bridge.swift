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
        let directory = try Spool.directory(
            in: settings.spoolDir, pbx: "\(settings.ami)", daemon: settings.eventsSockets.first ?? "")
        let parts = BridgeParts(settings, spoolDirectory: directory)
        let options = LiveBridge.Options(
            user: settings.user, secret: secret, source: settings.source.isEmpty ? nil : settings.source,
            endpointRules: EndpointRules(settings),
            dialContext: settings.dialContext.isEmpty ? nil : settings.dialContext)
        try await parts.run(
            options, logger: logger,
            isReady: { agiPort in
                notifier.ready()
                let sockets = settings.eventsSockets.joined(separator: ", ")
                let agi = agiPort.map { ", FastAGI at \(settings.agi?.host ?? ""):\($0)" } ?? ""
                FileHandle.standardError.write(
                    Data(
                        """
                        ready: manager \(settings.ami)\(agi), events to \(sockets), spool in \
                        \(directory)\n
                        """
                            .utf8))
            },
            until: {
                for await _ in signals { break }
                notifier.stopping()
            })
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
            eventsSockets: settings.eventsSockets, tls: settings.tls,
            tlsCAFile: settings.tlsCAFile.isEmpty ? nil : settings.tlsCAFile,
            spoolDirectory: spoolDirectory, spoolBytes: Int64(settings.spoolSize) << 20)
    }
}
