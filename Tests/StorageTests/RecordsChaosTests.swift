import CallCenter
import ChaosDisk
import SQLite
import Testing

@testable import Storage

/// The customers' records on the same failing disk as the log: an edit that was answered is there, whole, and its
/// numbers find it; an edit that failed is there whole or not at all.
@Suite(.serialized) struct RecordsChaosTests {
    init() throws {
        _ = try Connection(path: ":memory:")
        try #require(chaos_disk_register() == 0)
    }

    /// A record as it may be.
    private struct State: Equatable {
        var version: Int64
        var name: String
        var phone: String
    }

    @Test func anEditThatWasAnsweredIsThere() throws {
        var failures = 0
        for seed in ChaosTests.seeds.prefix(1_000) {
            var random = Seeded(seed: seed)
            let directory = CHAOS_DISK_ROOT + "records-\(seed)"
            defer { chaos_disk_erase(directory + "/") }
            var store = Optional(try CustomerStore.open(directory: directory))
            var answered: [Int64: State] = [:], uncertain: [Int64: [State]] = [:], lost: Set<String> = []
            for step in 0..<24 {
                let text = "0900000\(1_000 + step)", now = morning + Int64(step)
                let edit = fields("name \(seed) \(step)", phones: [text])
                switch Int.random(in: 0..<8, using: &random) {
                case 0, 1:
                    do {
                        guard let made = try store?.create(edit, at: now) else { break }
                        answered[made.id] = .init(version: made.version, name: edit.name, phone: text)
                    } catch {
                        failures += 1
                        lost.insert(edit.name)
                    }
                case 2...4:
                    guard let (id, before) = answered.randomElement(using: &random), uncertain[id] == nil else { break }
                    let after = State(version: before.version + 1, name: edit.name, phone: text)
                    do {
                        _ = try store?.save(id, edit, expected: before.version, at: now)
                        answered[id] = after
                    } catch {
                        failures += 1
                        uncertain[id, default: []].append(after)
                    }
                case 5, 6:
                    let fault = [CHAOS_WRITE_FULL, CHAOS_WRITE_FAILS, CHAOS_SYNC_FAILS].randomElement(using: &random)!
                    chaos_disk_fail(directory + "/", fault, .random(in: 1...20, using: &random), 3)
                default:
                    store = nil
                    chaos_disk_power_off(directory + "/")
                    chaos_disk_power_on(directory + "/", random.next())
                    store = try CustomerStore.open(directory: directory)
                    for (id, state) in answered {
                        let found = try #require(try store?.customer(id), "seed \(seed): record \(id) is lost")
                        let now = State(
                            version: found.version, name: found.fields.name, phone: found.fields.phones.first?.raw ?? ""
                        )
                        #expect(
                            now == state || uncertain[id]?.contains(now) == true, "seed \(seed): record \(id) is \(now)"
                        )
                        let key = found.fields.phones.first?.e164 ?? ""
                        let byNumber = try store?.find(number: key, limit: 10).customers.map(\.id) ?? []
                        #expect(byNumber.contains(id), "seed \(seed): \(key) does not find record \(id)")
                        answered[id] = now
                    }
                    uncertain = [:]
                    let all = try store?.customers(after: 0, limit: 100) ?? []
                    for one in all where answered[one.id] == nil {
                        #expect(lost.contains(one.fields.name), "seed \(seed): nobody wrote record \(one.id)")
                    }
                    #expect(Set(all.map(\.fields.name)).count == all.count)
                }
            }
        }
        if ChaosTests.seeds.count >= 100 { #expect(failures > 20) }
    }
}
