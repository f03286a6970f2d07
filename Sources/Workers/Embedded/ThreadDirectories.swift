import CallCenter
import NIOPosix

/// A directory for each thread that reads events, so that callers are looked up beside the engine's thread and not on
/// it.
public final class ThreadDirectories: Sendable {
    private let own = ThreadSpecificVariable<Own>()
    private let open: @Sendable () throws -> CustomerDirectory

    /// `@unchecked Sendable`: made by a thread for itself, and reached through that thread's variable alone.
    private final class Own: @unchecked Sendable {
        let directory: CustomerDirectory?
        init(_ directory: CustomerDirectory?) { self.directory = directory }
    }

    public init(open: @escaping @Sendable () throws -> CustomerDirectory) { self.open = open }

    /// nil when the records cannot be opened: the engine asks its own directory then, and says what is wrong.
    public func lookup(_ question: Centre.LookupQuestion) -> Lookup? {
        if let own = own.currentValue { return own.directory?.lookup(question) }
        let made = Own(try? open())
        own.currentValue = made
        return made.directory?.lookup(question)
    }

    public func rest() { own.currentValue?.directory?.rest() }
}
