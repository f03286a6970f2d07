import Foundation
import Intake

/// A look-up that was checked: each of its requests can be made.
public struct LookupRecipe: Sendable {
    struct Header: Sendable {
        var name: String
        var value: LookupText
    }

    /// One request, and what its answer means.
    public struct Step: Sendable {
        let method: LookupPlan.Method
        let url: LookupText
        let headers: [Header]
        let body: LookupText?
        let contentType: String
        /// What is asked where it is no CRM's interface.
        let question: LookupQuestion?
        let rules: LookupRules
        let fields: [(label: String, path: LookupPath)]
    }

    /// As it was before it was checked.
    public let plan: LookupPlan
    /// The request about the number.
    public let main: Step
    /// The requests about what was found, in their order.
    public let follows: [Step]
    private let externalID: LookupPath?
    private let link: LookupText?
    /// Where tokens are got; nil without OAuth.
    public let tokenURL: String?

    /// Further requests of one look-up, at most.
    static let followsMax = 3

    /// - Throws: `LookupWrong`: what is wrong with it, and what to write.
    public init(_ plan: LookupPlan) throws(LookupWrong) {
        self.plan = plan
        main = try plan.kind == .http
            ? Step(plan.request, plan.answer, plan.fields, plan) : Step(question: try LookupQuestion(plan), plan)
        if plan.kind != .http, !plan.follows.isEmpty {
            throw LookupWrong("follow is for the kind http; ask for everything at once")
        }
        var follows: [Step] = []
        for one in plan.follows { follows.append(try Step(one.request, one.answer, one.fields, plan)) }
        guard follows.count <= LookupRecipe.followsMax else {
            throw LookupWrong("it has more than \(LookupRecipe.followsMax) further requests; leave some out")
        }
        self.follows = follows
        externalID = try plan.externalID.isEmpty ? nil : LookupPath(plan.externalID)
        link = try plan.link.isEmpty ? nil : LookupText(plan.link, .address)
        tokenURL = try plan.authentication == .oauth2 ? LookupRecipe.tokenURL(plan) : nil
        try check()
    }

    private static func tokenURL(_ plan: LookupPlan) throws(LookupWrong) -> String {
        let text = try LookupText(plan.oauth2.tokenURL, .address)
        try Step.checkValues(text, plan)
        guard let url = text.filled(Step.sample(plan)), Step.isAddress(url) else {
            throw LookupWrong("oauth2 needs token_url; write the address at which tokens are got")
        }
        return url
    }

    private func check() throws(LookupWrong) {
        guard !plan.numbers.isEmpty else { throw LookupWrong("numbers is empty; write at least [\"e164\"]") }
        guard !plan.fields.isEmpty || externalID != nil else {
            throw LookupWrong("it maps nothing; write [[lookup.field]] with label and path below it")
        }
        if let link {
            try Step.checkValues(link, plan)
            guard !link.parts.contains(where: { $0.isSecret }) else {
                throw LookupWrong("link has {secret} in it, and everybody at a desk would see it; leave it out")
            }
            // What a browser opens is an address of the web, and not a script.
            guard plan.link.hasPrefix("https://") || plan.link.hasPrefix("http://") || plan.link.hasPrefix("{values.")
            else { throw LookupWrong("link is no address; write one that begins with https://") }
        }
        switch plan.authentication {
        case .none: break
        case .bearer, .basic, .oauth2:
            guard !plan.secretFile.isEmpty else {
                throw LookupWrong("it signs in, and has no secret_file; write the path of the file with the secret")
            }
        }
        if plan.authentication == .basic, plan.user.isEmpty {
            throw LookupWrong("basic needs user; write who signs in")
        }
        if plan.authentication == .oauth2 {
            guard !plan.oauth2.clientID.isEmpty else {
                throw LookupWrong("oauth2 needs client_id; write the application's id")
            }
            if plan.oauth2.grant == .refreshToken, plan.oauth2.refreshTokenFile.isEmpty {
                throw LookupWrong("the grant refresh_token needs refresh_token_file; write the path of that file")
            }
        }
    }

