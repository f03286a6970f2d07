import CUnixSocket
import CallCenter
import Hummingbird
import NIOCore
import Storage
import Synchronization

/// Which customers the answer to one request shows. The encoders of customers' data say so as they write, and
/// `ViewNotes` records it before the answer is sent: a route cannot forget it.
final class Viewing: Sendable {
    private struct Seen: Hashable {
        var customer: Int64
        var through: RecordView.Means
    }
    private let seen = Mutex<[Seen: Int]>([:])

    fileprivate func add(_ customer: Int64, _ through: RecordView.Means) {
        seen.withLock { seen in
            let one = Seen(customer: customer, through: through)
            if seen[one] == nil { seen[one] = seen.count }
        }
    }

    /// What was seen until now, in the order in which it was written; afterwards there is nothing.
    func views(by viewer: Viewer, at time: Timestamp) -> [RecordView] {
        let all = seen.withLock { seen in
            defer { seen = [:] }
            return seen.sorted { $0.value < $1.value }.map(\.key)
        }
        return all.map { RecordView(at: time, by: viewer, through: $0.through, customer: $0.customer) }
    }
}

/// Who reads what an encoder writes, and by what.
struct Reader: Sendable {
    fileprivate let viewing: Viewing
    fileprivate let through: RecordView.Means

    /// The answer shows data of this customer.
    func sees(_ customer: Int64) { viewing.add(customer, through) }
}

extension WebContext {
    /// The reader of an answer.
    ///
    /// - Parameter means: by what it is shown; nil for the record itself, in a browser or by a program.
    func reader(_ means: RecordView.Means? = nil) -> Reader {
        let itself: RecordView.Means = isBrowser ? .desk : listener == .local ? .command : .api
        return Reader(viewing: viewing, through: means ?? itself)
    }

    /// The client, as the view log names it.
    var viewer: Viewer {
        switch who {
        case .person(let number, _), .token(_, .operator, let number?, _): .operator(number)
        case .token(let id, _, _, _): .token(id)
        case .local, .nobody, .enrolling: .local(user: user)
        }
    }
}

/// Records whom an answer shows before it is sent. When that is not possible the answer is a 503 instead, so that
/// nothing is shown unrecorded.
struct ViewNotes: RouterMiddleware {
    let views: any ViewRecorder
    let now: @Sendable () -> Timestamp

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        let answer: Result<Response, any Error>
        do { answer = .success(try await next(request, context)) } catch { answer = .failure(error) }
        let seen = context.viewing.views(by: context.viewer, at: now())
        if !seen.isEmpty {
            do { try await views.record(seen) } catch is ViewsNotWritable {
                throw Problem(
                    .serviceUnavailable,
                    "Who sees which customer cannot be written now, so no customer is shown; ask again in a moment."
                )
            }
        }
        return try answer.get()
    }
}

/// The user of the program at the other end of a Unix socket.
enum LocalUser {
    /// As the kernel names it (`SO_PEERCRED` of socket(7)); nil for TCP, and where it does not.
    static func id(of channel: any Channel) async -> UInt32? {
        let asked =
            (channel as? any SocketOptionProvider)?
            .unsafeGetSocketOption(level: .init(rawValue: 1), name: .init(rawValue: 17)) as EventLoopFuture<unix_peer>?
        return try? await asked?.map { UInt32($0.uid) }.get()
    }
}
