import AMI
import AsteriskBridge
import EventWire

/// What is asked of the PBX by way of screenpopd.
extension LiveBridge {
    /// How long an operator's own phone rings. Milliseconds.
    private static let ringMs: Int64 = 30_000

    /// screenpopd's orders come from here on.
    ///
    /// - Returns: what became of them, as it is known.
    func ordersUp() -> AsyncStream<[UInt8]> {
        let (lines, answers) = AsyncStream<[UInt8]>.makeStream()
        self.answers = answers
        return lines
    }

    func ordersDown() { answers = nil }

    /// Takes an order, and asks the PBX.
    func take(_ order: PBXOrder) {
        guard session?.isUp == true, manager != nil else {
            return answer(.refused(id: order.id, reason: "the PBX is not reached; the bridge keeps trying"))
        }
        lastOrder += 1
        do throws(OrderRefusal) {
            let actions = try translator.actions(
                for: order, id: "screenpop-order-\(lastOrder)", dialContext: options.dialContext,
                ringMs: LiveBridge.ringMs)
            orders[lastOrder] = OrderProgress(order, actions)
            // An order whose answer never comes is removed with the connection, or by the many that follow.
            orders[lastOrder - 1_000] = nil
            ask(actions.flatMap(\.bytes))
        } catch { answer(.refused(id: order.id, reason: error.description)) }
    }

    /// A response of the manager's, or its event about an action.
    func tellOfOrders(_ frame: AMIFrame) {
        // `screenpop-order-17.0`
        guard let id = frame["ActionID"], id.hasPrefix("screenpop-order-"),
            let number = Int(id.dropFirst(16).prefix { $0 != "." }),
            let line = orders[number]?.take(frame), let order = orders.removeValue(forKey: number)?.order
        else { return }
        if case .refused = line { tell(translator.gaveUp(order, at: LiveBridge.now())) }
        answer(line)
    }

    private func answer(_ line: OrderLine) {
        var out = ByteBuilder(capacity: 128)
        line.write(into: &out)
        answers?.yield(out.bytes)
    }
}
