/// What FreeSWITCH says is there: its agents, their queues, callers who wait, channels.
public struct SwitchLists: Sendable {
    /// A line of a list, by the names in its head.
    public typealias Row = [String: String]

    /// Of mod_callcenter: its operators.
    public var agents: [Row] = []
    /// Of mod_callcenter: which agent serves which queue.
    public var tiers: [Row] = []
    /// Names of mod_callcenter's queues, with their domains.
    public var queues: [String] = []
    var members: [Row] = []
    /// Of all calls, the PBX's own legs included.
    public var channels: [Row] = []
    /// The facts of channels that called the PBX, by their ids.
    public var facts: [String: SwitchEvent] = [:]
    /// mod_callcenter answered; without it there are ring groups alone.
    public var hasQueues = true

    init() {}

    /// Rows of `callcenter_config … list`. A row with another number of fields than the head is left out: names and
    /// numbers that callers choose stand in it unescaped.
    ///
    /// - Returns: nil for an answer that is no list.
    static func rows(_ text: String) -> [Row]? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let head = lines.first, head.contains("|"), !head.hasPrefix("-") else { return nil }
        let names = head.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().compactMap { line in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == names.count else { return nil }
            return Dictionary(zip(names, fields), uniquingKeysWith: { first, _ in first })
        }
    }

    /// Rows of `show channels as json`, which has none at all without calls.
    ///
    /// - Returns: nil for an answer that is no list.
    static func channels(_ bytes: [UInt8]) -> [Row]? {
        guard let json = SwitchJSON.read(bytes), json["row_count"] != nil else { return nil }
        guard case .list(let rows)? = json["rows"] else { return [] }
        return rows.compactMap { row in
            guard case .object(let fields) = row else { return nil }
            return fields.compactMapValues(\.text)
        }
    }
}
