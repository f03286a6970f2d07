/// One connection to the manager, from its banner to its end: login, lists of live channels and members, then events.
/// Pure: its inputs are received parts and the time, its outputs are bytes to send and facts.
///
/// The login is by challenge, so that the secret is never on the wire (docs.asterisk.org, `ManagerAction_Challenge`).
public struct AMISession: Sendable {
    /// A step for the caller to perform.
    public enum Step: Equatable, Sendable {
        /// The bytes of the action are to be written to the connection.
        case send(AMIAction)
        /// The login succeeded; the lists of live channels, callers and members were requested.
        case loggedIn(banner: String)
        /// The complete lists; nil when the other side does not answer them, as a player of recordings. Events follow,
        /// including those received before.
        case alive(AMILists?)
        /// - Parameter ageMs: how long ago it was read, where it had to wait for the lists.
        case event(AMIFrame, ageMs: Int64)
        /// The answer to an action of the caller's.
        case response(AMIFrame)
        /// The connection failed.
        case failed(Failure)
    }

    /// Why a session ended; the connection is to be closed, and tried again later.
    public enum Failure: Error, Equatable, Sendable {
        /// The other side is no manager.
        case noManager
        /// The name or the secret is wrong, or the address is not permitted.
        case refused(String)
        /// No answer in time.
        case silent
    }

    private enum State: Equatable {
        case banner, challenge, login, lists, up, failed
    }

    static let challengeID = "screenpop-challenge", loginID = "screenpop-login", pingID = "screenpop-ping"
    static let queuesID = "screenpop-queues", channelsID = "screenpop-channels"

    /// After this time without data a ping is sent. Milliseconds.
    public static let pingAfterMs: Int64 = 10_000
    /// After this time without data, pings included, the connection is closed. Milliseconds.
    public static let silentAfterMs: Int64 = 30_000
    /// The longest wait for the lists; a large centre's take a second. Milliseconds.
    static let listsAfterMs: Int64 = 10_000
    /// The longest wait for the first response to the list requests; a manager responds at once. Milliseconds.
    static let unansweredAfterMs: Int64 = 2_000
    /// Maximum of events that wait for the lists.
    static let waitingMax = 200_000

    private let user: String
    private let key: @Sendable (_ challenge: String) -> String
    private var state = State.banner
    private var banner = ""
    private var heardAt: Int64
    private var askedAt: Int64 = 0
    private var pingedAt: Int64
    private var lists = AMILists()
    private var open: Set<String> = []
    /// Events received before the lists were complete: they are returned after them.
    private var waiting: [(frame: AMIFrame, readMs: Int64)] = []
    /// The manager has answered the request for the lists.
    private var listsAreAnswered = false

    /// - Parameters:
    ///   - key: the lower-case hexadecimal MD5 digest of the challenge and, behind it, the secret.
    ///   - nowMs: a monotonic clock.
    public init(user: String, nowMs: Int64, key: @escaping @Sendable (_ challenge: String) -> String) {
        self.user = user
        self.key = key
        heardAt = nowMs
        pingedAt = nowMs
    }

    /// Logged in, and the lists are complete: actions may be sent.
    public var isUp: Bool { state == .up }

    /// Handles a received part.
    public mutating func handle(_ part: AMIParser.Part, nowMs: Int64) -> [Step] {
        heardAt = nowMs
        switch part {
        case .banner(let text):
            guard state == .banner else { return [] }
            banner = text
            state = .challenge
            return [.send(AMIAction("Challenge", id: AMISession.challengeID, [("AuthType", "MD5")]))]
        case .refused, .suspect: return []
        case .frame(let frame):
            if state == .banner { return fail(.noManager) }
            return frame["Response"] != nil ? response(frame, nowMs) : event(frame, nowMs)
        }
    }

    /// Handles the passing of time.
    public mutating func tick(nowMs: Int64) -> [Step] {
        guard state != .failed else { return [] }
        if nowMs - heardAt >= AMISession.silentAfterMs { return fail(.silent) }
        // An incomplete list would mean that the missing calls had ended.
        if state == .lists, nowMs - askedAt >= AMISession.listsAfterMs { return fail(.silent) }
        if state == .lists, !listsAreAnswered, nowMs - askedAt >= AMISession.unansweredAfterMs {
            return complete(nil, nowMs)
        }
        guard state == .up, nowMs - heardAt >= AMISession.pingAfterMs, nowMs - pingedAt >= AMISession.pingAfterMs else {
            return []
        }
        pingedAt = nowMs
        return [.send(AMIAction("Ping", id: AMISession.pingID))]
    }

