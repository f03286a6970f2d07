import CallCenter
import SQLite

/// A contact that a search found, with whose it is.
public struct FoundContact: Sendable {
    /// The contact, with whose it is.
    public var entry: TouchpointEntry
    /// The customer's name, as the record has it now.
    public var name: String
    /// The name of the customer's tier.
    var tier: String
}

/// Search in what was written of contacts of all customers: any part of it, in writing without spaces too.
extension CustomerStore {
    /// Matches of the index that are looked at, calls and others each. A text that more contacts have is found in
    /// those that were recorded last.
    static let contactMatchesMax = 500
    /// Contacts of each of the two that are looked through for a single character, which the index is no help for, and
    /// those that are not indexed yet.
    static let contactsReadMax = 5_000

    private static let contactColumns = """
        t.at, t.channel, t.direction, t.operator, t.line, t.summary, t.duration, t.outcome, t.tier, t.id, t.customer, \
        c.name, c.tier
        """
    private static let contactSource = "JOIN touchpoint t ON t.id=n.id JOIN customer c ON c.id=t.customer"

    /// The ids of calls are positive and grow; those of contacts and notes by hand are negative, and the newest has the
    /// lowest.
    private static let newestFirst = [("g.id>0", "DESC"), ("g.id<0", "ASC")]

    /// The questions, one for each of the two kinds of ids. What follows is the phrase, where there is one, and the
    /// limit.
    static let indexedContacts = [("rowid>0", "DESC"), ("rowid<0", "ASC")].map { ids, order in
        """
        SELECT \(contactColumns) FROM (SELECT rowid AS id FROM contact_grams WHERE contact_grams MATCH ?1 AND \(ids) \
        ORDER BY rowid \(order) LIMIT ?2) n \(contactSource)
        """
    }
    static let newestContacts = newestFirst.map { ids, order in
        """
        SELECT \(contactColumns) FROM (SELECT g.id FROM touchpoint g WHERE \(ids) AND g.summary<>'' \
        ORDER BY g.id \(order) LIMIT ?2) n \(contactSource)
        """
    }
    static let waitingContacts = newestFirst.map { ids, order in
        """
        SELECT \(contactColumns) FROM (SELECT g.id FROM contact_todo g WHERE \(ids) ORDER BY g.id \(order) LIMIT ?2) n \
        \(contactSource)
        """
    }

    /// Contacts and notes whose text contains another one, newest first. Deleted customers have none.
    ///
    /// - Parameter limit: so many at most, 500 or fewer.
    public func searchContacts(_ text: String, limit: Int) throws(StoreError) -> [FoundContact] {
        let wanted = Array(SearchText.normalized(text).prefix(SearchText.questionMax))
        guard !wanted.isEmpty else { return [] }
        let phrase = wanted.count > 1 ? SearchText.phrase(wanted) : nil
        return try searching { finder throws(SQLiteError) in
            var found: [Int64: FoundContact] = [:]
            for question in phrase == nil ? CustomerStore.newestContacts : CustomerStore.indexedContacts {
                let most = phrase == nil ? CustomerStore.contactsReadMax : CustomerStore.contactMatchesMax
                try CustomerStore.contacts(finder, question, phrase, most, wanted, into: &found)
            }
            for question in CustomerStore.waitingContacts {
                let most = CustomerStore.contactsReadMax
                try CustomerStore.contacts(finder, question, nil, most, wanted, into: &found)
            }
            let all = found.values.sorted { a, b in
                (a.entry.touchpoint.at, a.entry.id) > (b.entry.touchpoint.at, b.entry.id)
            }
            var shown = Array(all.prefix(limit))
            let call = try finder.prepare("SELECT id FROM call WHERE number=?")
            for place in shown.indices where shown[place].entry.id > 0 {
                try call.bind(shown[place].entry.id, 1)
                if try call.step() { shown[place].entry.call = call.text(0) }
                call.reset()
            }
            return shown
        }
    }

    /// Adds those of a question's contacts that have the text: the index may know an earlier one.
    private static func contacts(
        _ finder: borrowing Connection, _ question: String, _ phrase: String?, _ limit: Int, _ wanted: [UInt32],
        into found: inout [Int64: FoundContact]
    ) throws(SQLiteError) {
        let all = try finder.prepare(question)
        if let phrase { try all.bind(phrase, 1) }
        try all.bind(Int64(limit), 2)
        while try all.step() {
            let touchpoint = Touchpoint(all), id = all.int(9)
            guard SearchText.contains(SearchText.normalized(touchpoint.summary), wanted) else { continue }
            found[id] = FoundContact(
                entry: TouchpointEntry(id: id, customer: all.int(10), touchpoint: touchpoint),
                name: all.text(11) ?? "", tier: all.text(12) ?? "")
        }
    }

    // MARK: The index

    /// Brings at most `count` contacts up to date in the index.
    ///
    /// - Returns: whether there were any.
    public func indexContacts(_ count: Int) throws(StoreError) -> Bool {
        try with { state throws(SQLiteError) in
            guard try state.database.integer("SELECT EXISTS(SELECT 1 FROM contact_todo)") == 1 else { return false }
            try state.database.run("BEGIN IMMEDIATE")
            // In the order of their ids: an index that is written in another one is flushed for each of them.
            let waiting = try state.database.prepare("SELECT id, indexed FROM contact_todo ORDER BY id LIMIT \(count)")
            var todo: [(id: Int64, indexed: String?)] = []
            while try waiting.step() { todo.append((waiting.int(0), waiting.text(1))) }
            let current = try state.database.prepare("SELECT summary FROM touchpoint WHERE id=?")
            let forget = try state.database.prepare(
                "INSERT INTO contact_grams(contact_grams, rowid, grams) VALUES('delete', ?, ?)")
            let write = try state.database.prepare("INSERT INTO contact_grams(rowid, grams) VALUES(?, ?)")
            let done = try state.database.prepare("DELETE FROM contact_todo WHERE id=?")
            for one in todo {
                if let indexed = one.indexed, !indexed.isEmpty {
                    try forget.bind(one.id, 1)
                    try forget.bind(SearchText.grams(of: [indexed]), 2)
                    try forget.runAgain()
                }
                try current.bind(one.id, 1)
                let text = try current.step() ? current.text(0) : nil
                current.reset()
                if let text, !text.isEmpty {
                    try write.bind(one.id, 1)
                    try write.bind(SearchText.grams(of: [text]), 2)
                    try write.runAgain()
                }
                try done.bind(one.id, 1)
                try done.runAgain()
            }
            try state.database.run("COMMIT")
            return true
        }
    }
}
