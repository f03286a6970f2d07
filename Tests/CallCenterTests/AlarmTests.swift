import Testing

@testable import CallCenter

@Suite("Alarms")
struct AlarmTests {
    /// The figures of a day at a time, as far as alarms look at them.
    static func stats(
        _ at: Int64, waiting: Int = 0, longest: Int64 = 0, answered: Int = 0, within: Int = 0, abandoned: Int = 0,
        day: Int64 = 0,
        loggedIn: Bool = true
    ) -> Stats {
        var floor = Floor()
        if loggedIn {
            floor.apply(login("101", queues: ["support"]))
        } else {
            floor.apply([login("101", queues: ["sales"]), login("102"), agent("102", .logout, at: 0)])
        }
        var stats = floor.centre.stats(from: morning - 86_400_000, to: morning + 86_400_000, now: morning)
        stats.at = morning + at
        stats.from = morning + day
        var set = Stats.FigureSet(QueuePolicy())
        set.waiting = waiting
        set.longestWait = longest
        set.figures.answered = answered
        set.figures.abandoned = abandoned
        set.service.answered = answered
        set.service.answeredWithin = within
        set.service.abandoned = abandoned
        stats.queues["support"] = set
        return stats
    }

    static func policy(_ change: (inout AlarmThresholds) -> Void) -> AlarmPolicy {
        var policy = AlarmPolicy()
        change(&policy.thresholds)
        return policy
    }

    static func words(_ alarms: [Alarm]) -> [String] {
        alarms.map { "\($0.queue) \($0.kind.rawValue) \($0.clearedAt == nil ? "raised" : "cleared") \($0.value)" }
    }

    @Test("are raised at the threshold, once") func raised() {
        var board = AlarmBoard()
        let policy = Self.policy { $0.waiting = 3 }
        #expect(Self.words(board.evaluate(Self.stats(0, waiting: 2), policy)) == [])
        #expect(Self.words(board.evaluate(Self.stats(1_000, waiting: 3), policy)) == ["support waiting raised 3"])
        #expect(Self.words(board.evaluate(Self.stats(2_000, waiting: 5), policy)) == [])
        #expect(board.raised.map(\.value) == [5])
        #expect(board.raised.map(\.since) == [morning + 1_000])
    }

    @Test("that come and go are raised once, and cleared when it has been quiet for long enough") func hysteresis() {
        var board = AlarmBoard()
        let policy = Self.policy { $0.longestWait = 60_000 }
        var told: [String] = []
        for second in Int64(0)..<200 {
            // Around the threshold for a hundred seconds, then well below it.
            let longest: Int64 = second < 100 ? (second % 7 < 3 ? 61_000 : 58_000) : 10_000
            told += Self.words(board.evaluate(Self.stats(second * 1_000, waiting: 1, longest: longest), policy))
        }
        #expect(told.count == 2)
        #expect(told.first?.hasPrefix("support longest_wait raised") == true)
        #expect(told.last?.hasPrefix("support longest_wait cleared") == true)
        #expect(board.raised.isEmpty)
    }

    @Test("of the service level are those of the window, not of the day") func window() {
        var board = AlarmBoard()
        var policy = Self.policy { $0.serviceLevel = 80 }
        policy.window = 10 * 60_000
        // A good morning.
        #expect(board.evaluate(Self.stats(0, answered: 100, within: 98), policy).isEmpty)
        // Ten minutes of which six visits in eight were late: the day's level is still 92 %.
        let told = board.evaluate(Self.stats(600_000, answered: 108, within: 100), policy)
        #expect(Self.words(told) == ["support service_level raised 25"])
    }

