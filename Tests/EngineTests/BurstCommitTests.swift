import Testing

@testable import Engine

/// Every state of the commit against every step.
@Suite struct BurstCommitTests {
    typealias Step = BurstCommit.Step
    typealias Condition = BurstCommit.Condition

    /// All states that can be reached, and for each step out of one the action and the state after it.
    struct Edge {
        var from: BurstCommit
        var step: Step
        var action: BurstCommit.Action
        var to: BurstCommit
    }

    static let edges: [Edge] = {
        var known = [BurstCommit()], edges: [Edge] = [], next = 0
        while next < known.count {
            for step in Step.allCases where isPossible(step, in: known[next]) {
                var to = known[next]
                let action = to.advance(step)
                edges.append(Edge(from: known[next], step: step, action: action, to: to))
                if !known.contains(to) { known.append(to) }
            }
            next += 1
        }
        return edges
    }()

    /// Excludes impossible steps: events are only applied in some states, and a commit needs uncommitted events.
    static func isPossible(_ step: Step, in state: BurstCommit) -> Bool {
        switch step {
        case .applied, .notCollected: state.condition == .sound
        case .committed, .failed: state.isOwing
        case .writtenFirst: state.condition == .careful
        case .restored, .notRestored: state.condition == .restoring
        case .arrived, .dueBeside, .dueAtOnce, .restoringDue, .tookOver, .historyLacks: true
        }
    }

    static var states: [BurstCommit] { edges.map(\.from).reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }

    /// The whole table: condition, owes, commit running, step → condition, owes, commit running, action. `-` for
    /// impossible steps.
    @Test func theTableIsThis() {
        let table = BurstCommitTests.states.flatMap { state in
            Step.allCases.map { step -> String in
                guard let edge = BurstCommitTests.edges.first(where: { $0.from == state && $0.step == step }) else {
                    return "\(text(state)) \(step) -"
                }
                return "\(text(state)) \(step) \(text(edge.to)) \(edge.action)"
            }
        }
        let sound = """
            arrived sound apply
            applied sound+owes nothing
            notCollected lost undo
            dueBeside sound nothing
            dueAtOnce sound nothing
            committed -
            failed -
            writtenFirst -
            restoringDue sound nothing
            restored -
            notRestored -
            tookOver sound nothing
            historyLacks lost nothing
            """
        let owes = """
            arrived sound+owes apply
            applied sound+owes nothing
            notCollected lost undo
            dueBeside sound+underWay beginBeside
            dueAtOnce sound+owes commitHere
            committed sound answerOwed
            failed lost undo
            writtenFirst -
            restoringDue sound+owes nothing
            restored -
            notRestored -
            tookOver sound+owes nothing
            historyLacks sound+owes nothing
            """
        let underWay = """
            arrived sound+underWay apply
            applied sound+owes+underWay nothing
            notCollected sound+underWay awaitCommit
            dueBeside sound+underWay nothing
            dueAtOnce sound+underWay awaitCommit
            committed sound answerUnderWay
            failed lost undo
            writtenFirst -
            restoringDue sound+underWay nothing
            restored -
            notRestored -
            tookOver sound+underWay nothing
            historyLacks sound+underWay nothing
            """
        let both = """
            arrived sound+owes+underWay apply
            applied sound+owes+underWay nothing
            notCollected sound+owes+underWay awaitCommit
            dueBeside sound+owes+underWay nothing
            dueAtOnce sound+owes+underWay awaitCommit
            committed sound+owes answerUnderWay
            failed lost undo
            writtenFirst -
            restoringDue sound+owes+underWay nothing
            restored -
            notRestored -
            tookOver sound+owes+underWay nothing
            historyLacks sound+owes+underWay nothing
            """
        let careful = """
            arrived careful writeFirst
            applied -
            notCollected -
            dueBeside careful nothing
            dueAtOnce careful nothing
            committed -
            failed -
            writtenFirst sound nothing
            restoringDue careful nothing
            restored -
            notRestored -
            tookOver sound nothing
            historyLacks careful nothing
            """
        let lost = """
            arrived lost refuse
            applied -
            notCollected -
            dueBeside lost nothing
            dueAtOnce lost nothing
            committed -
            failed -
            writtenFirst -
            restoringDue restoring restore
            restored -
            notRestored -
            tookOver lost nothing
            historyLacks lost nothing
            """
        let restoring = """
            arrived restoring refuse
            applied -
            notCollected -
            dueBeside restoring nothing
            dueAtOnce restoring nothing
            committed -
            failed -
            writtenFirst -
            restoringDue restoring nothing
            restored careful reset
            notRestored lost nothing
            tookOver restoring nothing
            historyLacks restoring nothing
            """
        let expected = [
            ("sound", sound), ("sound+owes", owes), ("sound+underWay", underWay), ("sound+owes+underWay", both),
            ("careful", careful), ("lost", lost), ("restoring", restoring),
        ].flatMap { name, rows in rows.split(separator: "\n").map { "\(name) \($0)" } }
        #expect(Set(table) == Set(expected))
        #expect(table.count == 7 * Step.allCases.count)
    }

    private func text(_ state: BurstCommit) -> String {
        "\(state.condition)" + (state.owes ? "+owes" : "") + (state.isUnderWay ? "+underWay" : "")
    }

    @Test func whatIsNotSoundOwesNothing() {
        #expect(BurstCommitTests.states.allSatisfy { $0.condition == .sound || !$0.isOwing })
    }

    @Test func nothingIsAnsweredThatWasNotCommitted() {
        for edge in BurstCommitTests.edges where [.answerOwed, .answerUnderWay].contains(edge.action) {
            #expect(edge.step == .committed)
        }
    }

    @Test func aStateThatMayBeWrongTakesNothingUntilItIsMadeAnew() {
        for edge in BurstCommitTests.edges where edge.from.isLost {
            #expect(![.apply, .writeFirst, .beginBeside, .commitHere].contains(edge.action))
            if !edge.to.isLost { #expect(edge.step == .restored && edge.to.condition == .careful) }
        }
    }

    /// From every state there is a way back to accepting and answering events.
    @Test func itAlwaysComesBack() {
        for state in BurstCommitTests.states {
            var state = state
            for step in [Step.committed, .committed, .restoringDue, .restored, .writtenFirst]
            where BurstCommitTests.isPossible(step, in: state) { _ = state.advance(step) }
            #expect(state == BurstCommit())
        }
    }
}
