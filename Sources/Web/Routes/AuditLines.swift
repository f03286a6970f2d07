import CallCenter
import Storage

/// Where a page of the audit ends: below which place among the views and among the changes the next one begins.
struct AuditCursor: Equatable {
    var view: Int64
    var change: Int64

    static let newest = AuditCursor(view: .max, change: .max)

    init(view: Int64, change: Int64) {
        self.view = view
        self.change = change
    }

    /// As `next` gave it: two numbers with a dot between; an empty one for the newest.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let view = AuditCursor.place(parts[0]), let change = AuditCursor.place(parts[1]) else {
            return nil
        }
        self.init(view: view, change: change)
    }

    private static func place(_ text: Substring) -> Int64? {
        if text.isEmpty { return .max }
        guard let place = Int64(text), Bounded.id.range.contains(place) else { return nil }
        return place
    }

    var text: String { "\(view == .max ? "" : String(view)).\(change == .max ? "" : String(change))" }
}

/// Views and changes as one list, newest first.
struct AuditLines {
    let views: any ViewRecorder
    let changes: ChangeLines

    struct Asked {
        /// An operator's number, a token's id or name, `local`, a user of this machine; nil for everybody.
        var by: String?
        var customer: Int64?
        var customerSince: Timestamp?
        var from: Timestamp?
        var to: Timestamp?
        var hasViews = true
        var hasChanges = true
        var after: AuditCursor?
        var limit: Int

        init(limit: Int) { self.limit = limit }
    }

    enum Line {
        case view(ViewPage.Line)
        case change(ChangeLines.Line)

        var at: Timestamp {
            switch self {
            case .view(let line): line.view.at
            case .change(let line): line.at
            }
        }
    }

    struct Page {
        var lines: [Line] = []
        var next: AuditCursor?
    }

    func page(_ asked: Asked, _ names: ViewerNames.Known) throws -> Page {
        let after = asked.after ?? .newest
        let seen = asked.hasViews ? try views.page(query(asked, after, names)) : ViewPage()
        let changed = asked.hasChanges ? try changes.read(changeQuery(asked, after, names)) : []
        return AuditLines.merged(seen, changed, after: after, limit: asked.limit)
    }

    private func query(_ asked: Asked, _ after: AuditCursor, _ names: ViewerNames.Known) -> ViewQuery {
        var query = ViewQuery(limit: asked.limit)
        query.by = asked.by.map(names.matcher)
        query.customer = asked.customer
        query.customerSince = asked.customerSince
        query.from = asked.from
        query.to = asked.to
        query.below = after.view == .max ? nil : after.view
        return query
    }

    private func changeQuery(_ asked: Asked, _ after: AuditCursor, _ names: ViewerNames.Known) -> ChangeLines.Asked {
        ChangeLines.Asked(
            by: asked.by.map(names.ids), customer: asked.customer, from: asked.from, to: asked.to,
            below: after.change == .max ? nil : after.change, limit: asked.limit + 1)
    }

    /// - Parameters:
    ///   - seen: views, newest first; perhaps not all that there are.
    ///   - changed: changes, newest first: one more than `limit` when there are more.
    static func merged(
        _ seen: ViewPage, _ changed: [ChangeLines.Line], after: AuditCursor, limit: Int
    ) -> Page {
        var page = Page(), views = seen.lines[...], changes = changed[...], place = after
        while page.lines.count < limit {
            var change = changes.first
            // Views before `reached` were not looked at: a change before it may have to stand behind one of them.
            if views.isEmpty, let reached = seen.reached, let one = change, one.at < reached { change = nil }
            if let view = views.first, change.map({ $0.at <= view.view.at }) ?? true {
                page.lines.append(.view(view))
                place.view = view.seq
                views = views.dropFirst()
            } else if let change {
                page.lines.append(.change(change))
                place.change = change.place
                changes = changes.dropFirst()
            } else {
                break
            }
        }
        if views.isEmpty, let next = seen.next { place.view = next }
        if !views.isEmpty || !changes.isEmpty || seen.next != nil { page.next = place }
        return page
    }
}