    /// What a directory is asked for; empty for other kinds.
    public var attributes: [String] {
        if case .search(let search)? = main.question { search.attributes } else { [] }
    }

    /// The notations to try, as far as the number has them; one, where the request has all of them in it.
    public func notations(of number: LookupNumber) -> [NumberNotation] {
        let possible = plan.numbers.filter { number.text($0) != nil }
        return main.usesNumber ? possible : Array(possible.prefix(1))
    }

    /// A record as it is shown.
    ///
    /// - Parameter further: what the further requests have found, in their order; nil where nothing was.
    public func record(
        _ found: IntakeValue, count: Int, further: [IntakeValue?], _ facts: LookupFacts
    ) -> LookupRecord {
        var record = LookupRecord()
        record.count = count
        record.fields = main.shown(found)
        for (step, value) in zip(follows, further) { if let value { record.fields += step.shown(value) } }
        record.externalID = externalID.flatMap { $0.text(in: found) }
        var facts = facts
        facts.found = found
        if let url = link?.filled(facts), Step.isAddress(url), url.utf8.count <= 1_000 { record.url = url }
        return record
    }
}

/// A request that is ready to be sent.
public struct LookupCall: Equatable, Sendable {
    /// Of HTTP, or a word for what is no HTTP: `SQL`, `SEARCH`, `REPORT`.
    public var method: String
    /// Whole, with its query; of a database, its conninfo.
    public var url: String
    /// Names with their values.
    public var headers: [[String]]
    /// Of a database the statement, of a directory the filter; nil: none.
    public var body: String?
    /// The values of a statement's places, in their order: they are sent beside it.
    public var parameters: [String] = []

    /// Copies its values.
    public init(method: String, url: String, headers: [[String]], body: String?, parameters: [String] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.parameters = parameters
    }
}

