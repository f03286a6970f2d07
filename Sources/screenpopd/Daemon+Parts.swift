import CallCenter
import Engine
import Foundation
import Ingest
import NIOCore
import Settings
import Web
import Workers

/// What is made of the settings alone, or of the settings and a few parts.
extension Daemon {
    /// Says on standard error where the daemon listens.
    func sayReady(_ web: WebServer) {
        let paths = settings.paths
        let plain = web.ports.first.map { ", HTTP at \(settings.http.host):\($0)" } ?? ""
        let secure = settings.tls.flatMap { tls in web.securePorts.first.map { ", HTTPS at \(tls.listen.host):\($0)" } }
        let port = plain + (secure ?? "")
        FileHandle.standardError.write(
            Data(
                """
                ready: events at \(paths.eventsSocket), commands at \(paths.apiSocket)\(port), state in \
                \(paths.state)\n
                """
                    .utf8))
    }

    func makeStateDirectory() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: settings.paths.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw StartError(
                "\(settings.paths.state) cannot be made: name another --state-dir, or make it and give it to this user")
        }
    }

    func webSettings(
        _ connections: ConnectionCount, _ alarms: AlarmWatch, _ numbers: NumberRulesInForce, _ work: WorkInForce,
        _ lists: ListsInForce, _ retention: RetentionInForce
    ) -> WebSettings {
        let periods = Periods(settings)
        return WebSettings(
            version: Screenpopd.version, startedAt: Engine.now(), stateDirectory: settings.paths.state,
            language: settings.policy.pop.language,
            dayStart: { now in periods?.startOfDay(at: now) ?? Timestamp(ms: now.ms / 86_400_000 * 86_400_000) },
            interval: settings.policy.grain, intervalMinutes: settings.interval, periods: periods, desk: settings.desk,
            alarms: { alarms.rules }, pages: WebFolder.pages.find(), openAPI: WebFolder.openAPI.find(),
            timezone: settings.timezone,
            numbers: { numbers.now },
            customFields: settings.customers.fields,
            eventConnections: { connections.now }, purchases: settings.purchases,
            contacts: settings.contacts, work: { work.now }, lists: { lists.now }, mail: settings.mail,
            signIn: settings.signIn, numbersSeenBy: settings.numbers.seenBy, retention: { retention.now })
    }

    func listen(
        _ inherited: [CInt], _ parts: EventSocket.Parts, on loop: any EventLoop
    ) async throws -> [EventSocket] {
        if inherited.isEmpty { return [try await .listen(path: settings.paths.eventsSocket, parts, on: loop)] }
        var listening: [EventSocket] = []
        for descriptor in inherited { listening.append(try await .listen(descriptor: descriptor, parts, on: loop)) }
        return listening
    }
}
