import CallCenter
import Engine
import EventWire
import Glibc
import HTTPTypes
import Hummingbird
import Storage

/// Health of the daemon: alive, ready, status.
struct HealthRoutes {
    let engine: Engine
    let records: CustomerStore
    let views: any ViewRecorder
    let settings: WebSettings
    /// nil where it was not installed.
    let description: InterfaceDescription?
    /// Whether another node alone shows what happens; nil on a machine of its own.
    let leaderWaits: (@Sendable () -> Bool)?
    /// nil without TLS of its own.
    let certificate: ServerCertificate?
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("healthz", may: .anyone) { _, _ in Response.json { $0.object { $0.field("alive", true) } } }
        router.get("readyz", may: .known, use: ready)
        router.get("v1/status", may: .supervisor, use: status)
        router.get("v1/openapi.json", may: .known) { _, _ in
            guard let description else {
                throw Problem(
                    .serviceUnavailable,
                    "The description is not installed: it belongs beside the program, in ../share/screenpop/openapi.")
            }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: description.text)))
        }
    }

    private func ready(_ request: Request, _ context: WebContext) async throws -> Response {
        var reasons: [String] = [], warnings: [String] = []
        switch engine.logState {
        case .writable: break
        // Of all nodes this one alone decides and pops now: a proxy has to leave the desks here.
        case .late:
            warnings.append("The database of the log does not answer: events are acknowledged when it is back.")
        case .refuses: reasons.append("The log cannot be written: is the disk full?")
        }
        do { try records.probe() } catch { reasons.append("The customers' database cannot be read.") }
        if leaderWaits?() == true {
            reasons.append("The database of the log is away: pops are shown by the node that leads.")
        }
        if let health = await engine.health() {
            if let problem = health.checkpointProblem {
                warnings.append("The checkpoint cannot be kept, so a start takes longer: \(problem)")
            }
        } else {
            reasons.append("The engine has stopped, or cannot keep up.")
        }
        if let problem = views.status.problem {
            warnings.append("Who sees which customer cannot be written: \(problem)")
        }
        if let fault = certificate?.status.fault(at: now()) { warnings.append(fault) }
        if description == nil {
            warnings.append("The description of the interface is not installed: unknown query parameters are let pass.")
        }
        let all = reasons, also = warnings
        return .json(all.isEmpty ? .ok : .serviceUnavailable) { out in
            out.object { out in
                out.field("ready", all.isEmpty)
                if !all.isEmpty { out.field("reasons", all) }
                if !also.isEmpty { out.field("warnings", also) }
            }
        }
    }

    private func status(_ request: Request, _ context: WebContext) async throws -> Response {
        let settings = self.settings
        guard let places = await engine.places(),
            let live = await engine.ask({ centre, now in
                (open: centre.open.count, operators: centre.operators.values.count { $0.isLoggedIn }, now: now)
            })
        else { throw Problem.stopping }
        let customers = try records.count()
        let streams = engine.streams.count
        let isWritable = engine.isLogWritable
        return .json { out in
            out.object { out in
                out.field("version", settings.version)
                out.field("pid", Int(getpid()))
                out.field("started_at", settings.startedAt)
                out.field("uptime_ms", live.now - settings.startedAt)
                out.field("seq", places.last)
                out.field("committed_seq", places.committed)
                out.field("log_writable", isWritable)
                out.field("open_calls", live.open)
                out.field("operators_logged_in", live.operators)
                out.field("event_connections", settings.eventConnections())
                out.field("streams", streams)
                out.field("customers", customers)
                out.field("state_dir", settings.stateDirectory)
                out.key("database")
                out.object { out in
                    out.field("events_bytes", HealthRoutes.bytes(settings.stateDirectory + "/events.db"))
                    out.field("customers_bytes", HealthRoutes.bytes(settings.stateDirectory + "/customers.db"))
                    out.field("views_bytes", HealthRoutes.bytes(settings.stateDirectory + "/views.db"))
                }
            }
        }
    }

    /// A database with its write-ahead log.
    private static func bytes(_ path: String) -> Int64 {
        [path, path + "-wal"].reduce(0) { sum, path in
            var found = stat()
            return stat(path, &found) == 0 ? sum + Int64(found.st_size) : sum
        }
    }
}
