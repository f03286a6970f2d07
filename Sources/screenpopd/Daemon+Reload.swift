import CallCenter
import Engine
import Foundation
import Ingest
import Settings
import Synchronization
import Web

/// The settings that hold from the next reload on, for whoever asks while the daemon runs.
final class SettingsInForce: Sendable {
    private struct State {
        var policy: Policy
        var peers: PeerRules
    }
    private let state: Mutex<State>

    init(_ settings: Settings) {
        state = Mutex(State(policy: settings.policy, peers: PeerRules(settings.ingest)))
    }

    var policy: Policy { state.withLock { $0.policy } }
    /// Who may push events.
    var peers: PeerRules { state.withLock { $0.peers } }

    func adopt(_ new: Settings, started: Settings) {
        let policy = started.inForce(new.policy)
        state.withLock { $0 = State(policy: policy, peers: PeerRules(new.ingest)) }
    }
}

extension Daemon {
    /// Reads the files of settings and of the certificate at a reload.
    private static let settingsReader = BlockingThreads(1, niceness: 5)

    /// SIGHUP: applies the settings that can change at run time; a wrong file changes nothing. The files are read on a
    /// thread of their own, and changed rules are written to the log with the next commit: no call waits for the disk.
    func reloadSettings(_ engine: Engine, _ adopt: (Settings) -> Void) async {
        do {
            let new = try await Daemon.settingsReader.run { [reload, certificate] in
                certificate?.refresh(now: Engine.now(), isForced: true)
                return try reload()
            }
            try await engine.adopt(settings.inForce(new.policy))
            adopt(new)
            let waiting = settings.keysNeedingRestart(for: new)
            logger.notice(
                """
                configuration taken \
                over\(waiting.isEmpty ? "" : "; a restart is needed for \(waiting.joined(separator: ", "))")
                """
            )
        } catch {
            logger.error(
                """
                the configuration stays as it was: \
                \(error is LocalizedError ? error.localizedDescription : "\(error)")
                """
            )
        }
    }
}
