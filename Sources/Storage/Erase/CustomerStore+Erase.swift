import CallCenter
import SQLite

/// Erasing a customer from the records. What is left to do in the log and in the history is stored in the same
/// transaction, so that a start after a crash goes on with it.
extension CustomerStore {
    /// The line that stays of a customer who was erased; nil for any other.
    public func erased(_ id: Int64) throws(StoreError) -> ErasedCustomer? {
        try reading { state throws(SQLiteError) in try state.erased(id) }
    }

    /// The erases that are not finished in the log, in the history and in the files.
    public func unfinishedErasures() throws(StoreError) -> [UnfinishedErasure] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare("SELECT customer, seq, work FROM erasure ORDER BY seq, customer")
            var found: [UnfinishedErasure] = []
            while try all.step() {
                let bytes = all.withBytes(2) { Array($0) }
                do throws(Malformed) {
                    found.append(UnfinishedErasure(seq: all.int(1), work: try ErasureWork(bytes)))
                } catch {
                    throw SQLiteError(
                        code: LogTables.damaged, message: "what is left to erase of \(all.int(0)) cannot be read")
                }
            }
            return found
        }
    }
}

/// An erase that is in the log, and not finished.
public struct UnfinishedErasure: Sendable {
    /// The position of its entry: everything up to there is replaced, and nothing behind it.
    public var seq: Int64
    var work: ErasureWork

    /// What is to be replaced in the log and in the history.
    public var erasure: Erasure { work.erasure }
    /// The id of the customer who is erased.
    public var customer: Int64 { work.erasure.customer }
    /// The customer's calls that were in memory at the erase.
    public var calls: [ErasedCall] { work.calls }
}

extension CustomerStore.State {
    borrowing func erased(_ id: Int64) throws(SQLiteError) -> ErasedCustomer? {
        let one = try database.prepare(
            """
            SELECT version, at, who, through, reason, done_at, versions, cases, numbers, numbers_kept, calls, \
            contacts, entries FROM erased_customer WHERE id=?
            """)
        try one.bind(id, 1)
        guard try one.step() else { return nil }
        var counts = ErasedCustomer.Counts()
        counts.versions = one.int(6)
        counts.cases = one.int(7)
        counts.numbers = one.int(8)
        counts.numbersKept = one.int(9)
        counts.calls = one.int(10)
        counts.contacts = one.int(11)
        counts.entries = one.int(12)
        return ErasedCustomer(
            id: id, version: one.int(0), at: Timestamp(ms: one.int(1)),
            author: Author(one.text(2), through: Author.Through(rawValue: one.text(3) ?? "") ?? .command),
            reason: one.text(4), doneAt: one.isNull(5) ? nil : Timestamp(ms: one.int(5)), counts: counts)
    }

    /// The newest version of a customer who is there or deleted; nil for any other.
    borrowing func newestVersion(_ id: Int64) throws(SQLiteError) -> Int64? {
        if let record = try record(id) { return record.version }
        if let part = try part(id) { return part.version }
        return try deleted(id)?.version
    }

    /// The id after which those of new cases start.
    borrowing func casesBehind() throws(SQLiteError) -> Int64 { try nextCase() - 1 }

