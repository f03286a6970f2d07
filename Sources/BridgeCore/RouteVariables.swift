import Foundation

/// The dialplan variables with the route of a call, from the reply to its offer.
public struct RouteVariables: Equatable, Sendable {
    /// Names without `SCREENPOP_`, in their order.
    public private(set) var values: [(name: String, value: String)]

    /// Compares names and values in their order.
    public static func == (a: RouteVariables, b: RouteVariables) -> Bool {
        a.values.elementsEqual(b.values) { $0.name == $1.name && $0.value == $1.value }
    }

    /// No reply in time: the call continues as without the daemon.
    public static func none(_ reason: String) -> RouteVariables {
        RouteVariables(values: [("ACTION", "queue"), ("PRIORITY", "0"), ("REASON", reason)])
    }

    private init(values: [(name: String, value: String)]) { self.values = values }

    private final class Reply: Decodable {
        struct Customer: Decodable {
            var id: Int64
            var tier: String?
        }
        struct Route: Decodable {
            var action: String
            var device: String?
            var devices: [String]?
            var wait: Int?
            var queue: String?
            var priority: Int?
            var reason: String?
        }
        struct Fallback: Decodable { var fallback: Route? }
        struct Whole: Decodable { var route: Fallback? }
        var customer: Customer?
        var route: Route?
    }

    /// - Parameters:
    ///   - reply: the line that answered `call.offered`; nil when it has no route. A reply that does not
    ///     acknowledge the event may have one: screenpopd decides while its log cannot be written.
    ///   - separator: what stands between several devices: `&` for Asterisk's Dial, `,` for FreeSWITCH's bridge.
    public init?(reply: [UInt8], separator: String = "&") {
        let data = Data(reply), decoder = JSONDecoder()
        guard let said = try? decoder.decode(Reply.self, from: data), let route = said.route else {
            return nil
        }
        let fallback = (try? decoder.decode(Reply.Whole.self, from: data))?.route?.fallback
        values = [("ACTION", route.action)]
        if let device = route.device { values.append(("DEVICE", device)) }
        if let devices = route.devices ?? fallback?.devices {
            values.append(("DEVICES", devices.joined(separator: separator)))
        }
        if let wait = route.wait { values.append(("WAIT", String(wait))) }
        if let queue = route.queue { values.append(("QUEUE", queue)) }
        values += [("PRIORITY", String(route.priority ?? 0)), ("REASON", route.reason ?? "")]
        if let customer = said.customer {
            values.append(("CUSTOMER_ID", String(customer.id)))
            if let tier = customer.tier { values.append(("TIER", tier)) }
        }
    }
}
