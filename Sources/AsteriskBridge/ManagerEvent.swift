/// The manager events about calls, phones or queues. All others are ignored.
enum ManagerEvent: String, CaseIterable, Sendable {
    case agentCalled = "AgentCalled"
    case agentComplete = "AgentComplete"
    case agentConnect = "AgentConnect"
    case agentLogin = "AgentLogin"
    case agentLogoff = "AgentLogoff"
    case agentRingNoAnswer = "AgentRingNoAnswer"
    case attendedTransfer = "AttendedTransfer"
    case blindTransfer = "BlindTransfer"
    case bridgeEnter = "BridgeEnter"
    case bridgeLeave = "BridgeLeave"
    case dialBegin = "DialBegin"
    case dialEnd = "DialEnd"
    case dialState = "DialState"
    case fullyBooted = "FullyBooted"
    case hangup = "Hangup"
    case hangupRequest = "HangupRequest"
    case hold = "Hold"
    case localBridge = "LocalBridge"
    case newCallerid = "NewCallerid"
    case newchannel = "Newchannel"
    case newstate = "Newstate"
    case parkedCall = "ParkedCall"
    case parkedCallTimeOut = "ParkedCallTimeOut"
    case queueCallerAbandon = "QueueCallerAbandon"
    case queueCallerJoin = "QueueCallerJoin"
    case queueCallerLeave = "QueueCallerLeave"
    case queueMember = "QueueMember"
    case queueMemberAdded = "QueueMemberAdded"
    case queueMemberPause = "QueueMemberPause"
    case queueMemberRemoved = "QueueMemberRemoved"
    case queueMemberStatus = "QueueMemberStatus"
    case rename = "Rename"
    case shutdown = "Shutdown"
    case softHangupRequest = "SoftHangupRequest"
    case unhold = "Unhold"
    case unparkedCall = "UnParkedCall"
    case userEvent = "UserEvent"

    private static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Looked up in a table: a comparison with one name after another takes longer than the rest of a frame.
    init?(named name: String) {
        guard let event = ManagerEvent.named[name] else { return nil }
        self = event
    }
}
