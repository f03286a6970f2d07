import CallCenter
import NIOPosix

/// A caller directory for each thread that decodes events, so that callers are looked up there and not on the engine's
/// thread.
public final class ThreadDirectories: Sendable {
    private let own = ThreadSpecificVariable<Own>()
    private let open: @Sendable () throws -> CustomerDirectory

    /// `@unchecked Sendable`: made by a thread for itself, and reached through that thread's variable alone.
    private final class Own: @unchecked Sendable {
        let directory: CustomerDirectory?
        init(_ directory: CustomerDirectory?) { self.directory = directory }
    }

    /// `open` is called once on each thread that looks a caller up.
    public init(open: @escaping @Sendable () throws -> CustomerDirectory) { self.open = open }

    /// nil when the records cannot be opened: the engine then uses its own directory, and logs the error.
    public func lookup(_ question: Centre.LookupQuestion) -> Lookup? {
        if let own = own.currentValue { return own.directory?.lookup(question) }
        let made = Own(try? open())
        own.currentValue = made
        return made.directory?.lookup(question)
    }

    /// Ends the read transaction of the calling thread's directory.
    public func rest() { own.currentValue?.directory?.rest() }
}
