import Testing

@testable import CallCenter

/// Every state of a call and of an operator against every step, as tables one can read.
@Suite struct TransitionMatrixTests {
    static let queue = "q"

    /// How a call gets into each state.
    static let callStates: [(name: String, steps: [CallStep])] = [
        ("unseen", []),
        ("offered", [.offered(queue: "q")]),
        ("waiting", [.queued("q")]),
        ("ringing", [.queued("q"), .ringing("1")]),
        ("talking", [.queued("q"), .answered("1")]),
        ("held", [.queued("q"), .answered("1"), .held]),
        ("dequeued", [.queued("q"), .dequeued("q", .timeout)]),
        ("handed on", [.queued("q"), .answered("1"), .transferred(.operator("2"), .blind)]),
        ("abandoned", [.queued("q"), .ended(.caller)]),
        ("over", [.queued("q"), .answered("1"), .ended(.caller)]),
    ]

    static let callSteps: [(name: String, step: CallStep)] = [
        ("offered", .offered(queue: "q")), ("queued", .queued("q")), ("elsewhere", .queued("p")),
        ("ringing", .ringing("1")),
        ("unanswered", .unanswered("1", nil)), ("answered", .answered("1")), ("by 2", .answered("2")), ("held", .held),
        ("resumed", .resumed),
        ("transfer", .transferred(.operator("2"), .blind)), ("attended", .transferred(.operator("2"), .attended)),
        ("to queue", .transferred(.queue("p"), .blind)), ("dequeued", .dequeued("q", .overflow)),
        ("ended", .ended(.caller)),
        ("vanished", .vanished), ("alive", .alive), ("rejected", .rejected),
    ]

    /// The state after the step, and each visit by its first letter: w waiting, A answered, a abandoned, o overflowed,
    /// b blocked, u unknown.
    static let callTable = """
        unseen: offered → offered, queued → waiting w, elsewhere → waiting w, \
        ringing → waiting w, unanswered → unseen, answered → talking A, by 2 → talking A, \
        held → unseen, resumed → unseen, transfer → between, attended → between, \
        to queue → between, dequeued → unseen, ended → ended, vanished → ended, \
        alive → between, rejected → unseen,
        offered: offered → offered, queued → waiting w, elsewhere → waiting w, \
        ringing → waiting w, unanswered → offered, answered → talking A, by 2 → talking A, \
        held → offered, resumed → offered, transfer → offered, attended → offered, \
        to queue → offered, dequeued → offered, ended → ended, vanished → ended, \
        alive → offered, rejected → offered b,
        waiting: offered → waiting w, queued → waiting w, elsewhere → waiting ow, \
        ringing → waiting w, unanswered → waiting w, answered → talking A, by 2 → talking A, \
        held → waiting w, resumed → waiting w, transfer → between o, attended → between o, \
        to queue → between o, dequeued → between o, ended → ended a, vanished → ended u, \
        alive → waiting w, rejected → waiting w,
        ringing: offered → waiting w, queued → waiting w, elsewhere → waiting ow, \
        ringing → waiting w, unanswered → waiting w, answered → talking A, by 2 → talking A, \
        held → waiting w, resumed → waiting w, transfer → between o, attended → between o, \
        to queue → between o, dequeued → between o, ended → ended a, vanished → ended u, \
        alive → waiting w, rejected → waiting w,
        talking: offered → talking A, queued → waiting Aw, elsewhere → waiting Aw, \
        ringing → talking A, unanswered → talking A, answered → talking A, by 2 → talking A, \
        held → talking A, resumed → talking A, transfer → between A, attended → talking A, \
        to queue → between A, dequeued → talking A, ended → ended A, vanished → ended A, \
        alive → talking A, rejected → talking A,
        held: offered → talking A, queued → waiting Aw, elsewhere → waiting Aw, \
        ringing → talking A, unanswered → talking A, answered → talking A, by 2 → talking A, \
        held → talking A, resumed → talking A, transfer → between A, attended → talking A, \
        to queue → between A, dequeued → talking A, ended → ended A, vanished → ended A, \
        alive → talking A, rejected → talking A,
        dequeued: offered → between o, queued → waiting ow, elsewhere → waiting ow, \
        ringing → waiting ow, unanswered → between o, answered → talking oA, \
        by 2 → talking oA, held → between o, resumed → between o, transfer → between o, \
        attended → between o, to queue → between o, dequeued → between o, ended → ended o, \
        vanished → ended o, alive → between o, rejected → between o,
        handed on: offered → between A, queued → waiting Aw, elsewhere → waiting Aw, \
        ringing → between A, unanswered → between A, answered → talking A, by 2 → talking A, \
        held → between A, resumed → between A, transfer → between A, attended → between A, \
        to queue → between A, dequeued → between A, ended → ended A, vanished → ended A, \
        alive → between A, rejected → between A,
        abandoned: offered → ended a, queued → ended a, elsewhere → ended a, \
        ringing → ended a, unanswered → ended a, answered → ended A, by 2 → ended A, \
        held → ended a, resumed → ended a, transfer → ended a, attended → ended a, \
        to queue → ended a, dequeued → ended a, ended → ended a, vanished → ended a, \
        alive → ended a, rejected → ended a,
        over: offered → ended A, queued → ended A, elsewhere → ended A, ringing → ended A, \
        unanswered → ended A, answered → ended A, by 2 → ended A, held → ended A, \
        resumed → ended A, transfer → ended A, attended → ended A, to queue → ended A, \
        dequeued → ended A, ended → ended A, vanished → ended A, alive → ended A, \
        rejected → ended A,
        """

