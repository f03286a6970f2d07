import AMI
import AsteriskBridge
import BridgeLink
import EventWire

/// Orders to the PBX that come from screenpopd.
extension LiveBridge {
    /// How long an operator's own phone rings. Milliseconds.
    private static let ringMs: Int64 = 30_000

    /// Sends an order to the PBX.
    public func execute(_ order: PBXOrder) {
        guard session?.isUp == true, manager != nil else {
            return daemon.answer(.refused(id: order.id, reason: "the PBX is not reached; the bridge keeps trying"))
        }
        lastOrder += 1
        do throws(OrderRefusal) {
            let actions = try translator.actions(
                for: order, id: "screenpop-order-\(lastOrder)", dialContext: options.dialContext,
                ringMs: LiveBridge.ringMs)
            orders[lastOrder] = OrderProgress(order, actions)
            // An order without an answer is removed with the connection, or after a thousand later ones.
            orders[lastOrder - 1_000] = nil
            ask(actions.flatMap(\.bytes))
        } catch { daemon.answer(.refused(id: order.id, reason: error.description)) }
    }

    /// Handles a response of the manager, or an event about an action.
    func updateOrder(_ frame: AMIFrame) {
        // `screenpop-order-17.0`
        guard let id = frame["ActionID"], id.hasPrefix("screenpop-order-"),
            let number = Int(id.dropFirst(16).prefix { $0 != "." }),
            let line = orders[number]?.advance(frame), let order = orders.removeValue(forKey: number)?.order
        else { return }
        if case .refused = line { send(translator.gaveUp(order, at: BridgeClock.now())) }
        daemon.answer(line)
    }
}
