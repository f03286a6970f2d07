import CallCenter
import EventWire
import Storage

/// A list as a client sends it. What is absent stays as it was; null empties.
struct ListBody {
    let members: JSONMembers
    /// The centre's tiers.
    let tiers: Set<String>

    private static let known = [
        "name", "title", "of", "sort", "tier", "tag", "owner", "status", "q", "min_spent", "days", "assigned_to",
    ]
    /// Operators who may be assigned one list.
    private static let assignedMax = 100

    private var fields: ItemFields { ItemFields(members: members) }

    /// The name and what is asked for of a new list.
    func new() throws(Problem) -> (name: String, content: CustomerList.Content) {
        guard case .text(let name) = members["name"], ListBody.isName(name), BuiltInList(rawValue: name) == nil else {
            throw .bad("name is what the list is asked for by: 1 to 64 of a-z, 0-9, - and _, and no built-in list's.")
        }
        var content = CustomerList.Content(title: name)
        try apply(to: &content)
        return (name, content)
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { $0 >= 97 && $0 <= 122 || $0 >= 48 && $0 <= 57 || $0 == 45 || $0 == 95 }
    }

    /// Changes what a list asks for.
    func apply(to content: inout CustomerList.Content) throws(Problem) {
        try members.require(ListBody.known, of: "a list")
        try fields.line("title", &content.title)
        try word("of", &content.of, "a built-in list: " + ListBody.words(BuiltInList.self))
        try word("sort", &content.order, ListBody.words(ListOrder.self))
        try word("status", &content.filter.status, ListBody.words(ListFilter.Status.self))
        try fields.line(ifAny: "tier", &content.filter.tier, bytesMax: WireLimits.idBytesMax)
        if let tier = content.filter.tier, members["tier"] != nil, !tiers.contains(tier) {
            throw .bad("tier is one of \(tiers.sorted().joined(separator: ", ")).")
        }
        try fields.line(ifAny: "tag", &content.filter.tag, bytesMax: WireLimits.idBytesMax)
        try fields.line(ifAny: "owner", &content.filter.owner, bytesMax: WireLimits.idBytesMax)
        try fields.line(ifAny: "q", &content.filter.text, bytesMax: WireLimits.stringBytesMax)
        var least: ExactDecimal?
        try fields.money("min_spent", &least)
        if members["min_spent"] != nil {
            content.filter.minSpent = least.map { number in
                var sum = DecimalSum()
                sum.add(number)
                return sum.micros
            }
        }
        switch members["days"] {
        case nil: break
        case .null: content.filter.days = nil
        case .whole(let days):
            content.filter.days = try Bounded(0...3650).checked(days, "days")
        default: throw .bad("days is a whole number: within how many days a contract ends.")
        }
        try assigned(&content.assigned)
        if content.order != nil, content.of != .dormant { throw .bad("sort is for lists of dormant customers alone.") }
        if content.filter.days != nil, content.of != .expiring {
            throw .bad("days is for lists of contracts that end alone.")
        }
        if content.of == nil, content.filter == ListFilter() {
            throw .bad("A list is of a built-in one, or asks for something: tier, tag, owner, status, q or min_spent.")
        }
    }

    private func word<Word: RawRepresentable<String>>(
        _ name: String, _ target: inout Word?, _ known: String
    ) throws(Problem) {
        switch members[name] {
        case nil: return
        case .null:
            target = nil
            return
        case .text(let text):
            if let word = Word(rawValue: text) {
                target = word
                return
            }
        default: break
        }
        throw .bad("\(name) is \(known), or null.")
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// One operator, or several.
    private func assigned(_ assigned: inout [String]) throws(Problem) {
        let named: [String]
        switch members["assigned_to"] {
        case nil: return
        case .null: named = []
        case .text(let one): named = [one]
        case .texts(let all): named = all
        default: throw ListBody.notAssigned
        }
        let isRight = named.allSatisfy { who in
            !who.isEmpty && who.utf8.count <= WireLimits.idBytesMax && who.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
        guard isRight, named.count <= ListBody.assignedMax, Set(named).count == named.count else {
            throw ListBody.notAssigned
        }
        assigned = named
    }

    private static let notAssigned = Problem.bad(
        "assigned_to is an operator's number, or a list of them, each once, at most \(assignedMax).")
}
