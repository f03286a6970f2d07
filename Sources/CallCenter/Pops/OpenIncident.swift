/// Something that makes many call and goes on, as far as a pop shows it. A part of the look-up, and so of the log.
public struct OpenIncident: Equatable, Sendable, Codable {
    public var id: Int64
    /// What it is, in a line for operators.
    public var title: String
    /// When it was opened.
    public var openedAt: Timestamp
    /// Of each of these lists that is not empty, something has to fit the call.
    public var queues: [String]
    /// Numbers that were called.
    public var lines: [String]
    /// Places as a pop shows them, or the beginnings of numbers in E.164.
    public var regions: [String]
    /// The candidates of the look-up whose tags and products fit; nil when it asks for none.
    public var customers: [Int64]?

    /// Copies its arguments.
    public init(
        id: Int64, title: String, openedAt: Timestamp, queues: [String] = [], lines: [String] = [],
        regions: [String] = [], customers: [Int64]? = nil
    ) {
        self.id = id
        self.title = title
        self.openedAt = openedAt
        self.queues = queues
        self.lines = lines
        self.regions = regions
        self.customers = customers
    }

    /// Whether a call is concerned.
    func concerns(queue: String?, line: String?, caller: CallerNumber, customer: Int64?) -> Bool {
        func fits(_ list: [String], _ isOne: (String) -> Bool) -> Bool { list.isEmpty || list.contains(where: isOne) }
        if let customers, !(customer.map(customers.contains) ?? false) { return false }
        return fits(queues) { $0 == queue } && fits(lines) { $0 == line }
            && fits(regions) { OpenIncident.isFrom($0, caller) }
    }

    /// Whether a caller is from a place.
    public static func isFrom(_ place: String, _ caller: CallerNumber) -> Bool {
        if place.hasPrefix("+") { return caller.e164?.hasPrefix(place) ?? false }
        return caller.place?.contains(place) ?? false || caller.region == place
    }

    /// What two look-ups of one call found, the newer one first.
    static func merged(_ newer: [OpenIncident]?, _ older: [OpenIncident]?) -> [OpenIncident]? {
        guard var all = newer else { return older }
        for one in older ?? [] {
            guard let i = all.firstIndex(where: { $0.id == one.id }) else {
                all.append(one)
                continue
            }
            // Each look-up names its own candidates.
            guard let these = all[i].customers, let those = one.customers else { continue }
            all[i].customers = these + those.filter { !these.contains($0) }
        }
        return all
    }
}
