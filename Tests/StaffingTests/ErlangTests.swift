import Staffing
import Testing

/// The formulas against what others published.
@Suite struct ErlangTests {
    /// 100 calls of 3 minutes in half an hour and 14 operators, the worked example of Call Centre Helper's "Erlang C
    /// Formula – Made Simple": 17.4 % wait, 88.8 % are answered within 20 s, after 7.8 s in the mean.
    @Test func theWorkedExampleOfErlangC() {
        let load = Load(calls: 100, in: 1_800, handling: 180)
        #expect(abs(load.erlangs - 10) < 1e-9)
        let c = ErlangC(load, operators: 14)
        #expect(abs(c.waiting - 0.174) < 0.0005)
        #expect(abs(c.served(within: 20) - 0.888) < 0.0005)
        #expect(abs(c.meanWait - 7.8) < 0.05)
        #expect(Staffing.erlangC(load, share: 0.8, within: 20) == 14)
        #expect(ErlangC(load, operators: 13).served(within: 20) < 0.8)
    }

    /// Erlang B's and C's tables (as in ITU-T's teletraffic handbook): A = 1, N = 2 gives C = 1/3; A = 5, N = 7 gives
    /// 0.3241.
    @Test(arguments: [(1.0, 2, 1.0 / 3), (5.0, 7, 0.3241), (8.0, 10, 0.4092), (0.5, 1, 0.5)]) func theTableOfErlangC(
        erlangs: Double, operators: Int, waiting: Double
    ) {
        let load = Load(calls: erlangs * 10, in: 1_000, handling: 100)
        #expect(abs(ErlangC(load, operators: operators).waiting - waiting) < 0.0001)
    }

    /// 48 calls a minute of one minute, 50 operators, patience of two minutes: A. Mandelbaum and S. Zeltyn, "Service
    /// Engineering in Action: The Palm/Erlang-A Queue, with Applications to Call Centers", 2007: Erlang C waits 20.8 s,
    /// Erlang A 3.7 s, and 3.1 % give up.
    @Test func theComparisonOfErlangCAndErlangA() {
        let load = Load(calls: 48, in: 60, handling: 60)
        #expect(abs(ErlangC(load, operators: 50).meanWait - 20.8) < 0.05)
        let a = ErlangA(load, operators: 50, patience: 120)
        #expect(abs(a.meanWait - 3.7) < 0.05)
        #expect(abs(a.abandoned - 0.031) < 0.0005)
    }

    /// Who never loses patience waits as Erlang C says.
    @Test(arguments: [(10, 14), (40, 44), (200, 210), (1, 2)]) func withoutImpatienceBothAreTheSame(
        erlangs: Int, operators: Int
    ) {
        let load = Load(calls: Double(erlangs) * 10, in: 2_000, handling: 200)
        let c = ErlangC(load, operators: operators), a = ErlangA(load, operators: operators, patience: 1e8)
        #expect(abs(c.waiting - a.waiting) < 1e-4)
        #expect(abs(c.meanWait - a.meanWait) < max(0.01, c.meanWait * 1e-3))
        for seconds in [0.0, 5, 20, 60] {
            #expect(abs(c.served(within: seconds) - a.served(within: seconds)) < 1e-4, "\(seconds) s")
        }
    }

    /// Whoever is served at all is served some time, and whoever is not gave up.
    @Test(arguments: [(10, 8), (10, 12), (100, 95), (3, 1)]) func inTheEndAllAreServedOrGone(
        erlangs: Int, operators: Int
    ) {
        let a = ErlangA(Load(calls: Double(erlangs) * 10, in: 2_000, handling: 200), operators: operators, patience: 90)
        #expect(abs(a.served(within: 1e6) + a.abandoned - 1) < 1e-6)
        #expect(abs(a.served(within: 0) - (1 - a.waiting)) < 1e-9)
    }

    @Test func moreOperatorsServeMore() {
        let load = Load(calls: 300, in: 3_600, handling: 240)
        var last = 0.0
        for operators in 1...40 {
            let served = ErlangA(load, operators: operators, patience: 60).served(within: 20)
            #expect(served >= last)
            last = served
        }
        // The impatient need fewer.
        #expect(
            Staffing.erlangA(load, patience: 60, share: 0.8, within: 20)
                <= Staffing.erlangC(load, share: 0.8, within: 20))
    }

    @Test func nobodyNeedsNobody() {
        let none = Load(calls: 0, in: 3_600, handling: 200)
        #expect(Staffing.erlangC(none, share: 0.8, within: 20) == 0)
        #expect(Staffing.erlangA(none, patience: 60, share: 0.8, within: 20) == 0)
        #expect(ErlangC(none, operators: 1).served(within: 20) == 1)
        #expect(ErlangC(Load(calls: 100, in: 100, handling: 10), operators: 5).meanWait == .infinity)
    }
}
