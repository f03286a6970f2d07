import CallCenter
import Engine
import Storage

/// Whether anybody is known by an operator's number. Work that is given to a mistyped number waits for nobody.
struct KnownOperators: Sendable {
    let engine: Engine
    let accounts: AccountStore
    let tokens: TokenStore
    let records: CustomerStore

    /// A centre with fewer operators than this is small, or is being set up and its others have not signed in yet.
    private static let fewest = 5

    /// Refuses a number that is nobody's, where so many operators are known that it is a mistyped one.
    func require(_ id: String, _ context: WebContext) async throws {
        if id == context.who.person || accounts.account(id) != nil { return }
        if tokens.list().contains(where: { $0.operator == id }) { return }
        let asked = await engine.ask { centre, _ in
            let isConfigured = centre.policy.operatorLanguages[id] != nil
            let isGrouped = centre.policy.groups.values.contains { $0.contains(id) }
            return (isNamed: isConfigured || isGrouped, seen: Set(centre.operators.keys))
        }
        guard let asked else { throw Problem.stopping }
        let signIn = accounts.list().filter { $0.role == .operator }.map(\.operator)
        let hasMany = asked.seen.union(signIn).count >= KnownOperators.fewest
        if asked.isNamed || asked.seen.contains(id) || !hasMany { return }
        // Imports name the owners of customers, who may not have signed in yet.
        if try records.hasCustomers(ofOwner: id) { return }
        throw Problem.bad(
            "Nobody is known as operator \(id), so it would wait for nobody. Check the number; a new colleague is "
                + "known after the first login at the phone, or from an account or a token.")
    }
}
