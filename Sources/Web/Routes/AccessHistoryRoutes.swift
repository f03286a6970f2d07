import CallCenter
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/audit/access`: who made, changed and removed accounts and tokens.
struct AccessHistoryRoutes {
    let accounts: AccountStore
    let tokens: TokenStore

    func add(to router: GuardedRouter) { router.get("v1/audit/access", may: .admin, use: list) }

    private enum Kind: String { case accounts, tokens }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 100, max: 1_000)
        let account = query.text("account"), token = query.text("token")
        let kind = try query.text("of").map { text throws(Problem) in
            guard let kind = Kind(rawValue: text) else { throw .bad("of is accounts or tokens.") }
            return kind
        }
        var place = AuditCursor.newest
        if let text = query.text("after") {
            guard let found = AuditCursor(text) else { throw Problem.bad("after is the next of the page before.") }
            place = found
        }
        let ofAccounts =
            kind == .tokens || token != nil && account == nil
            ? [] : try accounts.history(of: account, below: place.view, limit: limit + 1)
        let ofTokens =
            kind == .accounts || account != nil && token == nil
            ? [] : try tokens.history(of: token, below: place.change, limit: limit + 1)
        let page = AccessHistoryRoutes.merged(ofAccounts, ofTokens, limit: limit, after: place)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in page.lines { AccessHistoryRoutes.encode(one, into: &out) } }
                out.field("next", page.next?.text)
            }
        }
    }

    /// Both lists as one, newest first. The cursor has the place among accounts first.
    static func merged(
        _ ofAccounts: [SecretChange], _ ofTokens: [SecretChange], limit: Int, after: AuditCursor
    ) -> (lines: [SecretChange], next: AuditCursor?) {
        var lines: [SecretChange] = [], first = ofAccounts[...], second = ofTokens[...], place = after
        while lines.count < limit, !first.isEmpty || !second.isEmpty {
            if let one = first.first, second.first.map({ $0.at <= one.at }) ?? true {
                lines.append(one)
                place.view = one.id
                first = first.dropFirst()
            } else if let one = second.first {
                lines.append(one)
                place.change = one.id
                second = second.dropFirst()
            }
        }
        return (lines, first.isEmpty && second.isEmpty ? nil : place)
    }

    private static func encode(_ one: SecretChange, into out: inout ByteBuilder) {
        let isOfToken = one.kind == .tokenMade || one.kind == .tokenRevoked
        out.object { out in
            out.field("at", one.at)
            out.field("by", one.author.who)
            out.field("through", one.author.through.rawValue)
            out.field("kind", one.kind.rawValue)
            out.field("account", isOfToken ? nil : one.subject)
            out.field("token", isOfToken ? one.subject : nil)
            FieldChange.write(
                one.fields.map { FieldChange(field: $0.name, from: $0.from, to: $0.to) }, into: &out)
        }
    }
}
