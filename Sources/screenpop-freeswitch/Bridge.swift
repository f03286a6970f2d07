import BridgeLink
import Foundation
import FreeSwitchBridge
import FreeSwitchLink
import Logging
import Settings
import Systemd
import UnixSignals

/// The parts of the bridge, put together.
struct Bridge {
    let settings: FreeSwitchSettings
    let password: String
    let logger: Logger

    func run(until signals: UnixSignalsSequence) async throws {
        let notifier = Notifier()
        let directory = try Spool.directory(
            in: settings.spoolDir, pbx: "\(settings.esl)", daemon: settings.eventsSockets.first ?? "")
        let parts = BridgeParts(settings, spoolDirectory: directory)
        let options = LiveBridge.Options(
            password: password, source: settings.source.isEmpty ? nil : settings.source,
            legRules: LegRules(settings),
            dialContext: settings.dialContext.isEmpty ? nil : settings.dialContext)
        try await parts.run(
            options, logger: logger,
            isReady: { port in
                notifier.ready()
                let sockets = settings.eventsSockets.joined(separator: ", ")
                let route = port.map { ", dialplan at \(settings.route?.host ?? ""):\($0)" } ?? ""
                FileHandle.standardError.write(
                    Data(
                        """
                        ready: event socket \(settings.esl)\(route), events to \(sockets), spool in \
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

extension LegRules {
    init(_ settings: FreeSwitchSettings) {
        self.init(
            inboundContexts: settings.inboundContexts, trunkProfiles: settings.trunkProfiles, trunks: settings.trunks,
            phones: settings.phones)
    }
}

extension BridgeParts {
    init(_ settings: FreeSwitchSettings, spoolDirectory: String) {
        self.init(
            esl: (settings.esl.host, Int(settings.esl.port)),
            route: settings.route.map { ($0.host, Int($0.port)) }, routeDeadline: settings.routeDeadline,
            eventsSockets: settings.eventsSockets, spoolDirectory: spoolDirectory,
            spoolBytes: Int64(settings.spoolSize) << 20)
    }
}
