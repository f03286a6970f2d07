import CallCenter
import Testing

@testable import Storage

/// What somebody says about the headings of a file is remembered.
@Suite struct ImportMappingTests {
    private let directory: StateDirectory
    private let store: CustomerStore

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
    }

    private static let text = "本人,連絡先,区分\n見本 花子,090-0000-0101,優良\n"
    private static let map = ["本人": "name", "連絡先": "phone", "区分": ""]

    private func options(_ map: [String: String] = [:], isRemembering: Bool = true) -> CustomerImport.Options {
        var options = importOptions
        options.map = map
        options.isRemembering = isRemembering
        return options
    }

    private func preview(_ text: String, _ options: CustomerImport.Options) throws -> ImportPreview {
        let spool = try ImportSpool(directory: directory.path)
        try Array(text.utf8).withUnsafeBytes { try spool.write($0) }
        return try ImportPreview(descriptor: spool.descriptor, options, records: store)
    }

    @Test func theSameHeadingsAreMappedByThemselves() throws {
        let first = try preview(Self.text, options(Self.map))
        #expect(first.columns.map(\.source) == [.said, .said, .said] && first.mappedBy == nil)
        #expect(throws: ImportError.self) { try store.load(Self.text, in: directory) }
        #expect(try store.load(Self.text, in: directory, options(Self.map)).created == 1)
        // In another order, too, and without being asked.
        let other = "区分,連絡先,本人\n優良,090-0000-0102,見本 太郎\n"
        let next = try preview(other, options())
        #expect(next.columns.map(\.column) == [nil, "phone", "name"] && next.problem == nil)
        #expect(next.columns.map(\.source) == [.remembered, .remembered, .remembered])
        let run = try #require(try store.imports(limit: 1).first)
        #expect(next.mappedBy == run.id)
        let report = try store.load(other, in: directory)
        #expect(report.created == 1 && report.mappedBy == run.id && report.unknownColumns == [])
        #expect(try store.everybody.last?.fields.tier == "regular")
        // What is said now comes first.
        let said = try preview(other, options(["区分": "tier"]))
        #expect(said.columns.map(\.source) == [.said, .remembered, .remembered])
        let moved = try preview(other, options(["区分": "name"]))
        #expect(moved.columns.map(\.column) == ["name", "phone", nil])
    }

    @Test func itIsNotRememberedOfOthers() throws {
        _ = try store.load(Self.text, in: directory, options(Self.map))
        // Other headings, another kind, or somebody who does not want it.
        #expect(try preview("本人,連絡先\n", options()).mappedBy == nil)
        #expect(try preview(Self.text, options(isRemembering: false)).columns.map(\.column) == [nil, nil, "tier"])
        var notes = options()
        notes.kind = .items(.note)
        #expect(try preview(Self.text, notes).mappedBy == nil)
        // A dry run is none, and one that was undone neither.
        var dry = options(["本人": "name", "連絡先": "kana"])
        dry.isDryRun = true
        _ = try store.load(Self.text, in: directory, dry)
        #expect(try preview(Self.text, options()).columns.map(\.column) == ["name", "phone", nil])
        let run = try #require(try store.imports(limit: 1).first)
        _ = try store.writer.undoImport(run.id, by: nil, at: morning)
        #expect(try preview(Self.text, options()).mappedBy == nil)
    }

    @Test func aFieldThatIsGoneIsNotRemembered() throws {
        _ = try store.load(Self.text, in: directory, options(["本人": "name", "連絡先": "phone", "区分": "plan"]))
        var later = options()
        #expect(try preview(Self.text, later).columns.map(\.column) == ["name", "phone", "plan"])
        later.customFields = []
        let columns = try preview(Self.text, later).columns
        #expect(columns.map(\.column) == ["name", "phone", "tier"] && columns[2].source == .heading)
    }
}