    @Test("need some visits before a share means anything") func few() {
        var board = AlarmBoard()
        let policy = Self.policy {
            $0.serviceLevel = 80
            $0.abandonRate = 10
        }
        #expect(board.evaluate(Self.stats(0, answered: 0, abandoned: 4), policy).isEmpty)
        #expect(
            Self.words(board.evaluate(Self.stats(1_000, answered: 0, abandoned: 5), policy)) == [
                "support service_level raised 0", "support abandon_rate raised 100",
            ])
    }

    @Test("begin anew with the day") func newDay() {
        var board = AlarmBoard()
        let policy = Self.policy { $0.abandonRate = 10 }
        #expect(board.evaluate(Self.stats(0, answered: 10, abandoned: 0), policy).isEmpty)
        #expect(board.evaluate(Self.stats(3_600_000, answered: 0, abandoned: 0, day: 3_600_000), policy).isEmpty)
        #expect(
            Self.words(board.evaluate(Self.stats(3_660_000, answered: 3, abandoned: 3, day: 3_600_000), policy)) == [
                "support abandon_rate raised 50"
            ])
    }

    @Test("tell when nobody serves a queue") func nobody() {
        var board = AlarmBoard()
        let policy = Self.policy { $0.noOperator = true }
        #expect(board.evaluate(Self.stats(0), policy).isEmpty)
        #expect(
            Self.words(board.evaluate(Self.stats(1_000, loggedIn: false), policy)) == ["support no_operator raised 0"])
    }

    @Test("that are switched off are cleared") func off() {
        var board = AlarmBoard()
        #expect(board.evaluate(Self.stats(0, waiting: 9), Self.policy { $0.waiting = 3 }).count == 1)
        #expect(board.evaluate(Self.stats(1_000, waiting: 9), AlarmPolicy()).isEmpty)
        #expect(
            Self.words(board.evaluate(Self.stats(62_000, waiting: 9), AlarmPolicy())) == ["support waiting cleared 9"])
    }

    @Test("say in words what is wrong") func text() {
        let alarm = Alarm(queue: "support", kind: .longestWait, since: morning, value: 95_000, threshold: 60_000)
        #expect(alarm.text(.en) == "support: the oldest call has waited 1:35 (threshold 1:00)")
        #expect(alarm.text(.ja) == "support: 最長待ち 1:35（しきい値 1:00）")
        for kind in AlarmKind.allCases {
            let alarm = Alarm(queue: "q", kind: kind, since: morning, value: 1, threshold: 2, clearedAt: morning)
            #expect(alarm.text(.en).hasPrefix("q: over: ") && alarm.text(.ja).hasPrefix("q: 解消: "))
        }
    }

    @Test("are not raised while the centre is closed; what those who still wait have raised stays") func closed() {
        var board = AlarmBoard()
        let policy = Self.policy {
            $0.waiting = 3
            $0.noOperator = true
        }
        let none = Self.stats(0, waiting: 1, loggedIn: false)
        #expect(Self.words(board.evaluate(none, policy, isOpen: false)) == [])
        #expect(Self.words(board.evaluate(Self.stats(1_000, waiting: 9), policy, isOpen: false)) == [])
        // Open: both are raised.
        let bad = Self.stats(2_000, waiting: 4, loggedIn: false)
        #expect(
            Self.words(board.evaluate(bad, policy)) == ["support waiting raised 4", "support no_operator raised 0"])
        // The centre closes: four still wait, and that nobody is there is as it should be.
        var told: [String] = []
        for second in Int64(3)..<70 {
            let stats = Self.stats(second * 1_000, waiting: 4, loggedIn: false)
            told += Self.words(board.evaluate(stats, policy, isOpen: false))
        }
        #expect(told == ["support no_operator cleared 0"])
        #expect(board.raised.map(\.kind) == [.waiting])
        told = []
        for second in Int64(70)..<140 {
            told += Self.words(board.evaluate(Self.stats(second * 1_000), policy, isOpen: false))
        }
        #expect(told == ["support waiting cleared 0"] && board.raised.isEmpty)
    }

    @Test("of rates count what came since the centre opened") func opening() {
        var board = AlarmBoard()
        let policy = Self.policy { $0.abandonRate = 20 }
        // Nine gave up before the centre opened.
        for second in Int64(0)..<30 {
            let stats = Self.stats(second * 1_000, answered: 1, within: 1, abandoned: 9)
            #expect(Self.words(board.evaluate(stats, policy, isOpen: false)) == [])
        }
        #expect(board.evaluate(Self.stats(30_000, answered: 10, within: 10, abandoned: 9), policy).isEmpty)
        let worse = Self.stats(40_000, answered: 10, within: 10, abandoned: 13)
        #expect(Self.words(board.evaluate(worse, policy)) == ["support abandon_rate raised 31"])
    }
}