    private mutating func fail(_ failure: Failure) -> [Step] {
        state = .failed
        return [.failed(failure)]
    }

    private mutating func response(_ frame: AMIFrame, _ nowMs: Int64) -> [Step] {
        let isGood = frame["Response"] == "Success"
        switch frame["ActionID"] {
        case AMISession.challengeID where state == .challenge:
            guard isGood, let challenge = frame["Challenge"] else {
                return fail(.refused(frame["Message"] ?? "no challenge"))
            }
            state = .login
            return [
                .send(
                    AMIAction(
                        "Login", id: AMISession.loginID,
                        [("AuthType", "MD5"), ("Username", user), ("Key", key(challenge)), ("Events", "on")]))
            ]
        case AMISession.loginID where state == .login:
            guard isGood else { return fail(.refused(frame["Message"] ?? "no reason given")) }
            return loggedIn(nowMs)
        case AMISession.queuesID, AMISession.channelsID:
            listsAreAnswered = true
            if isGood { return [] }
            // Without the right to see channels, the callers in queues are still known.
            if frame["ActionID"] == AMISession.channelsID { lists.channelsAreSeen = false }
            return close(frame["ActionID"] ?? "", nowMs)
        case AMISession.pingID: return []
        // A player of recordings sends the responses of the recorded login.
        case _ where isGood && (state == .challenge || state == .login): return loggedIn(nowMs)
        default: return [.response(frame)]
        }
    }

    private mutating func loggedIn(_ nowMs: Int64) -> [Step] {
        state = .lists
        askedAt = nowMs
        open = [AMISession.queuesID, AMISession.channelsID]
        return [
            .loggedIn(banner: banner), .send(AMIAction("QueueStatus", id: AMISession.queuesID)),
            .send(AMIAction("Status", id: AMISession.channelsID, [("Variables", "CALLERID(pres),CTI_DID")])),
        ]
    }

    private mutating func event(_ frame: AMIFrame, _ nowMs: Int64) -> [Step] {
        if let id = frame["ActionID"], id == AMISession.queuesID || id == AMISession.channelsID {
            guard state == .lists else { return [] }
            if frame["EventList"] == "Complete" || frame.event == "StatusComplete"
                || frame.event == "QueueStatusComplete"
            {
                return close(id, nowMs)
            }
            lists.add(frame)
            return []
        }
        switch state {
        case .up: return [.event(frame, ageMs: 0)]
        case .lists, .login, .challenge:
            waiting.append((frame, nowMs))
            return waiting.count > AMISession.waitingMax ? fail(.silent) : []
        case .banner, .failed: return []
        }
    }

    private mutating func close(_ id: String, _ nowMs: Int64) -> [Step] {
        guard state == .lists else { return [] }
        open.remove(id)
        return open.isEmpty ? complete(lists, nowMs) : []
    }

    private mutating func complete(_ lists: AMILists?, _ nowMs: Int64) -> [Step] {
        state = .up
        var steps: [Step] = [.alive(lists)]
        for (frame, readMs) in waiting { steps.append(.event(frame, ageMs: nowMs - readMs)) }
        waiting = []
        self.lists = AMILists()
        return steps
    }
}

/// The live state of a PBX: its channels, waiting callers, and members of queues.
public struct AMILists: Equatable, Sendable {
    /// `Status`: a frame for each channel.
    public private(set) var channels: [AMIFrame] = []
    /// `QueueEntry`: a frame for each caller who waits.
    public private(set) var entries: [AMIFrame] = []
    /// `QueueMember`: a frame for each operator in each queue.
    public private(set) var members: [AMIFrame] = []
    /// Whether the manager's user may see the channels.
    public internal(set) var channelsAreSeen = true

    init() {}

    mutating func add(_ frame: AMIFrame) {
        switch frame.event {
        case "Status": channels.append(frame)
        case "QueueEntry": entries.append(frame)
        case "QueueMember": members.append(frame)
        default: break
        }
    }
}
