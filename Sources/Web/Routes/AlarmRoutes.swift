import CallCenter
import Engine
import EventWire
import Hummingbird

/// `GET /v1/alarms`: what is not as it should be.
struct AlarmRoutes {
    let house: House

    func add(to router: Router<WebContext>) { router.get("v1/alarms", use: list) }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.supervise)
        let alarms = house.alarms(), language = request.language ?? house.settings.language
        return .json { out in
            out.object { out in
                out.key("alarms")
                out.array { out in for alarm in alarms { out.object { alarm.write(language, into: &$0) } } }
            }
        }
    }
}
