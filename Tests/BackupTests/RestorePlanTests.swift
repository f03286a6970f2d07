import Testing

@testable import Backup

/// Which backups a moment is restored from.
@Suite struct RestorePlanTests {
    /// A backup whose log was copied at a second, has the entries `first` to `last`, one read each second, and whose
    /// checkpoint and records know them up to `mark`.
    static func backup(
        _ name: String, at second: Int64, first: Int64 = 1, last: Int64, mark: Int64, changes: Int64? = nil,
        log: String? = "a"
    ) -> BackupFolder.Entry {
        func file(_ name: String, _ facts: DatabaseFacts? = nil) -> Manifest.File {
            .init(
                name: name, stored: name, bytes: 1, sha256: "", storedBytes: 1, storedSha256: "", facts: facts)
        }
        return .init(
            path: name,
            manifest: Manifest(
                version: 1, program: "test", begunAt: time(second - 1), endedAt: time(second + 1),
                log: .init(
                    identity: log, behind: 0, first: first, last: last, firstAt: time(first), lastAt: time(last),
                    takenAt: time(second), hasRecords: false),
                checkpoint: mark - 5, encrypted: false,
                files: [
                    file("checkpoint"), file("access.db", .init()),
                    file("customers.db", .init(log: log, mark: mark, changes: changes, hasCustomers: true)),
                    file("views.db", .init()), file("events.db"),
                ]))
    }

    static func time(_ second: Int64) -> UTCTime { UTCTime(ms: second * 1_000) }

    static let nights = [
        backup("mon", at: 101, last: 100, mark: 98), backup("tue", at: 201, last: 200, mark: 198),
        backup("wed", at: 301, last: 300, mark: 298),
    ]

    @Test(arguments: [
        (nil, "wed"), (250, "wed"), (300, "wed"), (301, "wed"), (201, "tue"), (200, "tue"), (102, "tue"), (101, "mon"),
        (50, "mon"), (1, "mon"),
    ] as [(Int64?, String)]) func theOldestLogThatReachesTheMomentIsUsed(second: Int64?, name: String) throws {
        #expect(try RestorePlan.source(Self.nights, at: second.map(Self.time)).path == name)
    }

    @Test func aMomentThatNoBackupHasIsRefused() {
        let later = #expect(throws: BackupError.self) { try RestorePlan.source(Self.nights, at: Self.time(302)) }
        #expect(
            later?.description
                == "the newest backup reaches to 1970-01-01T00:05:01.000Z only: leave --at out to restore all of it")
        let earlier = #expect(throws: BackupError.self) { try RestorePlan.source(Self.nights, at: Self.time(0)) }
        #expect(
            earlier?.description
                == "no backup here reaches back so far: the earliest moment possible is 1970-01-01T00:00:01.000Z")
        #expect(throws: BackupError.self) { try RestorePlan.source([], at: nil) }
    }

    /// After a restore another log goes on, whose positions mean other events.
    @Test func backupsOfAnotherLogAreNotMixed() throws {
        let after = Self.nights + [Self.backup("thu", at: 401, last: 350, mark: 340, log: "b")]
        #expect(try RestorePlan.source(after, at: nil).path == "thu")
        #expect(try RestorePlan.source(after, at: Self.time(250)).path == "thu")
        let base = #expect(throws: RestorePlan.NoBase.self) {
            try RestorePlan.base(after, source: after[3], cut: 250, hasRecords: false)
        }
        #expect(base == .init(earliest: 340, takenAt: Self.time(401)))
    }

    @Test(arguments: [
        (300, "wed"), (298, "wed"), (297, "tue"), (198, "tue"), (197, "mon"), (98, "mon"),
    ] as [(Int64, String)]) func theNewestRecordsThatKnowNothingLaterAreUsed(cut: Int64, name: String) throws {
        let base = try RestorePlan.base(Self.nights, source: Self.nights[2], cut: cut, hasRecords: false)
        guard case .backup(let entry) = base else {
            Issue.record("no backup for \(cut)")
            return
        }
        #expect(entry.path == name)
    }

    /// From `tue` on the changes of records are in the log.
    static let taken = [
        backup("mon", at: 101, last: 100, mark: 98), backup("tue", at: 201, last: 200, mark: 198, changes: 190),
        backup("wed", at: 301, last: 300, mark: 298, changes: 298),
    ]

    @Test func recordsOfBeforeTheirChangesWereInTheLogAreNotUsedWithThem() throws {
        let taken = Self.taken
        #expect(try RestorePlan.base(taken, source: taken[2], cut: 250, hasRecords: true) == .backup(taken[1]))
        // What is in the log begins with all records that there were.
        #expect(try RestorePlan.base(taken, source: taken[1], cut: 197, hasRecords: true) == .replay)
        #expect(try RestorePlan.base(taken, source: taken[1], cut: 150, hasRecords: false) == .backup(taken[0]))
    }

    @Test func withoutTheBeginningOfTheLogOldRecordsAreNeeded() throws {
        // The log of wed begins at 150 only; mon's checkpoint ends at 93, before it.
        let cut = Array(Self.nights[..<2]) + [Self.backup("wed", at: 301, first: 150, last: 300, mark: 298)]
        let base = try RestorePlan.base(cut, source: cut[2], cut: 250, hasRecords: false)
        #expect(base == .backup(cut[1]))
        let refusal = #expect(throws: RestorePlan.NoBase.self) {
            try RestorePlan.base(cut, source: cut[2], cut: 160, hasRecords: false)
        }
        #expect(refusal?.earliest == 198)
    }

    @Test func customersThatTheLogDoesNotHaveAreNotLost() {
        let refusal = #expect(throws: RestorePlan.NoBase.self) {
            try RestorePlan.base(Self.nights, source: Self.nights[0], cut: 97, hasRecords: false)
        }
        #expect(refusal?.earliest == 98)
    }

    @Test func eachFileIsFromOneOfThem() {
        func names(_ base: RestorePlan.Base) -> [String] {
            RestorePlan.files(source: Self.nights[2], base: base).map { "\($0.from.path) \($0.file.name)" }.sorted()
        }
        #expect(
            names(.backup(Self.nights[0])) == [
                "mon access.db", "mon checkpoint", "mon customers.db", "wed events.db", "wed views.db",
            ])
        // Of a version whose tokens do not know the log.
        #expect(names(.replay) == ["wed access.db", "wed events.db", "wed views.db"])
    }
}
