import Testing

@testable import AMI

@Suite struct AMISessionTests {
    /// The lines as received parts.
    static func parts(_ lines: [String]) -> [AMIParser.Part] {
        var parser = AMIParser(), found: [AMIParser.Part] = []
        parser.feed(Array((lines.joined(separator: "\r\n") + "\r\n").utf8)) { part, _ in found.append(part) }
        return found
    }

    static func session() -> AMISession { AMISession(user: "cti", nowMs: 0) { "key of \($0)" } }

    /// A session after these lines, with its steps.
    static func after(_ lines: [String]) -> (session: AMISession, steps: [AMISession.Step]) {
        var session = session(), steps: [AMISession.Step] = []
        for part in parts(lines) { steps += session.handle(part, nowMs: 1) }
        return (session, steps)
    }

    static let login = [
        "Asterisk Call Manager/11.0.0", "Response: Success", "ActionID: screenpop-challenge", "Challenge: 12345", "",
        "Response: Success", "ActionID: screenpop-login", "Message: Authentication accepted", "",
    ]
    static let lists = [
        "Response: Success", "ActionID: screenpop-queues", "EventList: start", "", "Event: QueueMember",
        "ActionID: screenpop-queues", "Queue: support",
        "Location: PJSIP/101", "", "Event: Hangup", "Uniqueid: 1.1", "", "Event: QueueStatusComplete",
        "ActionID: screenpop-queues", "EventList: Complete", "",
        "Response: Success", "ActionID: screenpop-channels", "", "Event: StatusComplete",
        "ActionID: screenpop-channels", "EventList: Complete", "",
    ]

    @Test func logsInByChallengeAndAsksWhatIsAlive() {
        let (_, steps) = Self.after(Self.login)
        #expect(steps.count == 5)
        #expect(steps.first == .send(AMIAction("Challenge", id: "screenpop-challenge", [("AuthType", "MD5")])))
        #expect(
            steps[1]
                == .send(
                    AMIAction(
                        "Login", id: "screenpop-login",
                        [("AuthType", "MD5"), ("Username", "cti"), ("Key", "key of 12345"), ("Events", "on")])))
        #expect(steps[2] == .loggedIn(banner: "Asterisk Call Manager/11.0.0"))
    }

    /// Events that arrive before the lists are complete are returned after them; none is lost.
    @Test func whatHappensMeanwhileIsToldBehindTheLists() throws {
        let (session, steps) = Self.after(Self.login + Self.lists)
        #expect(session.isUp)
        let alive = try #require(steps.firstIndex { if case .alive = $0 { true } else { false } })
        guard case .alive(let lists?) = steps[alive], case .event(let event, _) = steps[alive + 1] else {
            Issue.record("\(steps)"); return
        }
        #expect(lists.members.count == 1 && lists.channelsAreSeen)
        #expect(event.event == "Hangup" && steps.count == alive + 2)
    }

    @Test func withoutTheRightToSeeChannelsTheQueuesAreKnown() throws {
        var lines = Self.login + Self.lists.prefix(16)
        lines += ["Response: Error", "ActionID: screenpop-channels", "Message: Permission denied", ""]
        let (session, steps) = Self.after(lines)
        #expect(session.isUp)
        guard case .alive(let lists?) = try #require(steps.first { if case .alive = $0 { true } else { false } }) else {
            return
        }
        #expect(!lists.channelsAreSeen)
    }

    @Test func aWrongSecretIsSaidAndAWebServerIsNoManager() {
        let wrong =
            Array(Self.login.prefix(5)) + [
                "Response: Error", "ActionID: screenpop-login", "Message: Authentication failed", "",
            ]
        #expect(Self.after(wrong).steps.last == .failed(.refused("Authentication failed")))
        #expect(Self.after(["Server: nginx", ""]).steps == [.failed(.noManager)])
    }

    /// An incomplete list would mean that the missing calls had ended.
    @Test func listsThatDoNotEndAreAFailureAndSilenceIsAskedAbout() {
        var (session, _) = Self.after(
            Self.login + ["Response: Success", "ActionID: screenpop-queues", "EventList: start", ""])
        #expect(session.tick(nowMs: 9_000) == [])
        #expect(session.tick(nowMs: 10_001) == [.failed(.silent)])
        (session, _) = Self.after(Self.login + Self.lists)
        #expect(session.tick(nowMs: 10_001) == [.send(AMIAction("Ping", id: "screenpop-ping"))])
        #expect(session.tick(nowMs: 15_000) == [])
        #expect(session.tick(nowMs: 30_001) == [.failed(.silent)])
        #expect(session.tick(nowMs: 60_000) == [])
    }

    /// A player of recordings sends the recorded responses, and has no lists.
    @Test func aRecordingThatPlaysAManagerIsFollowed() {
        var (session, steps) = Self.after([
            "Asterisk Call Manager/11.0.0", "Response: Success", "ActionID: rec", "Message: Authentication accepted",
            "", "Event: FullyBooted", "Status: Fully Booted", "",
        ])
        #expect(steps.contains(.loggedIn(banner: "Asterisk Call Manager/11.0.0")))
        #expect(session.tick(nowMs: 1_000) == [])
        steps = session.tick(nowMs: 2_001)
        guard steps.count == 2, case .alive(nil) = steps[0], case .event(let event, let ageMs) = steps[1] else {
            Issue.record("\(steps)"); return
        }
        #expect(event.event == "FullyBooted" && ageMs == 2_000)
    }

    @Test func noValueBeginsAnotherHeader() {
        let bytes = AMIAction("QueuePause", id: "7", [("Reason", "lunch\r\nAction: Originate\u{85}")]).bytes
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "Action: QueuePause\r\nActionID: 7\r\nReason: lunchAction: Originate\r\n\r\n")
    }
}
