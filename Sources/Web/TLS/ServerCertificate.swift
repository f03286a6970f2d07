import CallCenter
import Doctor
import EventWire
import Logging
import NIOSSL
import Synchronization

/// The daemon's own certificate. Its files are read again when they change; while newer files are wrong, the
/// certificate that was read before stays in use.
public final class ServerCertificate: Sendable {
    /// How often the files are looked at.
    public static let pause = Duration.seconds(10)

    /// What is in use, and what is wrong with it.
    public struct Status: Equatable, Sendable {
        /// Of the certificate in use; UTC.
        public var beginsAt: Timestamp
        /// Of the certificate in use; UTC.
        public var expiresAt: Timestamp
        /// Why the newest files are not in use; nil when they are.
        public var problem: String?

        /// Why browsers refuse it at some moment, or why a newer one is not in use; nil when all is well.
        public func fault(at now: Timestamp) -> String? {
            if expiresAt <= now { return "The certificate has expired (\(RFC3339.string(expiresAt)))." }
            if beginsAt > now { return "The certificate is not valid before \(RFC3339.string(beginsAt))." }
            return problem.map { "The newer certificate is not in use: \($0)" }
        }
    }

    private struct State {
        var context: NIOSSLContext
        var status: Status
        /// Of the files that are in use.
        var used: CertificateFiles.Stamp
        /// Of files that were refused, so that they are not read again before they change.
        var refused: CertificateFiles.Stamp?
    }
    /// Where it is read from.
    public let files: CertificateFiles
    private let state: Mutex<State>
    private let logger: Logger

    /// - Throws: `CertificateError` when one of the files is wrong.
    public init(_ files: CertificateFiles, logger: Logger) throws(CertificateError) {
        self.files = files
        self.logger = logger
        // Before the reading: files that change meanwhile are read again.
        let stamp = CertificateFiles.Stamp(files), content = try files.read()
        state = Mutex(
            State(
                context: content.context, status: Status(beginsAt: content.beginsAt, expiresAt: content.expiresAt),
                used: stamp))
    }

    /// For the next connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// To be read on any thread.
    public var status: Status { state.withLock { $0.status } }

    /// Reads the files again when they have changed.
    ///
    /// - Parameters:
    ///   - now: an expired certificate does not replace another one.
    ///   - isForced: they are read also when they look as before.
    public func refresh(now: Timestamp, isForced: Bool = false) {
        let stamp = CertificateFiles.Stamp(files)
        let isKnown = state.withLock { stamp == $0.refused || stamp == $0.used && $0.status.problem == nil }
        if isKnown, !isForced { return }
        do throws(CertificateError) {
            let content = try files.read()
            if content.expiresAt <= now {
                throw CertificateError("\(files.certificate) has expired (\(RFC3339.string(content.expiresAt)))")
            }
            if content.beginsAt > now {
                throw CertificateError(
                    "\(files.certificate) is not valid before \(RFC3339.string(content.beginsAt)): is the clock right?")
            }
            state.withLock {
                $0 = State(
                    context: content.context, status: Status(beginsAt: content.beginsAt, expiresAt: content.expiresAt),
                    used: stamp)
            }
            logger.notice("another certificate is in use, until \(RFC3339.string(content.expiresAt))")
        } catch {
            state.withLock {
                $0.refused = stamp
                $0.status.problem = error.description
            }
            logger.error("the certificate stays as it was: \(error)")
        }
    }

    /// Looks at the files until the task is cancelled. Blocks while it reads them.
    public func follow(now: @Sendable () -> Timestamp) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: ServerCertificate.pause)
            if !Task.isCancelled { refresh(now: now()) }
        }
    }

    /// For the doctor.
    func facts(now: Timestamp) -> CertificateFacts {
        let status = status
        return CertificateFacts(
            file: files.certificate, keyFile: files.key, left: status.expiresAt - now,
            lifetime: status.expiresAt - status.beginsAt, startsIn: status.beginsAt - now, problem: status.problem,
            isKeyOpen: files.isKeyOpen)
    }
}
