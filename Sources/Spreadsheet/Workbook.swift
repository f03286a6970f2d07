/// What a workbook's own parts say: the sheets, where they are, how dates count.
struct Workbook {
    struct Sheet: Equatable {
        var name: String
        /// The part's name in the archive.
        var part: String
    }

    /// Those that are shown, in the order of the tabs.
    var sheets: [Sheet] = []
    /// Whether day 0 is 1904-01-01, as on old Macintoshes, and not 1899-12-30.
    var countsFrom1904 = false

    init(_ parts: ZipParts) throws(SheetError) {
        guard let main = try Workbook.main(parts), let part = try parts.part(main) else {
            throw .notAWorkbook("it has no workbook inside")
        }
        let listed = SheetList()
        try XMLPieces.parse(part, listed)
        countsFrom1904 = listed.countsFrom1904
        let folder = Workbook.folder(of: main)
        let targets = Relationships()
        let name = main.split(separator: "/").last.map(String.init) ?? main
        if let part = try parts.part("\(folder)_rels/\(name).rels") { try XMLPieces.parse(part, targets) }
        for sheet in listed.sheets {
            guard let found = targets.all.first(where: { $0.id == sheet.id }) else { continue }
            sheets.append(Sheet(name: sheet.name, part: Workbook.path(found.target, from: folder)))
        }
    }

    /// The workbook's part, as the archive's own relationships name it.
    private static func main(_ parts: ZipParts) throws(SheetError) -> String? {
        guard let part = try parts.part("_rels/.rels") else { return nil }
        let found = Relationships()
        try XMLPieces.parse(part, found)
        return found.all.first { $0.type.hasSuffix("/officeDocument") }.map { path($0.target, from: "") }
    }

    /// With the slash at its end; empty for the archive itself.
    static func folder(of part: String) -> String {
        part.lastIndex(of: "/").map { String(part[...$0]) } ?? ""
    }

    /// A target of a relationship: from the archive's beginning, or from the folder of whoever names it.
    static func path(_ target: String, from folder: String) -> String {
        if target.hasPrefix("/") { return String(target.dropFirst()) }
        var way = folder.split(separator: "/").map(String.init)
        for step in target.split(separator: "/") {
            if step == ".." { _ = way.popLast() } else if step != "." { way.append(String(step)) }
        }
        return way.joined(separator: "/")
    }
}

private final class SheetList: XMLHandler {
    var sheets: [(name: String, id: String)] = []
    var countsFrom1904 = false
    let fault: SheetError? = nil

    func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "workbookPr": countsFrom1904 = ["1", "true"].contains(attributes["date1904"] ?? "")
        case "sheet":
            // What somebody has hidden is not what they want imported.
            guard attributes["state"] ?? "visible" == "visible", let id = attributes["id"] else { return }
            sheets.append((attributes["name"] ?? "", id))
        default: break
        }
    }
    func end(_ name: String) {}
    func text(_ bytes: UnsafeRawBufferPointer) {}
}

private final class Relationships: XMLHandler {
    var all: [(id: String, type: String, target: String)] = []
    let fault: SheetError? = nil

    func begin(_ name: String, _ attributes: XMLAttributes) {
        guard name == "Relationship", let id = attributes["Id"], let target = attributes["Target"] else { return }
        all.append((id, attributes["Type"] ?? "", target))
    }
    func end(_ name: String) {}
    func text(_ bytes: UnsafeRawBufferPointer) {}
}
