import CallCenter
import Foundation
import SQLite

/// Which knowledge fits a call, or a question.
extension CustomerStore {
    /// An article with what it was found by.
    public struct Fitting: Equatable, Sendable {
        /// By what an article was found.
        public enum Reason: String, Equatable, Sendable, CaseIterable {
            /// Words of what is typed about the call.
            case words
            /// It is for the call's queue.
            case queue
            /// It has a tag of the customer.
            case tags
            /// It is about a product that the customer has.
            case product
        }

        /// The article, as it is now.
        public var entry: KnowledgeEntry
        /// By what it was found, at least one where something fits.
        public var reasons: [Reason]
        /// How well it fits: more is better; no unit.
        var score: Double

        /// Copies its arguments.
        public init(entry: KnowledgeEntry, reasons: [Reason] = [], score: Double = 0) {
            self.entry = entry
            self.reasons = reasons
            self.score = score
        }
    }

    /// Entries with every word of a question, by their ids; nil for a question of nothing but spaces.
    public func knowledgeIDs(_ question: String) throws(StoreError) -> Set<Int64>? {
        let words = question.split(maxSplits: 32, whereSeparator: \.isWhitespace).prefix(32)
        let parts = words.compactMap { SearchText.question(String($0)) }
        guard !parts.isEmpty else { return nil }
        return try searching { finder throws(SQLiteError) in
            Set(try CustomerStore.matches(finder, parts.map { "(\($0))" }.joined(separator: " AND ")))
        }
    }

    /// Articles that fit a call, the best first: words of the note, queue, tags, products.
    ///
    /// - Parameters:
    ///   - question: only articles with all of its words; they need not fit otherwise. nil: only what fits.
    ///   - skip: so many of the best are left out: the pages before.
    public func articles(
        fitting call: KnowledgeContext, question: String?, skip: Int, limit: Int
    ) throws(StoreError) -> [Fitting] {
        let asked = question.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        let wanted = try asked.map { text throws(StoreError) in try knowledgeIDs(text) ?? [] }
        let words = NoteWords(call.note).words
        let ranked = try searching { finder throws(SQLiteError) in
            var facets = try CustomerStore.facets(finder)
            let all = Double(facets.count)
            if let wanted { facets = facets.filter { wanted.contains($0.key) } }
            var scores: [Int64: (score: Double, reasons: [Fitting.Reason])] = [:]
            for word in words {
                guard let phrase = SearchText.question(word.text) else { continue }
                let found = try CustomerStore.matches(finder, phrase)
                // A word of every article says little.
                let weight = word.weight * log(1 + all / Double(max(1, found.count)))
                let letters = SearchText.normalized(word.text)
                for id in found {
                    guard let facet = facets[id] else { continue }
                    let isInTitle = SearchText.contains(facet.title, letters)
                    scores[id, default: (score: 0, reasons: [.words])].score += isInTitle ? 2 * weight : weight
                }
            }
            for (id, facet) in facets {
                let fits = facet.fits(call)
                let before = scores[id] ?? (score: 0, reasons: [])
                scores[id] = (score: before.score + fits.score, reasons: before.reasons + fits.reasons)
            }
            // Beside one that fits well, what only shares a frequent word with the note is in the way.
            let best = scores.values.map(\.score).max() ?? 0
            let least = wanted == nil ? max(best * CustomerStore.leastShare, .leastNonzeroMagnitude) : -.infinity
            return scores.filter { $0.value.score >= least }
                .map { (id: $0.key, score: $0.value.score, reasons: $0.value.reasons) }
                .sorted { ($0.score, -$0.id) > ($1.score, -$1.id) }
        }
        return try reading { state throws(SQLiteError) in
            var found: [Fitting] = []
            for one in ranked.dropFirst(skip).prefix(limit) {
                guard let entry = try state.knowledge(one.id) else { continue }
                found.append(Fitting(entry: entry, reasons: one.reasons, score: one.score))
            }
            return found
        }
    }

    /// Of the best one's score, what another has to have.
    private static let leastShare = 0.2

    /// What of an article the ranking goes by.
    private struct Facet {
        var title: [UInt32]
        var queues, tags, products: [String]

        func fits(_ call: KnowledgeContext) -> (score: Double, reasons: [Fitting.Reason]) {
            var score = 0.0, reasons: [Fitting.Reason] = []
            if let queue = call.queue, queues.contains(queue) {
                score += 2
                reasons.append(.queue)
            } else if !queues.isEmpty, call.queue != nil {
                // It was written for other calls.
                score -= 2
            }
            let both = tags.count { call.tags.contains($0) }
            if both > 0 {
                score += 1.5 * Double(min(both, 2))
                reasons.append(.tags)
            }
            if products.contains(where: call.hasProduct) {
                score += 3
                reasons.append(.product)
            }
            return (score, reasons)
        }
    }

    private static func facets(_ finder: borrowing Connection) throws(SQLiteError) -> [Int64: Facet] {
        let all = try finder.prepare("SELECT id, title, queues, tags, products FROM knowledge WHERE kind=?")
        try all.bind(KnowledgeEntry.Kind.article.rawValue, 1)
        var found: [Int64: Facet] = [:]
        while try all.step() {
            found[all.int(0)] = Facet(
                title: SearchText.normalized(all.text(1) ?? ""), queues: CustomersDatabase.list(all.text(2)),
                tags: CustomersDatabase.list(all.text(3)), products: CustomersDatabase.list(all.text(4)))
        }
        return found
    }

