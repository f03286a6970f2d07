import EventWire
import HTTPTypes
import Hummingbird

/// `GET /v1/cluster`: the nodes, who leads, how far each is. A daemon without a cluster is its only node.
struct ClusterRoutes {
    let status: @Sendable () async -> ClusterStatus

    func add(to router: GuardedRouter) { router.get("v1/cluster", may: .supervisor, use: nodes) }

    private func nodes(_ request: Request, _ context: WebContext) async throws -> Response {
        let status = await status()
        return .json { out in
            out.object { out in
                out.field("leader", status.leader)
                out.key("nodes")
                out.array { out in
                    for node in status.nodes {
                        out.object { out in
                            out.field("node", node.node)
                            out.field("state", node.state.rawValue)
                            out.field("seq", node.seq)
                            out.field("lag_ms", node.lagMs)
                        }
                    }
                }
            }
        }
    }
}
