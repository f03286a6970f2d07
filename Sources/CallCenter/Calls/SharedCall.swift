/// A call that several may hold at once: a copy is one reference, and a change copies the call only while somebody else
/// holds it.
///
/// A call itself has dozens of references, each of which a copy would count.
public struct SharedCall: Equatable, Sendable {
    /// Always one: the copies of an array share its storage.
    private var storage: [Call]

    /// Shares a call.
    public init(_ call: consuming Call) { storage = [call] }

    /// The call, read and changed in place.
    public var call: Call {
        _read { yield storage[0] }
        _modify { yield &storage[0] }
    }
    /// The number that the daemon gave the call.
    public var number: Int64 { storage[0].number }
}
