import Engine

/// What desks are told that is no entry of the log: the leader passes it to the desks of the other nodes.
extension ClusterNode {
    /// Passes a message on.
    ///
    /// - Returns: whether there are other nodes at the moment, whose desks may show it.
    public func passOn(_ message: DeskMessage) -> Bool {
        leading.send(.message(message))
        return status.nodes.contains { $0.isAlive && $0.node != node }
    }
}
