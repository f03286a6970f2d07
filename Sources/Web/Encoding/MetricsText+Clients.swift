import Engine

/// What clients have open, and what was refused because it was too much.
struct ClientCounts: Sendable {
    let connections: HTTPConnections
    let streams: OpenStreams
    let replays: ReplayGate
    let orders: PBXOrders
}

extension MetricsText {
    mutating func clients(_ counts: ClientCounts) {
        family("screenpop_http_connections", .gauge, "Connections of HTTP clients.")
        sample("screenpop_http_connections", [], counts.connections.count)
        family("screenpop_event_streams", .gauge, "Streams of events that are open.")
        sample("screenpop_event_streams", [], counts.streams.count(of: .events))
        family("screenpop_order_connections", .gauge, "Connections over which bridges take orders.")
        sample("screenpop_order_connections", [], counts.orders.connections)
        family("screenpop_refused_total", .counter, "What was refused since the start, as the most was open already.")
        let refused = [
            ("connections", counts.connections.refusedCount), ("streams", counts.streams.refusedCount),
            ("replays", counts.replays.refusedCount), ("order_connections", counts.orders.refusedCount),
        ]
        for (what, count) in refused { sample("screenpop_refused_total", [("what", what)], count) }
    }
}
