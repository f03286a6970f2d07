import CallCenter
import EventWire

/// A receipt as JSON.
enum ReceiptEncoder {
    static func receipt(_ receipt: Receipt, into out: inout ByteBuilder) {
        let asked = receipt.asked, figure = asked.figure
        out.object { out in
            out.field("figure", figure.name)
            out.key("scope")
            out.object { out in
                if let queue = asked.split.queue { out.field("queue", queue) }
                if let tier = asked.split.tier { out.field("tier", tier) }
                if let line = asked.split.line { out.field("line", line) }
                if let who = asked.split.operator { out.field("operator", who) }
            }
            out.field("definition", figure.text(asked.language))
            out.field("unit", figure.unit.rawValue)
            out.field("variant", figure.variant?.rawValue)
            out.field("threshold_ms", receipt.threshold)
            out.field("at", receipt.at)
            out.field("from", asked.from)
            out.field("to", asked.to)
            if figure.unit == .ratio {
                out.field("value", receipt.reckoning.share)
            } else {
                out.field("value", receipt.reckoning.whole)
            }
            out.field("numerator", receipt.reckoning.numerator)
            out.field("denominator", receipt.reckoning.denominator)
            out.key("parts")
            out.array { out in for part in receipt.parts { self.part(part, asked.language, into: &out) } }
            out.field("calls", calls(of: receipt))
            out.field("incomplete", receipt.marks.contains { $0.kind == .linkGap })
            marks(receipt.marks, asked.language, into: &out)
        }
    }

    private static func part(_ part: Receipt.Part, _ language: Language, into out: inout ByteBuilder) {
        out.object { out in
            out.field("of", part.part.side.rawValue)
            out.field("figure", part.part.countedName)
            out.field("sign", Int64(part.part.sign))
            out.field("count", Int64(part.lines.count))
            if part.part.isSum { out.field("ms", part.lines.compactMap(\.ms).reduce(0, +)) }
            out.field("calls", part.lines.map(\.call))
        }
    }

    /// A count has exactly as many as it says; of what is divided, each call is there once.
    private static func calls(of receipt: Receipt) -> [String] {
        if receipt.parts.count == 1, let only = receipt.parts.first { return only.lines.map(\.call) }
        var seen: Set<String> = []
        return receipt.parts.flatMap { $0.lines.map(\.call) }.filter { seen.insert($0).inserted }
    }

    static func marks(_ marks: [FigureMark], _ language: Language, into out: inout ByteBuilder) {
        out.key("marks")
        out.array { out in
            for mark in marks {
                out.object { out in
                    out.field("kind", mark.word)
                    out.field("source", mark.source)
                    out.field("from", mark.from)
                    out.field("to", mark.to)
                    out.field("text", mark.text(language))
                }
            }
        }
    }
}
