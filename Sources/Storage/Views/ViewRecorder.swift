/// The view log, as the interface needs it.
public protocol ViewRecorder: Sendable {
    /// Records what somebody is about to be shown, and returns when there is room for it; it is on disk soon after.
    ///
    /// - Throws: `ViewsNotWritable` when the disk has refused for so long that there is no room. Nothing is to be shown
    ///   then.
    func record(_ views: [RecordView]) async throws
    /// Records what a pop has shown. Never waits: where there is no room it is counted in `status.dropped`, and the
    /// event log alone has the pop.
    func recordAtOnce(_ views: [RecordView])
    /// A part of the log, with what was recorded before.
    func page(_ asked: ViewQuery) throws -> ViewPage
    /// Reads the whole log and checks it.
    ///
    /// - Parameter expected: a hash that has to be in it, in hexadecimal digits, or the first of them; nil for none.
    func verify(expecting expected: String?) throws -> ViewVerdict
    /// How the writing does; may be asked on any thread.
    var status: ViewStatus { get }
}

/// How the writing of the view log does.
public struct ViewStatus: Equatable, Sendable {
    /// Views written since the start.
    public var written: Int64 = 0
    /// Views that wait to be written.
    public var backlog = 0
    /// Views of pops since the start for which there was no room.
    public var dropped: Int64 = 0
    /// Why the last write failed, in a sentence; nil when it succeeded.
    public var problem: String?

    /// Nothing was written yet.
    public init() {}
}

/// The view log cannot be written, so nothing of customers may be shown.
public struct ViewsNotWritable: Error {
    /// The one error there is.
    public init() {}
}
