import CallCenter

/// A change entry as bytes: a version of the format, whether the rest is compressed, and the fields (`PackedWriter`).
extension ChangeEntry {
    private static let format: UInt8 = 1
    fileprivate static let eraseTag: UInt8 = 100

    var bytes: [UInt8] {
        var out = PackedWriter()
        out.signed(at.ms)
        out.optional(author.who)
        out.text(author.through.rawValue)
        out.optional(importID)
        out.list(changes) { $0.change($1) }
        return ChangeEntry.framed(out.bytes)
    }

    init(_ bytes: [UInt8]) throws(Malformed) {
        let plain = try ChangeEntry.unframed(bytes)
        self = try plain.reading { from throws(Malformed) in
            ChangeEntry(
                at: Timestamp(ms: try from.signed()),
                author: Author(try from.optionalText(), through: try from.word()),
                importID: try from.optionalSigned(),
                changes: try from.list { from throws(Malformed) in try from.change() })
        }
    }

    /// Whether the bytes of an entry are an erase, which is always the first change of its entry. The other fields are
    /// not decoded.
    static func isErase(_ bytes: [UInt8]) -> Bool {
        guard let plain = try? unframed(bytes) else { return false }
        return plain.withUnsafeBytes { raw in (try? tagOfTheFirstChange(raw)) == eraseTag }
    }

    /// nil for an entry without changes.
    private static func tagOfTheFirstChange(_ plain: UnsafeRawBufferPointer) throws(Malformed) -> UInt8? {
        var from = PackedReader(bytes: plain)
        _ = try from.signed()
        _ = try from.optionalText()
        try from.skip()
        _ = try from.optionalSigned()
        return try from.count() > 0 ? from.byte() : nil
    }

    /// Also for entries of secrets.
    static func framed(_ plain: [UInt8]) -> [UInt8] {
        guard let packed = Deflated.compress(plain) else { return [format, 0] + plain }
        var out = PackedWriter()
        out.byte(format)
        out.byte(1)
        out.count(plain.count)
        return out.bytes + packed
    }

    static func unframed(_ bytes: [UInt8]) throws(Malformed) -> [UInt8] {
        guard bytes.count >= 2, bytes[0] == format else { throw Malformed() }
        if bytes[1] == 0 { return Array(bytes.dropFirst(2)) }
        var count = 0, at = 2, shift = 0
        while true {
            guard at < bytes.count, shift < 35 else { throw Malformed() }
            count |= Int(bytes[at] & 0x7F) << shift
            shift += 7
            at += 1
            if bytes[at - 1] < 0x80 { break }
        }
        return try Deflated.decompress(Array(bytes.dropFirst(at)), count: count)
    }
}