extension LookupRecipe.Step {
    init(
        _ request: LookupPlan.Request, _ answer: LookupPlan.Answer, _ fields: [LookupPlan.Field], _ plan: LookupPlan
    ) throws(LookupWrong) {
        guard !request.url.isEmpty else { throw LookupWrong("it has no url; write where the CRM is asked") }
        method = request.method
        url = try LookupText(request.url, .address)
        contentType = request.contentType
        body = try request.body.isEmpty
            ? nil : LookupText(request.body, LookupText.Form(contentType: request.contentType))
        var headers: [LookupRecipe.Header] = []
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            try Self.checkHeader(name)
            headers.append(.init(name: name, value: try LookupText(value, .header)))
        }
        self.headers = headers
        var rules = LookupRules()
        rules.missingStatus = answer.missingStatus
        rules.records = try answer.records.isEmpty ? nil : LookupPath(answer.records)
        rules.error = try answer.error.isEmpty ? nil : LookupPath(answer.error)
        self.rules = rules
        question = nil
        self.fields = try Self.shown(fields)
        try check(plan)
    }

    /// A question to something that is no CRM's interface: its answer is a list of records.
    init(question: LookupQuestion, _ plan: LookupPlan) throws(LookupWrong) {
        method = .get
        url = try LookupText("https://unused.example/", .address)
        headers = []
        body = nil
        contentType = ""
        self.question = question
        rules = LookupRules()
        fields = try Self.shown(plan.fields)
    }

    private static func shown(
        _ fields: [LookupPlan.Field]
    ) throws(LookupWrong) -> [(label: String, path: LookupPath)] {
        var shown: [(label: String, path: LookupPath)] = []
        for field in fields {
            try Self.checkLabel(field.label)
            shown.append((field.label, try LookupPath(field.path)))
        }
        return shown
    }

    private static func checkHeader(_ name: String) throws(LookupWrong) {
        let isName = !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95
            }
        let ours = ["host", "content-length", "transfer-encoding", "connection", "content-type"]
        guard isName, !ours.contains(name.lowercased()) else {
            throw LookupWrong("\"\(name)\" is no header that can be set; content_type has a key of its own")
        }
    }

    private static func checkLabel(_ label: String) throws(LookupWrong) {
        let isPlain = label.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...60).contains(label.count), isPlain, !label.contains(":") else {
            throw LookupWrong("a field's label has 1 to 60 characters and no colon; write what the screen shows")
        }
    }

    static func checkValues(_ text: LookupText, _ plan: LookupPlan) throws(LookupWrong) {
        for name in text.valueNames where plan.values[name, default: ""].isEmpty {
            throw LookupWrong("it needs a value \"\(name)\"; write values = { \(name) = \"…\" }")
        }
    }

    /// Fills every place, so that a request can be tried before there is a call.
    static func sample(_ plan: LookupPlan) -> LookupFacts {
        guard let number = LookupNumber(e164: "+81300000000", display: "03-0000-0000") else {
            preconditionFailure("that is a number")
        }
        return LookupFacts(
            number: number, notation: .e164, values: plan.values, secret: plan.secretFile.isEmpty ? nil : "secret")
    }

    static func isAddress(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty else { return false }
        return parts.scheme == "https" || parts.scheme == "http"
    }

    private func check(_ plan: LookupPlan) throws(LookupWrong) {
        let texts = [url] + headers.map(\.value) + (body.map { [$0] } ?? [])
        for text in texts {
            try Self.checkValues(text, plan)
            if plan.secretFile.isEmpty, text.parts.contains(where: { $0.isSecret }) {
                throw LookupWrong("it uses {secret} and has no secret_file; write the path of the file with the secret")
            }
        }
        var facts = Self.sample(plan)
        facts.found = url.found.union(body?.found ?? []).isEmpty ? nil : .object([:])
        if url.found.isEmpty, url.filled(facts).map(Self.isAddress) != true {
            throw LookupWrong("\"\(url.text)\" is no address; write one that begins with https://")
        }
        guard let body, body.form == .json, body.found.isEmpty, let text = body.filled(facts) else { return }
        let isJSON = (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
        guard isJSON else { throw LookupWrong("body is no JSON when its places are filled; check quotes and commas") }
    }

    var usesNumber: Bool {
        if let question { return question.usesNumber }
        return url.usesNumber || (body?.usesNumber ?? false) || headers.contains { $0.value.usesNumber }
    }

    /// The request; nil where a place has no value.
    ///
    /// - Parameter authorization: the header's value.
    public func call(_ facts: LookupFacts, authorization: String?) -> LookupCall? {
        if let question { return question.call(facts, authorization: authorization) }
        guard let url = url.filled(facts), Self.isAddress(url) else { return nil }
        var all: [[String]] = [["Accept", "application/json"]]
        for header in headers {
            guard let value = header.value.filled(facts) else { return nil }
            all.append([header.name, value])
        }
        if let authorization { all.append(["Authorization", authorization]) }
        var text: String?
        if let body {
            guard let filled = body.filled(facts) else { return nil }
            text = filled
            all.append(["Content-Type", contentType])
        }
        return LookupCall(method: method.rawValue, url: url, headers: all, body: text)
    }

    /// What an answer means.
    public func judge(status: Int, body: [UInt8], _ facts: LookupFacts) -> LookupRules.Judgement {
        if case .addressBook(let book)? = question { return book.judge(status: status, body: body, facts) }
        return rules.judge(status: status, body: body)
    }

    fileprivate func shown(_ record: IntakeValue) -> [LookupRecord.Field] {
        fields.compactMap { field in
            field.path.text(in: record).map { LookupRecord.Field(label: field.label, value: $0) }
        }
    }
}

extension LookupText {
    /// The paths of what a request before has found.
    fileprivate var found: Set<String> {
        Set(parts.compactMap { if case .place(.found(let path), _, _) = $0 { path.text } else { nil } })
    }
}

extension LookupText.Part {
    var isSecret: Bool { if case .place(.secret, _, _) = self { true } else { false } }
}