    /// Deletes everything that belongs to a customer, and stores what is left to do.
    borrowing func erase(_ one: RecordChange.Erased, _ origin: Origin) throws(SQLiteError) {
        guard try erased(one.id) == nil else { return }
        var work: ErasureWork
        if let known = prepared[one.id] {
            work = known
        } else {
            work = try gather(one.id, alsoNumbers: numbersOfCalls(one.id))
        }
        work.calls = one.calls
        let versions = try count("SELECT count(*) FROM customer_version WHERE customer=\(one.id)"),
            cases = try count("SELECT count(*) FROM customer_case WHERE customer=\(one.id)")
        let gone = try deleted(one.id)
        try unindex(one.id)
        for number in work.erasure.numbers.keys { try eraseBlocking(of: number) }
        try eraseInbox(of: one.id, items: work.inbox)
        try eraseItems(of: one.id, behind: one.itemsBehind)
        try eraseFiles(of: one.id)
        try eraseListWork(of: one.id)
        try database.run("DELETE FROM case_version WHERE customer=\(one.id)")
        try eraseMessages(of: one.id)
        try eraseReplies(of: one.id)
        try eraseMerges(of: one.id, work.hosts)
        // The tables whose rows belong to a customer; numbers and cases go with theirs.
        try database.run(
            """
            UPDATE identity SET customers_behind=max(customers_behind, \(one.id)), \
            cases_behind=max(cases_behind, \(one.casesBehind));
            DELETE FROM customer WHERE id=\(one.id);
            DELETE FROM deleted_customer WHERE id=\(one.id);
            DELETE FROM customer_version WHERE customer=\(one.id);
            DELETE FROM case_late WHERE customer=\(one.id);
            DELETE FROM search_todo WHERE customer=\(one.id)
            """)
        try note(one.id, one.version, Origin(at: origin.at, author: origin.author), before: nil)
        let isLeft =
            !work.texts.isEmpty || !work.erasure.numbers.isEmpty || !work.calls.isEmpty
            || !work.inbox.isEmpty
        let line = try database.prepare(
            """
            INSERT INTO erased_customer(id, version, at, who, through, reason, done_at, versions, cases, numbers, \
            numbers_kept) VALUES(?,?,?,?,?,?,?,?,?,?,?)
            """)
        try line.bind(one.id, 1)
        try line.bind(one.version, 2)
        try line.bind(origin.at.ms, 3)
        try line.bind(origin.author.who, 4)
        try line.bind(origin.author.through.rawValue, 5)
        try line.bind(one.reason, 6)
        try line.bind(isLeft ? nil : origin.at.ms, 7)
        try line.bind(versions, 8)
        try line.bind(cases + Int64(gone?.cases.count ?? 0), 9)
        try line.bind(Int64(work.erasure.numbers.count), 10)
        try line.bind(Int64(work.kept.count), 11)
        try line.run()
        guard isLeft else { return }
        let job = try database.prepare("INSERT OR REPLACE INTO erasure VALUES(?,0,?)")
        try job.bind(one.id, 1)
        try job.bind(work.bytes, 2)
        try job.run()
    }

    /// Stores the position of the entry that was just applied with the erases in it.
    borrowing func noteErasures(at seq: Int64) throws(SQLiteError) {
        try database.run("UPDATE erasure SET seq=\(seq) WHERE seq=0")
    }

    private borrowing func count(_ question: String) throws(SQLiteError) -> Int64 {
        try database.integer(question) ?? 0
    }

    // MARK: What is the customer's

    /// Everything by which the customer's data is found in the log, in the history and in the files, of all versions.
    ///
    /// - Parameter alsoNumbers: numbers of the customer's calls that are in no record.
    borrowing func gather(_ id: Int64, alsoNumbers: [String]) throws(SQLiteError) -> ErasureWork {
        var all: [CustomerFields] = [], titles = try caseTexts(of: id)
        if let record = try record(id) { all.append(record.fields) }
        if let gone = try deleted(id) {
            all.append(gone.fields)
            titles += gone.cases.flatMap(\.texts)
        }
        if let part = try part(id) { all.append(part.fields) }
        let before = try database.prepare(
            "SELECT before FROM customer_version WHERE customer=? AND before IS NOT NULL")
        try before.bind(id, 1)
        while try before.step() {
            all.append(try CustomerStore.State.unpacked(before.withBytes(0) { Array($0) }, id))
        }
        var work = ErasureWork(Erasure(customer: id))
        work.hosts = try hosts(of: id)
        let phones = all.flatMap(\.phones)
        for number in Set(phones.compactMap(\.key) + alsoNumbers).sorted() {
            if try has("SELECT 1 FROM phone WHERE e164=?1 AND customer<>?2 LIMIT 1", number, id) {
                work.kept.append(number)
            } else {
                work.erasure.numbers[number] = ErasedCaller.text(UInt64.random(in: .min ... .max))
            }
        }
        let others =
            """
            SELECT 1 FROM customer WHERE id<>?2 AND (email=?1 OR line_id=?1 OR external_id=?1)
            UNION ALL SELECT 1 FROM customer_identity WHERE value=?1 AND customer<>?2 LIMIT 1
            """
        for word in Set(all.flatMap(\.words)).sorted() {
            if try !has(others, word, id) { work.erasure.words[word] = ErasedCaller.text(.random(in: .min ... .max)) }
        }
        var texts = Set(all.flatMap(\.texts))
        texts.formUnion(titles)
        texts.formUnion(try itemTexts(of: id))
        texts.formUnion(try messageTexts(of: id))
        texts.formUnion(try replyTexts(of: id))
        texts.formUnion(try listTexts(of: id))
        texts.formUnion(work.erasure.numbers.keys)
        let waiting = try inboxItems(
            of: id, addresses: work.erasure.words.keys.sorted() + work.erasure.numbers.keys.sorted())
        work.inbox = waiting.map(\.id)
        texts.formUnion(waiting.flatMap(\.texts))
        work.texts = texts.sorted()
        return work
    }