    private static func matches(
        _ finder: borrowing Connection, _ question: String
    ) throws(SQLiteError) -> [Int64] {
        let all = try finder.prepare("SELECT rowid FROM knowledge_grams WHERE knowledge_grams MATCH ?")
        try all.bind(question, 1)
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }

    // MARK: What is counted

    /// How often articles were used, by their ids.
    public func knowledgeCounts(_ ids: [Int64]) throws(StoreError) -> [Int64: KnowledgeCounts] {
        try reading { state throws(SQLiteError) in
            let one = try state.database.prepare(
                "SELECT what, count(*), max(at) FROM knowledge_use WHERE article=? GROUP BY what")
            var counts: [Int64: KnowledgeCounts] = [:]
            for id in ids {
                one.reset()
                try one.bind(id, 1)
                counts[id] = try CustomerStore.counts(one)
            }
            return counts
        }
    }

    private static func counts(_ rows: borrowing Statement) throws(SQLiteError) -> KnowledgeCounts {
        var counts = KnowledgeCounts()
        while try rows.step() {
            switch KnowledgeUse.What(rawValue: rows.text(0) ?? "") {
            case .used:
                counts.used = rows.int(1)
                counts.lastUsed = Timestamp(ms: rows.int(2))
            case .helped: counts.helped = rows.int(1)
            case .notHelped: counts.notHelped = rows.int(1)
            case nil: break
            }
        }
        return counts
    }

    /// What the articles lack.
    ///
    /// - Parameters:
    ///   - today: days since 1970-01-01; reviews of this day and before are due.
    ///   - from: since when an article should have been used; searches since then.
    ///   - limit: lines of each list.
    public func knowledgeReport(
        today: Int64, since from: Timestamp, limit: Int
    ) throws(StoreError) -> KnowledgeReport {
        var lines: [KnowledgeReport.Line] = [], created: [Int64: Timestamp] = [:], after: Int64 = 0
        while true {
            let page = try knowledge(.article, after: after, limit: 500)
            let counts = try knowledgeCounts(page.map(\.id))
            for entry in page {
                guard case .article(let article) = entry.content else { continue }
                lines.append(.init(id: entry.id, article: article, counts: counts[entry.id] ?? KnowledgeCounts()))
                created[entry.id] = entry.createdAt
            }
            guard let last = page.last else { break }
            after = last.id
        }
        var report = KnowledgeReport()
        func list(_ found: [KnowledgeReport.Line]) -> [KnowledgeReport.Line] { Array(found.prefix(limit)) }
        report.reviewDue = list(
            lines.filter { $0.article.review.map { $0.days <= today } ?? false }
                .sorted { ($0.article.review?.days ?? 0, $0.id) < ($1.article.review?.days ?? 0, $1.id) })
        // What was written since then had no time to be used.
        report.unused = list(
            lines.filter { line in
                (created[line.id] ?? from) < from && (line.counts.lastUsed ?? Timestamp(ms: 0)) < from
            }.sorted { ($0.counts.lastUsed?.ms ?? 0, $0.id) < ($1.counts.lastUsed?.ms ?? 0, $1.id) })
        report.unhelpful = list(
            lines.filter { $0.counts.notHelped > $0.counts.helped }
                .sorted { ($0.counts.notHelped, -$0.id) > ($1.counts.notHelped, -$1.id) })
        let searched = try searchesWithoutResult(since: from, limit: CustomerStore.searchesMax)
        let articles = Set(lines.map(\.id))
        for one in searched where report.missing.count < limit {
            // The same search finds something now: somebody has written it.
            guard try knowledgeIDs(one.text)?.isDisjoint(with: articles) ?? true else { continue }
            report.missing.append(one)
        }
        return report
    }

    /// Searches without a result that are looked at again: the most frequent.
    private static let searchesMax = 1_000

    private func searchesWithoutResult(
        since from: Timestamp, limit: Int
    ) throws(StoreError) -> [KnowledgeReport.Missing] {
        try reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT text, count(*), max(at) FROM knowledge_miss WHERE at>=?1 GROUP BY text
                ORDER BY count(*) DESC, max(at) DESC LIMIT ?2
                """)
            try all.bind(from.ms, 1)
            try all.bind(Int64(limit), 2)
            var found: [KnowledgeReport.Missing] = []
            while try all.step() {
                found.append(
                    .init(text: all.text(0) ?? "", count: all.int(1), last: Timestamp(ms: all.int(2))))
            }
            return found
        }
    }
}

extension SearchText {
    /// Whether normalised text has another one in it.
    static func contains(_ text: [UInt32], _ part: [UInt32]) -> Bool {
        guard let first = part.first, part.count <= text.count else { return part.isEmpty }
        for start in 0...text.count - part.count where text[start] == first {
            if text[start..<start + part.count].elementsEqual(part) { return true }
        }
        return false
    }
}
