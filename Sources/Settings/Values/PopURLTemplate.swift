/// The address a desk opens for a pop: what it must look like before a call depends on it.
enum PopURLTemplate {
    /// The names that a pop fills in.
    static let names = [
        "call", "queue", "operator", "from", "to", "customer.id", "customer.external_id", "customer.name",
        "customer.tier",
        "customer.email", "customer.company",
    ]

    static func check(_ url: String, _ node: Node) throws(SettingsError) {
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 1024,
            url.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value != 0x7f && $0 != "\"" && $0 != "<" && $0 != ">"
            })
        else { throw node.wrong(#"write an address such as "https://crm.example/?number={from}""#) }
        var rest = url[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let close = rest[brace...].firstIndex(of: "}") else {
                throw node.wrong("close every { with a }, around one of \(names.joined(separator: ", "))")
            }
            let name = String(rest[rest.index(after: brace)..<close])
            guard names.contains(name) else {
                let near = Suggestion.nearest(to: name, in: names)
                let advice = near.map { "did you mean {\($0)}?" } ?? "write one of \(names.joined(separator: ", "))"
                throw node.wrong("it has the unknown {\(Shown.plain(name.prefix(60)))}; \(advice)")
            }
            rest = rest[rest.index(after: close)...]
        }
    }
}
