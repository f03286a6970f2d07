import CallCenter
import Engine
import EventWire
import Hummingbird

/// `GET /v1/alarms`: what is not as it should be.
struct AlarmRoutes {
    let alarms: @Sendable () -> [Alarm]
    let settings: WebSettings

    func add(to router: GuardedRouter) { router.get("v1/alarms", may: .supervisor, use: list) }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let alarms = self.alarms(), language = request.language ?? settings.language
        return .json { out in
            out.object { out in
                out.key("alarms")
                out.array { out in for alarm in alarms { out.object { alarm.write(language, into: &$0) } } }
            }
        }
    }
}