extension PackedWriter {
    fileprivate mutating func change(_ change: RecordChange) {
        switch change {
        case .customer(let kept):
            // Without details as an earlier version wrote it.
            byte(kept.fields.details.isEmpty ? 1 : 22)
            signed(kept.id)
            signed(kept.version)
            signed(kept.createdAt.ms)
            optional(kept.updatedAt?.ms)
            fields(kept.fields)
            if !kept.fields.details.isEmpty { details(kept.fields.details) }
        case .deleted(let id, let version):
            byte(2)
            signed(id)
            signed(version)
        case .undeleted(let id, let version):
            byte(3)
            signed(id)
            signed(version)
        case .blocked(let number):
            byte(4)
            text(number.number)
            text(number.display)
            optional(number.reason)
            signed(number.since.ms)
        case .unblocked(let number):
            byte(5)
            text(number)
        case .blockList(let one):
            byte(55)
            blockChange(one)
        case .customerCase(let one):
            // As an earlier version wrote it, where that says all.
            byte(one.isPlain ? 6 : 40)
            if one.isPlain { caseFields(one) } else { wholeCase(one) }
        case .caseClaim(let id, let claim):
            byte(41)
            signed(id)
            self.claim(claim)
        case .inboxClaim(let id, let claim):
            byte(85)
            signed(id)
            self.claim(claim)
        case .importRun(let run):
            // As an earlier version wrote it, where that says all.
            byte(run.isPlain ? 7 : 54)
            signed(run.id)
            signed(run.startedAt.ms)
            optional(run.by)
            optional(run.file)
            optional(run.endedAt?.ms)
            for count in [run.rows, run.created, run.updated] { signed(count) }
            optional(run.undoneAt?.ms)
            if !run.isPlain {
                text(run.kind.word)
                optional(run.headings)
                list(run.map.sorted { $0.key < $1.key }) { out, one in
                    out.text(one.key)
                    out.text(one.value)
                }
            }
        case .item(let kept):
            byte(20)
            signed(kept.id)
            signed(kept.customer)
            signed(kept.version)
            signed(kept.createdAt.ms)
            optional(kept.createdBy)
            itemContent(kept.content)
        case .itemDeleted(let id, let version):
            byte(21)
            signed(id)
            signed(version)
        case .itemsAged(let ids, let behind):
            byte(65)
            list(ids) { $0.signed($1) }
            signed(behind)
        case .filePiece(let piece):
            byte(92)
            signed(piece.home)
            blob(piece.hash)
            signed(piece.n)
            blob(piece.data)
        case .fileGone(let home, let hash):
            byte(93)
            signed(home)
            blob(hash)
        case .merged(let one):
            byte(23)
            for number in [one.id, one.into, one.intoVersion, one.other, one.otherVersion] { signed(number) }
        case .unmerged(let one):
            byte(24)
            for number in [one.id, one.intoVersion, one.otherVersion] { signed(number) }
        case .inbox(let one):
            byte(60)
            inboxItem(one)
        case .trace(let one):
            byte(61)
            trace(one)
        case .mailReply(let one):
            byte(62)
            mailReply(one)
        case .replyProgress(let one):
            byte(63)
            replyStep(one)
        case .repliesBehind(let id):
            byte(64)
            signed(id)
        case .knowledge(let kept):
            byte(70)
            knowledge(kept)
        case .knowledgeDeleted(let id, let version):
            byte(71)
            signed(id)
            signed(version)
        case .knowledgeUse(let use):
            byte(72)
            knowledgeUse(use)
        case .knowledgeMissing(let text, let by):
            byte(73)
            self.text(text)
            optional(by)
        case .message(let one):
            byte(74)
            message(one)
        case .messageRead(let id, let by):
            byte(75)
            signed(id)
            text(by)
        case .messagesBehind(let id):
            byte(76)
            signed(id)
        case .fieldUse(let use):
            byte(77)
            fieldUse(use)
        case .pastCall(let one):
            byte(94)
            pastCall(one)
        case .pastFigures(let one):
            byte(95)
            pastFigures(one)
        case .pastCallsGone(let numbers):
            byte(96)
            list(numbers) { $0.signed($1) }
        case .pastFiguresGone(let id):
            byte(97)
            signed(id)
        case .webhookPosition(let name, let seq):
            byte(80)
            text(name)
            signed(seq)
        case .deadDelivery(let one):
            byte(81)
            deadDelivery(one)
        case .deadDeliveryGone(let webhook, let seq, let part):
            byte(82)
            text(webhook)
            signed(seq)
            count(part)
        case .alert(let alert):
            byte(83)
            recordedAlert(alert)
        case .caseLate(let one):
            byte(84)
            signed(one.id)
            signed(one.customer)
            optional(one.owner)
            signed(one.due.ms)
        case .list(let one):
            byte(50)
            listFields(one)
        case .listDeleted(let id, let version):
            byte(51)
            signed(id)
            signed(version)
        case .listClaim(let list, let customer, let claim):
            byte(52)
            signed(list)
            signed(customer)
            listClaim(claim)
        case .listResult(let list, let customer, let result):
            byte(53)
            signed(list)
            signed(customer)
            listResult(result)
        case .erased(let one):
            byte(ChangeEntry.eraseTag)
            signed(one.id)
            signed(one.version)
            signed(one.casesBehind)
            signed(one.itemsBehind)
            optional(one.reason)
            list(one.calls) { $0.erasedCall($1) }
        }
    }

    private mutating func claim(_ claim: CaseClaim?) {
        optional(claim) { out, claim in
            out.text(claim.by)
            out.signed(claim.since.ms)
        }
    }
}

