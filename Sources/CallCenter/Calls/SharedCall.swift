/// A call that several may hold at once: a copy is one reference, and a change copies the call only while somebody else
/// holds it.
///
/// A call itself has dozens of references, each of which a copy would count.
public struct SharedCall: Equatable, Sendable {
    /// Always one: the copies of an array share its storage.
    private var storage: [Call]

    public init(_ call: consuming Call) { storage = [call] }

    public var call: Call {
        _read { yield storage[0] }
        _modify { yield &storage[0] }
    }
    public var number: Int64 { storage[0].number }
}
