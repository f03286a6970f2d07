import ChaosDisk

@testable import Storage

/// A log, the disk it is on, and what has been promised of it.
final class ChaosMachine {
    private let directory: String
    private var log: EventLog?
    /// What was committed, by its place.
    private var committed: [Int64: String] = [:]
    private var newest: Int64 = 0
    /// Entries up to this place may have been cut off.
    private var cutThrough: Int64 = 0
    /// What a commit that failed held: it may be there after a crash, and may not.
    private var uncertain: Set<String> = []
    private var policies: [UInt8] = []
    private var uncertainPolicies: Set<UInt8> = []
    private var lastID = 0
    private(set) var failures = 0
    /// What was promised and is not so.
    private(set) var problem: String?

    init(name: String) throws {
        directory = CHAOS_DISK_ROOT + name + "/"
        log = try open()
    }

    private func open() throws -> EventLog { try EventLog.open(directory: String(directory.dropLast())) }

    func erase() {
        log = nil
        chaos_disk_erase(directory)
    }

    var operations: Int64 { chaos_disk_operations(directory) }

    func fail(_ fault: chaos_fault, after: Int64, count: Int64) { chaos_disk_fail(directory, fault, after, count) }

    func failSoon(using random: inout Seeded) {
        let fault = [CHAOS_WRITE_FULL, CHAOS_WRITE_FAILS, CHAOS_SYNC_FAILS].randomElement(using: &random)!
        fail(fault, after: .random(in: 1...12, using: &random), count: [1, 1, 2, 5, 30].randomElement(using: &random)!)
    }

    /// Collects entries, the largest of some pages.
    private func collect(_ count: Int, using random: inout Seeded) -> [(seq: Int64, line: String)] {
        (0..<count).map { _ in
            lastID += 1
            let size = Bool.random(using: &random) ? 20 : Int.random(in: 0...9_000, using: &random)
            let line = "\(lastID) " + String(repeating: "x", count: size)
            Array(line.utf8).withUnsafeBytes {
                log?.append(readAt: Int64(lastID), source: "pbx", line: $0, facts: [])
            }
            return (log?.lastSeq ?? 0, line)
        }
    }

    private func promise(_ entries: [(seq: Int64, line: String)]) {
        for one in entries { committed[one.seq] = one.line }
        newest = entries.last?.seq ?? newest
    }

    private func doubt(_ entries: [(seq: Int64, line: String)]) {
        failures += 1
        uncertain.formUnion(entries.map(\.line))
    }

    func write(_ count: Int, using random: inout Seeded) {
        let entries = collect(count, using: &random)
        do {
            try log?.commit()
            promise(entries)
        } catch { doubt(entries) }
    }

    /// As the engine does: while a commit is under way, the next entries are collected.
    func writeBeside(_ count: Int, using random: inout Seeded) {
        let first = collect(count, using: &random), commit = log?.beginCommit(), second = collect(count, using: &random)
        do {
            try commit?.run()
            log?.endCommit()
            promise(first)
        } catch {
            log?.rollback()
            return doubt(first + second)
        }
        do {
            try log?.commit()
            promise(second)
        } catch { doubt(second) }
    }

    func adopt() {
        let policy = UInt8(truncatingIfNeeded: policies.count + uncertainPolicies.count + 1)
        do {
            try log?.adopt(policy: [policy], after: newest)
            policies.append(policy)
        } catch {
            failures += 1
            uncertainPolicies.insert(policy)
        }
    }

    func cut(using random: inout Seeded) {
        let seq = Int64.random(in: 0...max(0, newest), using: &random)
        cutThrough = max(cutThrough, seq)
        do {
            _ = try LogCutter.open(directory: String(directory.dropLast())).cut(through: seq, before: .max)
        } catch { failures += 1 }
    }

    /// The power fails, and comes back: what is on the disk then is compared with what was promised.
    func crash(seed: UInt64) throws {
        chaos_disk_power_off(directory)
        log = nil
        chaos_disk_power_on(directory, seed)
        log = try open()
        var found: [(seq: Int64, line: String)] = []
        try log?.replay(after: 0) { found.append(($0.seq, String(decoding: $0.line, as: UTF8.self))) }
        compare(found)
        var kept = try log?.policies().flatMap(\.policy) ?? []
        if !kept.starts(with: policies) {
            kept.removeAll { uncertainPolicies.contains($0) && !policies.contains($0) }
            if kept != policies { say("of the rules \(policies) there are \(kept)") }
        }
        policies = try log?.policies().flatMap(\.policy) ?? []
        uncertainPolicies = []
    }

    private func compare(_ found: [(seq: Int64, line: String)]) {
        var seen: Set<String> = []
        for (one, next) in zip(found, found.dropFirst()) where next.seq != one.seq + 1 {
            say("after place \(one.seq) comes \(next.seq)")
        }
        for one in found {
            let id = one.line.prefix { $0 != " " }
            if !seen.insert(one.line).inserted { say("entry \(id) is there twice") }
            if let promised = committed[one.seq] {
                if promised != one.line { say("place \(one.seq) has entry \(id), and not the committed one") }
            } else if !uncertain.contains(one.line) {
                say("place \(one.seq) has entry \(id), which nobody committed")
            }
        }
        let there = Set(found.map(\.seq))
        for seq in committed.keys.sorted() where seq > cutThrough && !there.contains(seq) {
            say("place \(seq) is lost")
        }
        if newest > 0, !there.contains(newest) { say("the newest place \(newest) is lost") }
        if log?.committedSeq != found.last?.seq ?? 0 {
            say("the log says that it ends at \(log?.committedSeq ?? -1), and ends at \(found.last?.seq ?? 0)")
        }
        committed = Dictionary(uniqueKeysWithValues: found.map { ($0.seq, $0.line) })
        newest = found.last?.seq ?? 0
        uncertain = []
    }

    private func say(_ text: String) { if problem == nil { problem = text } }
}