extension PackedReader {
    fileprivate mutating func change() throws(Malformed) -> RecordChange {
        let tag = try byte()
        switch tag {
        case 1, 22:
            var kept = RecordChange.Kept(
                id: try signed(), version: try signed(), createdAt: Timestamp(ms: try signed()),
                updatedAt: try time(), fields: try fields())
            if tag == 22 { kept.fields.details = try details() }
            return .customer(kept)
        case 2: return .deleted(id: try signed(), version: try signed())
        case 3: return .undeleted(id: try signed(), version: try signed())
        case 4:
            return .blocked(
                BlockedNumber(
                    number: try text(), display: try text(), reason: try optionalText(),
                    since: Timestamp(ms: try signed())))
        case 5: return .unblocked(try text())
        case 55: return .blockList(try blockChange())
        case 6: return .customerCase(try caseFields())
        case 7, 54:
            var run = ImportRun(
                id: try signed(), startedAt: Timestamp(ms: try signed()), by: try optionalText(),
                file: try optionalText())
            run.endedAt = try time()
            run.rows = try signed()
            run.created = try signed()
            run.updated = try signed()
            run.undoneAt = try time()
            if tag == 54 { try rest(of: &run) }
            return .importRun(run)
        case 20:
            return .item(
                .init(
                    id: try signed(), customer: try signed(), version: try signed(),
                    createdAt: Timestamp(ms: try signed()), createdBy: try optionalText(),
                    content: try itemContent()))
        case 40: return .customerCase(try wholeCase())
        case 41: return .caseClaim(id: try signed(), try claim())
        case 85: return .inboxClaim(id: try signed(), try claim())
        case 21: return .itemDeleted(id: try signed(), version: try signed())
        case 65:
            return .itemsAged(try list { from throws(Malformed) in try from.signed() }, behind: try signed())
        case 92:
            return .filePiece(
                .init(home: try signed(), hash: try byteList(), n: try signed(), data: try byteList()))
        case 93: return .fileGone(home: try signed(), hash: try byteList())
        case 23:
            return .merged(
                .init(
                    id: try signed(), into: try signed(), intoVersion: try signed(), other: try signed(),
                    otherVersion: try signed()))
        case 24: return .unmerged(.init(id: try signed(), intoVersion: try signed(), otherVersion: try signed()))
        case 60: return .inbox(try inboxItem())
        case 61: return .trace(try trace())
        case 62: return .mailReply(try mailReply())
        case 63: return .replyProgress(try replyStep())
        case 64: return .repliesBehind(try signed())
        case 70: return .knowledge(try keptKnowledge())
        case 71: return .knowledgeDeleted(id: try signed(), version: try signed())
        case 72: return .knowledgeUse(try knowledgeUse())
        case 73: return .knowledgeMissing(try text(), by: try optionalText())
        case 74: return .message(try message())
        case 75: return .messageRead(id: try signed(), by: try text())
        case 76: return .messagesBehind(try signed())
        case 77: return .fieldUse(try fieldUse())
        case 94: return .pastCall(try pastCall())
        case 95: return .pastFigures(try pastFigures())
        case 96: return .pastCallsGone(try list { from throws(Malformed) in try from.signed() })
        case 97: return .pastFiguresGone(importID: try signed())
        case 80: return .webhookPosition(name: try text(), seq: try signed())
        case 81: return .deadDelivery(try deadDelivery())
        case 82: return .deadDeliveryGone(webhook: try text(), seq: try signed(), part: try count())
        case 83: return .alert(try recordedAlert())
        case 84:
            return .caseLate(
                LateCase(
                    id: try signed(), customer: try signed(), owner: try optionalText(),
                    due: Timestamp(ms: try signed())))
        case 50: return .list(try listFields())
        case 51: return .listDeleted(id: try signed(), version: try signed())
        case 52: return .listClaim(list: try signed(), customer: try signed(), try listClaim())
        case 53: return .listResult(list: try signed(), customer: try signed(), try listResult())
        case ChangeEntry.eraseTag:
            return .erased(
                .init(
                    id: try signed(), version: try signed(), casesBehind: try signed(), itemsBehind: try signed(),
                    reason: try optionalText(),
                    calls: try list { from throws(Malformed) in try from.erasedCall() }))
        default: throw Malformed()
        }
    }

    private mutating func claim() throws(Malformed) -> CaseClaim? {
        try optional { from throws(Malformed) in
            CaseClaim(by: try from.text(), since: Timestamp(ms: try from.signed()))
        }
    }

    private mutating func rest(of run: inout ImportRun) throws(Malformed) {
        guard let kind = ImportKind(word: try text()) else { throw Malformed() }
        run.kind = kind
        run.headings = try optionalText()
        let map = try list { from throws(Malformed) in (heading: try from.text(), column: try from.text()) }
        for one in map { run.map[one.heading] = one.column }
    }

    private mutating func time() throws(Malformed) -> Timestamp? { try optionalSigned().map { Timestamp(ms: $0) } }
}

extension ImportRun {
    /// Whether an earlier version could write all of it.
    fileprivate var isPlain: Bool { kind == .customers && headings == nil && map.isEmpty }
}
