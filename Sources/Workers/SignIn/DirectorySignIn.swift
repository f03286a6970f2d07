import CRMLookup
import Foundation
import LDAP
import NIOPosix
import Settings
import Storage
import Synchronization

/// Asks a directory who somebody is, by name and password: looks the person up, binds as them, and reads their groups.
///
/// It runs on two threads of its own: never on the loop of calls, and a directory that is silent delays nobody but who
/// signs in. More attempts than a few wait in vain, and are answered so.
public final class DirectorySignIn: Sendable {
    private let settings: Settings.SignIn.Directory
    private let roles: DirectoryRoles
    private let pool: NIOThreadPool
    private let underWay = Mutex(0)

    private static let threads = 2
    /// Attempts at once, those that wait for a thread included.
    private static let attemptsMax = 16
    /// Bytes of an operator's number, as events have it.
    private static let operatorMax = 128

    /// Starts the threads; nothing is asked yet.
    public init(_ settings: Settings.SignIn.Directory) {
        self.settings = settings
        roles = DirectoryRoles(settings)
        pool = NIOThreadPool(numberOfThreads: DirectorySignIn.threads)
        pool.start()
    }

    // An attempt that is under way holds this.
    deinit { pool.shutdownGracefully { _ in } }

    /// - Parameters:
    ///   - who: as it was typed.
    ///   - byNumber: `who` is an operator's number, that of an account that signed in before.
    public func check(_ who: String, password: String, byNumber: Bool) async -> DirectoryAnswer {
        guard !who.isEmpty, !password.isEmpty else { return .wrong }
        let hasRoom = underWay.withLock { count in
            guard count < DirectorySignIn.attemptsMax else { return false }
            count += 1
            return true
        }
        guard hasRoom else { return .unavailable("too many attempts wait for it") }
        let late = DirectoryAnswer.unavailable("the directory did not answer in time")
        return await Once<DirectoryAnswer>().wait(within: settings.timeout, late: late) {
            await withCheckedContinuation { continuation in
                self.pool.submit { _ in
                    let answer = self.answer(who, password, byNumber)
                    self.underWay.withLock { $0 -= 1 }
                    continuation.resume(returning: answer)
                }
            }
        }
    }

    private func answer(_ who: String, _ password: String, _ byNumber: Bool) -> DirectoryAnswer {
        let start = ContinuousClock.now
        /// Milliseconds that are left of the time.
        func left() throws(DirectoryError) -> Int {
            let time = start.duration(to: .now).components
            let rest = settings.timeout - time.seconds * 1_000 - time.attoseconds / 1_000_000_000_000_000
            guard rest > 0 else { throw .timeout }
            return Int(rest)
        }
        do {
            let place = DirectoryPlace(
                url: settings.url, startTLS: settings.startTLS, authorities: settings.authorities)
            let session = try DirectorySession(place, within: left())
            if !settings.user.isEmpty {
                do { try session.bind(dn: settings.user, password: try secret(), within: left()) } catch
                    DirectoryError.wrongCredentials
                {
                    return .unavailable("the directory refuses \(settings.user); see secret_file of [sign_in.ldap]")
                }
            }
            // Two would leave it to chance who signs in.
            let found = try session.search(
                base: settings.base, wholeTree: true, filter: filter(who, byNumber), attributes: attributes,
                countMax: 2, within: left())
            guard let entry = found.first else { return .wrong }
            guard found.count == 1 else { return .refused("the directory has several entries for \(who.prefix(64))") }
            try session.bind(dn: entry.dn, password: password, within: left())
            return try person(entry, who, byNumber, session, left)
        } catch let error as DirectoryError {
            switch error {
            case .wrongCredentials, .emptyCredentials: return .wrong
            default: return .unavailable("\(error)")
            }
        } catch { return .unavailable("\(error)") }
    }

    private func filter(_ who: String, _ byNumber: Bool) -> String {
        guard byNumber, !settings.operator.isEmpty else { return DirectoryRoles.filled(settings.filter, user: who) }
        return "(\(settings.operator)=\(LookupText.filterValue(who)))"
    }

    private var attributes: [String] {
        var names: Set<String> = [settings.operator, settings.name]
        if settings.groupBase.isEmpty { names.insert(settings.memberOf) }
        return names.subtracting([""]).sorted()
    }

    private func person(
        _ entry: DirectoryEntry, _ who: String, _ byNumber: Bool, _ session: DirectorySession,
        _ left: () throws(DirectoryError) -> Int
    ) throws -> DirectoryAnswer {
        let number = settings.operator.isEmpty ? who : entry.values[settings.operator]?.first ?? ""
        let isNumber = (1...DirectorySignIn.operatorMax).contains(number.utf8.count)
            && number.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isNumber else { return .refused("\(entry.dn) has no number in \(settings.operator)") }
        let groups: [String]
        if settings.groupBase.isEmpty {
            groups = entry.values[settings.memberOf] ?? []
        } else {
            // Read as the one who searches, where there is one: a person may not see groups.
            if !settings.user.isEmpty { try session.bind(dn: settings.user, password: try secret(), within: left()) }
            let filter = DirectoryRoles.filled(settings.groupFilter, user: who, dn: entry.dn)
            groups = try session.search(
                base: settings.groupBase, wholeTree: true, filter: filter, attributes: [], countMax: 1_000,
                within: left()
            ).map(\.dn)
        }
        guard let role = roles.role(of: groups) else {
            return .refused("none of the groups of \(entry.dn) has a role in [sign_in.ldap.roles]")
        }
        return .person(DirectoryPerson(operator: number, role: role, name: entry.values[settings.name]?.first))
    }

    private func secret() throws -> String { try LookupSecrets.read(settings.secretFile) }
}
