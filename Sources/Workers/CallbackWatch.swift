import CallCenter

/// Looks whether callers came to wait to be called back, or were reached, so that the desks show them at once. What
/// people do with a callback is passed on where they do it.
public struct CallbackWatch: Sendable {
    /// Every few seconds, as all desks ask for their lists then.
    private let every: Duration

    /// - Parameter every: the time between two looks.
    public init(every: Duration = .seconds(3)) { self.every = every }

    /// Looks until the task is cancelled.
    ///
    /// - Parameters:
    ///   - due: who waits; nil while the daemon stops.
    ///   - changed: is called when that is another than at the look before.
    public func follow(due: @Sendable () async -> CallbacksDue?, changed: @Sendable () async -> Void) async {
        var last = await due()
        while !Task.isCancelled {
            try? await Task.sleep(for: every)
            guard let now = await due() else { continue }
            if let last, last != now { await changed() }
            last = now
        }
    }
}
