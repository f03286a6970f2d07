import ArgumentParser
import Foundation

/// `screenpop imports`: the imports, and undoing one.
struct ImportVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imports", abstract: "List the imports, or undo one as a whole.",
        discussion: """
              screenpop imports
              screenpop imports undo 4
            """,
        subcommands: [Imports.self, ImportsUndo.self], defaultSubcommand: Imports.self)
}

/// `screenpop imports undo`.
struct ImportsUndo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: UndoImport.configuration.abstract,
        discussion: UndoImport.configuration.discussion)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The import's number, as `imports` lists it.") var id: Int

    func run() async throws { try await UndoImport.undo(id, global, output) }
}

/// `screenpop customers imports`, and what `screenpop imports` does without a verb.
struct Imports: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imports", abstract: "List the imports, the newest first.",
        discussion: """
              screenpop customers imports
              screenpop customers undo-import 4
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most.") var limit = 20

    private struct Answer: Decodable { var items: [Line] }
    private struct Line: Decodable {
        var id: Int
        var kind: String
        var file, by: String?
        var startedAt: String
        var endedAt, undoneAt: String?
        var rows, created, updated: Int
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: path(["v1", "imports"], [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("インポートはまだありません。", "Nothing was imported yet.")) }
            var table = Table(
                [
                    l.say("番号", "id"), l.say("開始", "started"), l.say("内容", "kind"), l.say("ファイル", "file"),
                    l.say("誰が", "by"), l.say("行", "rows"), l.say("新規", "new"), l.say("変更", "changed"),
                    l.say("状態", "state"),
                ], right: [0, 5, 6, 7])
            let clock = try await global.centreTime().clock
            for one in answer.items {
                let state =
                    one.undoneAt.map { l.say("\(clock.shown($0)) に取り消し", "undone \(clock.shown($0))") }
                    ?? (one.endedAt == nil ? l.say("未完了", "not ended") : "")
                table.add([
                    String(one.id), clock.shown(one.startedAt), safe(one.kind), one.file.map(safe) ?? "",
                    one.by.map(safe) ?? "", String(one.rows), String(one.created), String(one.updated), state,
                ])
            }
            say(table.text(on: global.terminal))
        }
    }
}

/// `screenpop customers undo-import`.
struct UndoImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo-import",
        abstract: "Undo an import as a whole: what it created is deleted, what it changed is put back.",
        discussion: "What somebody changed after the import stays as it is.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The import's number, as `imports` lists it.") var id: Int

    private struct Answer: Decodable { var deleted, restored, keptInPart: Int }

    func run() async throws { try await UndoImport.undo(id, global, output) }

    /// Also of `screenpop imports undo`.
    static func undo(_ id: Int, _ global: GlobalOptions, _ output: JSONOption) async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(method: .POST, path: path(["v1", "imports", String(id), "undo"])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let done: Answer = try APIClient.decode(data), l = global.speech
            say(
                l.say(
                    "インポート \(id) を取り消しました: 削除 \(done.deleted)、復元 \(done.restored)、"
                        + "その後の変更を残して復元 \(done.keptInPart)。",
                    "Import \(id) is undone: \(done.deleted) deleted, \(done.restored) put back, "
                        + "\(done.keptInPart) put back but for what was changed since."))
        }
    }
}
