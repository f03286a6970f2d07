import ArgumentParser
import Foundation
import Storage

/// The fields of a customer as options of `customers add` and `customers change`.
struct CustomerOptions: ParsableArguments {
    @Option(help: "The name.") var name: String?
    @Option(help: "Its reading.") var kana: String?
    @Option(help: "person or company.") var kind: String?
    @Option(help: "The name of the company, as a text.") var company: String?
    @Option(name: .customLong("company-id"), help: "The number of the company's record that a person belongs to.")
    var companyID: String?
    @Option(name: .customLong("external-id"), help: "The centre's own number for the customer.")
    var externalID: String?
    @Option(help: "prospect, regular, vip or the centre's own.") var tier: String?
    @Option(help: "The assigned operator.") var owner: String?
    @Option(help: "The mail address.") var email: String?
    @Option(name: .customLong("line-id"), help: "The id on LINE.") var lineID: String?
    @Option(help: "The postal address.") var address: String?
    @Option(name: .customLong("status-reason"), help: "Why the status is what it is.") var statusReason: String?
    @Option(name: .customLong("do-not-call"), help: "yes or no.") var doNotCall: String?
    @Option(name: .customLong("phone"), help: "A number; once for each, the most important first.")
    var phones: [String] = []
    @Option(name: .customLong("more-email"), help: "A further mail address; once for each.") var emails: [String] = []
    @Option(name: .customLong("account"), help: ArgumentHelp("An account; once for each.", valueName: "service:name"))
    var accounts: [String] = []
    @Option(name: .customLong("tag"), help: "A tag; once for each.") var tags: [String] = []
    @Option(name: .customLong("caution"), help: "To be read before speaking; once for each.")
    var cautions: [String] = []
    @Option(name: .customLong("do-not-pair"), help: "An operator who is not to get the customer; once for each.")
    var doNotPair: [String] = []
    @Option(name: .customLong("preference"), help: "What the customer prefers; once for each.")
    var preferences: [String] = []
    @Option(name: .customLong("persona"), help: "A trait; once for each.") var persona: [String] = []
    @Option(help: ArgumentHelp("What the customer agreed to or not; once for each.", valueName: "name=yes|no"))
    var consent: [String] = []
    @Option(help: ArgumentHelp("A field of the centre's own; once for each.", valueName: "column=value"))
    var field: [String] = []
    @Option(help: ArgumentHelp("Empties a list or a field, such as phones or tags; once for each.", valueName: "name"))
    var clear: [String] = []

    typealias Value = JSONValue

    /// What the options say, as the members of the API's record. An empty text empties a field.
    ///
    /// - Throws: `ClientError.local` that names the option and says what to write.
    func values() throws(ClientError) -> [String: Value] {
        var values: [String: Value] = [:]
        let texts = [
            ("name", name), ("kana", kana), ("kind", kind), ("company", company), ("external_id", externalID),
            ("tier", tier), ("owner", owner), ("email", email), ("line_id", lineID), ("address", address),
            ("status_reason", statusReason),
        ]
        for (member, text) in texts { if let text { values[member] = text.isEmpty ? .null : .text(text) } }
        if let companyID {
            guard companyID.isEmpty || Int64(companyID) != nil else {
                throw .local("--company-id is the number of a company's record, as `customers find` lists it.")
            }
            values["company_id"] = Int64(companyID).map { .number(Decimal($0)) } ?? .null
        }
        if let doNotCall { values["do_not_call"] = .flag(try CustomerOptions.flag(doNotCall, "--do-not-call")) }
        let lists = [
            ("phones", phones), ("emails", emails), ("tags", tags), ("cautions", cautions), ("do_not_pair", doNotPair),
            ("preferences", preferences), ("persona", persona),
        ]
        for (member, all) in lists where !all.isEmpty { values[member] = .list(all.map { .text($0) }) }
        if !accounts.isEmpty {
            values["accounts"] = .list(try CustomerOptions.parts(accounts, ":", "--account", "service:name") {
                .object(["service": .text($0), "id": .text($1)])
            })
        }
        if !consent.isEmpty {
            var all: [String: Value] = [:]
            for one in consent {
                let (name, answer) = try CustomerOptions.split(one, "=", "--consent", "newsletter=yes")
                all[name] = .flag(try CustomerOptions.flag(answer, "--consent \(name)"))
            }
            values["consent"] = .object(all)
        }
        if !field.isEmpty {
            var all: [String: Value] = [:]
            for one in field {
                let (name, text) = try CustomerOptions.split(one, "=", "--field", "plan=gold")
                all[name] = .text(text)
            }
            values["custom"] = .object(all)
        }
        for name in clear {
            let member = name.replacing("-", with: "_")
            guard values[member] == nil else { throw .local("--clear \(name) and a value for it: say one of them.") }
            values[member] = .null
        }
        return values
    }

    private static func parts(
        _ all: [String], _ mark: Character, _ option: String, _ example: String,
        _ value: (String, String) -> Value
    ) throws(ClientError) -> [Value] {
        var values: [Value] = []
        for one in all {
            let (name, text) = try split(one, mark, option, example)
            values.append(value(name, text))
        }
        return values
    }

    private static func split(
        _ text: String, _ mark: Character, _ option: String, _ example: String
    ) throws(ClientError) -> (String, String) {
        guard let place = text.firstIndex(of: mark), place > text.startIndex else {
            throw .local("\(option) '\(text)' cannot be read: write \(option) \(example)")
        }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }

    private static func flag(_ text: String, _ option: String) throws(ClientError) -> Bool {
        switch text.lowercased() {
        case "yes", "true": return true
        case "no", "false": return false
        default: throw .local("\(option) is yes or no.")
        }
    }

    /// The object of a file, or of standard input for `-`, with what the options say over it.
    ///
    /// - Throws: `ClientError.local` for what is no JSON object, and when nothing is said at all.
    func values(over file: String?) throws(ClientError) -> [String: Value] {
        var values: [String: Value] = [:]
        if let file {
            let data: Data
            do {
                data =
                    file == "-"
                    ? try FileHandle.standardInput.readToEnd() ?? Data()
                    : try Data(contentsOf: URL(fileURLWithPath: file))
            } catch { throw .local("\(file) cannot be read: \(error.localizedDescription)") }
            guard let object = try? JSONDecoder().decode([String: Value].self, from: data) else {
                throw .local("\(file) is no JSON object, such as {\"name\":\"山田太郎\",\"phones\":[\"090-1234-5678\"]}")
            }
            values = object.filter { !CustomerOptions.computed.contains($0.key) }
        }
        values.merge(try self.values()) { _, said in said }
        guard !values.isEmpty else {
            throw .local("Say what: --name, --phone … or a file with a JSON object; --help lists the fields.")
        }
        return values
    }

    /// What a record has that nobody writes: a line of an export may be handed on as it is.
    private static let computed: Set<String> = [
        "id", "version", "created_at", "updated_at", "status", "status_since", "last_contact_at", "history", "cases",
        "purchases", "company_external_id",
    ]
}
