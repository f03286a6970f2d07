import ArgumentParser

/// `screenpop retention`.
struct Retention: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How long what is kept, and what goes next; nothing is removed by asking.",
        discussion: """
              screenpop retention
              screenpop retention --json

            [retention] in the configuration says how long. What is older goes by itself, a little at a time: customers
            who were deleted are erased for good, and can be brought back until then.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption

    struct Answer: Decodable {
        struct Kind: Decodable {
            var kind: String
            var keepsMs: Int64?
            var count, due: Int64?
            var oldest, next: String?
        }
        var items: [Kind]
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: "/v1/retention"))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data)
            say(Retention.table(answer, global.speech, try await global.centreTime().clock).text(on: global.terminal))
        }
    }

    static func table(_ answer: Answer, _ l: Language, _ clock: CivilClock) -> Table {
        var table = Table(
            [
                l.say("種類", "kind"), l.say("保存日数", "days kept"), l.say("件数", "there are"),
                l.say("期限切れ", "due now"), l.say("次の期限", "next goes"),
            ], right: [1, 2, 3])
        for one in answer.items {
            let name =
                switch one.kind {
                case "deleted": l.say("削除した顧客", "deleted customers")
                case "messages": l.say("伝言", "messages")
                case "purchases": l.say("購入", "purchases")
                case "contracts": l.say("契約", "contracts")
                case "contacts": l.say("応対", "contacts")
                case "notes": l.say("メモ", "notes")
                case "files": l.say("ファイル", "files")
                case "inbox": l.say("受信箱（処理済み）", "inbox, handled")
                case "events": l.say("イベント", "events")
                case "views": l.say("閲覧記録", "views of records")
                default: one.kind
                }
            let days = one.keepsMs.map { String($0 / 86_400_000) }
            table.add([
                name, days ?? l.say("無期限", "for ever"), one.count.map { String($0) } ?? "–",
                one.due.map { String($0) } ?? "–", one.next.map { clock.shown($0) } ?? "–",
            ])
        }
        return table
    }
}