    @Test func aCallFromEveryStateByEveryStep() {
        var rows: [String] = []
        for from in TransitionMatrixTests.callStates {
            var row = "\(from.name):"
            for by in TransitionMatrixTests.callSteps {
                var life = CallLife(), marks: [OperatorMark.Draft] = []
                for (n, step) in (from.steps + [by.step]).enumerated() {
                    life.advance(step, at: morning + Int64(n) * 1_000, policy: Policy(), marks: &marks)
                }
                let visits = life.visits.map { visit in
                    switch visit.outcome {
                    case nil: "w"
                    case .answered: "A"
                    case .abandoned: "a"
                    case .shortAbandoned: "s"
                    case .overflowed: "o"
                    case .callback: "c"
                    case .blocked: "b"
                    case .unknown: "u"
                    }
                }.joined()
                row += " \(by.name) → \(life.state.rawValue)\(visits.isEmpty ? "" : " \(visits)"),"
                // Whatever comes: what is over stays over, and every leg of a call that is over has ended.
                if life.isOver {
                    #expect(life.legs.allSatisfy { $0.endedAt != nil } && life.visits.allSatisfy { $0.outcome != nil })
                }
            }
            rows.append(row)
        }
        for (row, expected) in zip(rows, TransitionMatrixTests.callTable.split(separator: "\n")) {
            #expect(row == expected)
        }
    }

    /// How an operator gets into each state, with a second call where one is needed.
    static let operatorStates: [(name: String, marks: [OperatorMark.Kind])] = [
        ("logged out", []), ("available", [.login]), ("paused", [.login, .pause("lunch")]),
        ("ringing", [.login, .ring]),
        ("talking", [.login, .talk]), ("holding", [.login, .talk, .hold]),
        ("wrap-up", [.login, .talk, .leave(leg: 0, wrapUpLimit: 30_000, transferred: false)]),
    ]
    static let operatorMarks: [(name: String, mark: OperatorMark.Kind)] = [
        ("login", .login), ("logout", .logout), ("pause", .pause(nil)), ("resume", .resume), ("ready", .ready),
        ("ring", .ring), ("ring ends", .ringEnd),
        ("unanswered", .unanswered), ("talk", .talk), ("hold", .hold), ("unhold", .unhold),
        ("leave", .leave(leg: 0, wrapUpLimit: 30_000, transferred: false)),
        ("leave without wrap-up", .leave(leg: 0, wrapUpLimit: 0, transferred: true)),
    ]

    static let operatorTable = """
        logged out: login → available, logout → logged_out, pause → paused, \
        resume → logged_out, ready → logged_out, ring → ringing, ring ends → logged_out, \
        unanswered → available, talk → talking, hold → holding, unhold → talking, \
        leave → logged_out, leave without wrap-up → logged_out,
        available: login → available, logout → logged_out, pause → paused, \
        resume → available, ready → available, ring → ringing, ring ends → available, \
        unanswered → available, talk → talking, hold → holding, unhold → talking, \
        leave → wrap_up, leave without wrap-up → available,
        paused: login → paused, logout → logged_out, pause → paused, resume → available, \
        ready → paused, ring → ringing, ring ends → paused, unanswered → paused, \
        talk → talking, hold → holding, unhold → talking, leave → paused, \
        leave without wrap-up → paused,
        ringing: login → ringing, logout → ringing, pause → ringing, resume → ringing, \
        ready → ringing, ring → ringing, ring ends → available, unanswered → ringing, \
        talk → talking, hold → holding, unhold → talking, leave → wrap_up, \
        leave without wrap-up → available,
        talking: login → talking, logout → talking, pause → talking, resume → talking, \
        ready → talking, ring → ringing, ring ends → talking, unanswered → talking, \
        talk → talking, hold → holding, unhold → talking, leave → wrap_up, \
        leave without wrap-up → available,
        holding: login → holding, logout → holding, pause → holding, resume → holding, \
        ready → holding, ring → ringing, ring ends → holding, unanswered → holding, \
        talk → talking, hold → holding, unhold → talking, leave → wrap_up, \
        leave without wrap-up → available,
        wrap-up: login → wrap_up, logout → logged_out, pause → paused, resume → wrap_up, \
        ready → available, ring → ringing, ring ends → wrap_up, unanswered → wrap_up, \
        talk → talking, hold → holding, unhold → talking, leave → wrap_up, \
        leave without wrap-up → available,
        """

    private struct Deaf: OperatorLife.Listener {
        mutating func spent(_ state: OperatorState, from: Timestamp, to: Timestamp) {}
        mutating func counted(_ kind: OperatorMark.Kind, at: Timestamp) {}
        mutating func wrapUpEnded(call: Int64, leg: Int, ms: Int64, at: Timestamp) {}
    }

    @Test func anOperatorFromEveryStateByEveryMark() {
        var rows: [String] = []
        for from in TransitionMatrixTests.operatorStates {
            var row = "\(from.name):"
            for by in TransitionMatrixTests.operatorMarks {
                var life = OperatorLife(), deaf = Deaf()
                for (n, kind) in (from.marks + [by.mark]).enumerated() {
                    life.advance(
                        OperatorMark(time: morning + Int64(n) * 1_000, kind: kind, call: 1, order: Int64(n)), &deaf)
                }
                row += " \(by.name) → \(life.state.rawValue),"
            }
            rows.append(row)
        }
        for (row, expected) in zip(rows, TransitionMatrixTests.operatorTable.split(separator: "\n")) {
            #expect(row == expected)
        }
    }
}