    private borrowing func has(_ question: String, _ text: String, _ id: Int64) throws(SQLiteError) -> Bool {
        let one = try database.prepare(question)
        try one.bind(text, 1)
        try one.bind(id, 2)
        return try one.step()
    }

    /// Numbers from which the customer called, that are in nobody's record, and from which nobody else did.
    borrowing func numbersOfCalls(_ id: Int64) throws(SQLiteError) -> [String] {
        let all = try database.prepare("SELECT DISTINCT number FROM touchpoint WHERE customer=? AND number IS NOT NULL")
        try all.bind(id, 1)
        var found: [String] = []
        while try all.step() { if let number = all.text(0), !ErasedCaller.isOne(number) { found.append(number) } }
        var own: [String] = []
        for number in found {
            if try has("SELECT 1 FROM phone WHERE e164=?1 AND ?2<>0 LIMIT 1", number, id) { continue }
            if try has("SELECT 1 FROM touchpoint WHERE number=?1 AND customer<>?2 LIMIT 1", number, id) { continue }
            own.append(number)
        }
        return own
    }

    // MARK: The search

    /// Takes the customer's texts out of the index of the search: the index is told the same words that it was given.
    private borrowing func unindex(_ id: Int64) throws(SQLiteError) {
        try unindex(id, versions: 0 ... .max)
    }

    borrowing func unindex(_ id: Int64, versions: ClosedRange<Int64>) throws(SQLiteError) {
        let docs = try database.prepare("SELECT doc, version FROM search_doc WHERE customer=?")
        try docs.bind(id, 1)
        var found: [(doc: Int64, version: Int64)] = []
        while try docs.step() { found.append((docs.int(0), docs.int(1))) }
        let current = try record(id), gone = try deleted(id), part = try part(id)
        for (doc, version) in found where versions.contains(version) {
            var indexed = try fields(of: id, at: version)
            // A deletion makes a version, and what was deleted is the version before it.
            if indexed == nil, let gone, gone.version - 1 == version { indexed = gone.fields }
            if indexed == nil, let part, part.version - 1 == version { indexed = part.fields }
            if indexed == nil, current?.version == version { indexed = current?.fields }
            guard let indexed else { continue }
            let forget = try database.prepare(
                "INSERT INTO customer_grams(customer_grams, rowid, grams) VALUES('delete', ?, ?)")
            try forget.bind(doc, 1)
            try forget.bind(SearchText.grams(of: indexed.searched), 2)
            try forget.run()
            try database.run("DELETE FROM search_doc WHERE doc=\(doc)")
        }
    }
}

extension CustomerFields {
    /// Every text that is the customer's alone, or may be.
    fileprivate var texts: [String] {
        let fields = [name, kana, email, lineID, address, externalID].compactMap { $0 }
        let numbers = phones.flatMap { [$0.raw, $0.e164, $0.key, $0.display].compactMap { $0 } }
        let about = details.persona + details.preferences + [details.statusReason].compactMap { $0 }
        return (fields + numbers + cautions + custom.values + about + details.identities.map(\.value)).filter {
            $0.utf8.count >= 3
        }
    }

    /// What finds the customer besides the numbers.
    fileprivate var words: [String] {
        [email, lineID, externalID].compactMap { $0 } + details.identities.map(\.value)
    }
}
