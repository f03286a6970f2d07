import CallCenter

/// An entry of knowledge as bytes: a format, the kind, and the fields.
extension PackedWriter {
    mutating func knowledge(_ content: KnowledgeEntry.Content) {
        byte(1)
        byte(UInt8(content.kind.rawValue))
        switch content {
        case .article(let one):
            text(one.kind.rawValue)
            text(one.title)
            text(one.body)
            optional(one.answer)
            for all in [one.tags, one.queues, one.products] { list(all) { $0.text($1) } }
            optional(one.owner)
            optional(one.review?.days)
        case .template(let one):
            text(one.title)
            text(one.text)
            for all in [one.tags, one.queues] { list(all) { $0.text($1) } }
        case .incident(let one):
            for text in [one.title, one.cause, one.course, one.solution] { self.text(text) }
            optional(one.cost) { out, cost in
                out.byte(UInt8(cost.scale))
                out.signed(cost.units)
            }
            optional(one.currency)
            signed(one.openedAt.ms)
            optional(one.closedAt?.ms)
            for all in [one.tags, one.queues, one.products, one.regions, one.lines] { list(all) { $0.text($1) } }
            list(one.cases) { $0.signed($1) }
        }
    }

    mutating func knowledge(_ kept: RecordChange.KeptKnowledge) {
        signed(kept.id)
        signed(kept.version)
        signed(kept.createdAt.ms)
        optional(kept.createdBy)
        knowledge(kept.content)
    }

    mutating func knowledgeUse(_ use: KnowledgeUse) {
        signed(use.article)
        text(use.what.rawValue)
        optional(use.by)
        optional(use.call)
    }

    mutating func message(_ one: DeskNote) {
        signed(one.id)
        text(one.to.word)
        optional(one.to.operatorID)
        optional(one.from)
        optional(one.fromName)
        text(one.text)
        optional(one.call)
        optional(one.customer)
        optional(one.caseID)
        optional(one.replyTo)
    }
}

extension PackedReader {
    mutating func knowledge() throws(Malformed) -> KnowledgeEntry.Content {
        guard try byte() == 1, let kind = KnowledgeEntry.Kind(rawValue: Int64(try byte())) else { throw Malformed() }
        switch kind {
        case .article:
            let articleKind: Article.Kind = try word()
            var one = Article(title: try text())
            one.kind = articleKind
            one.body = try text()
            one.answer = try optionalText()
            one.tags = try texts()
            one.queues = try texts()
            one.products = try texts()
            one.owner = try optionalText()
            // Days of the years that a date can be written in.
            if let days = try optionalSigned() {
                guard (-719_528...2_932_896).contains(days) else { throw Malformed() }
                one.review = DayOrTime(days: Int(days))
            }
            return .article(one)
        case .template:
            var one = TextTemplate(title: try text())
            one.text = try text()
            one.tags = try texts()
            one.queues = try texts()
            return .template(one)
        case .incident:
            let title = try text(), cause = try text(), course = try text(), solution = try text()
            let cost: ExactDecimal? = try optional { from throws(Malformed) in
                let scale = Int(try from.byte())
                guard let number = ExactDecimal(units: try from.signed(), scale: scale) else { throw Malformed() }
                return number
            }
            let currency = try optionalText()
            var one = Incident(title: title, openedAt: Timestamp(ms: try signed()))
            one.cause = cause
            one.course = course
            one.solution = solution
            one.cost = cost
            one.currency = currency
            one.closedAt = try optionalSigned().map { Timestamp(ms: $0) }
            one.tags = try texts()
            one.queues = try texts()
            one.products = try texts()
            one.regions = try texts()
            one.lines = try texts()
            one.cases = try list { from throws(Malformed) in try from.signed() }
            return .incident(one)
        }
    }

    mutating func keptKnowledge() throws(Malformed) -> RecordChange.KeptKnowledge {
        RecordChange.KeptKnowledge(
            id: try signed(), version: try signed(), createdAt: Timestamp(ms: try signed()),
            createdBy: try optionalText(), content: try knowledge())
    }

    mutating func knowledgeUse() throws(Malformed) -> KnowledgeUse {
        KnowledgeUse(article: try signed(), what: try word(), by: try optionalText(), call: try optionalText())
    }

    mutating func message() throws(Malformed) -> DeskNote {
        let id = try signed(), word = try text(), recipient = try optionalText()
        guard let to = DeskNote.Audience(word: word, recipient) else { throw Malformed() }
        return DeskNote(
            id: id, to: to, from: try optionalText(), fromName: try optionalText(), text: try text(),
            call: try optionalText(), customer: try optionalSigned(), caseID: try optionalSigned(),
            replyTo: try optionalSigned())
    }
}

extension KnowledgeEntry.Content {
    /// As a row stores it.
    var packed: [UInt8] {
        var out = PackedWriter()
        out.knowledge(self)
        return out.bytes
    }

    init(packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in try from.knowledge() }
    }
}
