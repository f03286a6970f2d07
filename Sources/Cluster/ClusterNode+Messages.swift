import Engine
import Foundation

/// Messages between desks, which are no entries of the log: the leader passes them to the desks of the other nodes.
extension ClusterNode {
    /// Passes a message on.
    ///
    /// - Returns: whether there are other nodes at the moment, whose desks may show it.
    public func passOn(_ message: DeskMessage) -> Bool {
        guard let notice = message.notice else { return false }
        leading.send(notice)
        return status.nodes.contains { $0.isAlive && $0.node != node }
    }
}

extension DeskMessage {
    init?(notice: [UInt8]) {
        guard let message = try? JSONDecoder().decode(DeskMessage.self, from: Data(notice)) else { return nil }
        self = message
    }

    var notice: [UInt8]? { (try? JSONEncoder().encode(self)).map { [UInt8]($0) } }
}
