import Foundation
import Testing

@testable import CallCenter

/// Checkpoints of older versions.
@Suite struct CheckpointFormTests {
    private func kept(_ change: (inout [String: Any]) -> Void) throws -> Data {
        var floor = Floor()
        floor.apply([login("101"), offered("a", at: 0), call("a", .ringing(operator: "101", device: nil), at: 1_000)])
        let bytes = try JSONEncoder().encode(floor.centre.checkpoint)
        var object = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
        change(&object)
        return try JSONSerialization.data(withJSONObject: object)
    }

    @Test func oneOfTheFormBeforeIsReadAndNotThrownAway() throws {
        let bytes = try kept { object in
            object["form"] = 3
            for part in ["skews", "clocks", "ahead"] { object[part] = nil }
        }
        let state = try JSONDecoder().decode(Checkpoint.self, from: bytes)
        let whole = try JSONDecoder().decode(Checkpoint.self, from: try kept { _ in })
        #expect(state.calls == whole.calls && state.operators == whole.operators && state.ledger == whole.ledger)
        #expect(Centre(state).livePops(of: "101", at: morning + 2_000).count == 1)
        // Written again, it has the current schema version.
        let again =
            try JSONSerialization.jsonObject(with: try JSONEncoder().encode(Centre(state).checkpoint)) as? [String: Any]
        #expect(again?["form"] as? Int == Checkpoint.version)
    }

    @Test(arguments: [1, 2, Checkpoint.version + 1]) func oneThatCountsOtherwiseIsRefusedByItsForm(form: Int) throws {
        let bytes = try kept { $0["form"] = form }
        #expect(throws: Checkpoint.UnsupportedVersion(form: form)) {
            try JSONDecoder().decode(Checkpoint.self, from: bytes)
        }
    }

    /// Calls stored by an older version have no time of the first event: their pops keep the ids that screens know.
    @Test func popsOfAnOlderCheckpointKeepTheirIDs() throws {
        let bytes = try kept { object in
            var calls = object["calls"] as? [[String: Any]] ?? []
            for i in calls.indices {
                calls[i]["firstHeard"] = nil
                var pops = calls[i]["pops"] as? [[String: Any]] ?? []
                for j in pops.indices { pops[j]["id"] = "\(calls[i]["number"] as? Int ?? 0).101" }
                calls[i]["pops"] = pops
            }
            object["calls"] = calls
        }
        var centre = Centre(try JSONDecoder().decode(Checkpoint.self, from: bytes))
        let pop = try #require(centre.livePops(of: "101", at: morning + 2_000).first)
        #expect(centre.hasShown(pop.id, to: "101"))
        #expect(!pop.id.contains("-"))
        #expect(centre.pop(pop.id, of: "101", in: .en, at: morning + 2_000)?.id == pop.id)
        var effects: [Effect] = []
        _ = centre.apply(
            call("a", .ended(by: .caller, cause: nil), at: 3_000), seq: 99, now: morning + 3_000, lookup: nil,
            effects: &effects)
        #expect(centre.livePops(of: "101", at: morning + 4_000).isEmpty)
    }
}
