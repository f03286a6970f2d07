import CRMLookup
import Foundation
import Testing

@testable import Settings
@testable import Workers

/// The look-ups that are shipped, asked of a local server that answers in the shape of each CRM's public documents.
@Suite struct LookupPresetTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("config/lookup")

    @Test func theProgramHasTheFilesThatAreShipped() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names.map { $0.replacing(".toml", with: "") }) == Set(LookupPresets.all.keys))
        for (name, text) in LookupPresets.all {
            let file = try String(contentsOf: Self.folder.appendingPathComponent(name + ".toml"), encoding: .utf8)
            #expect(text + "\n" == file, "config/lookup/\(name).toml")
        }
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        var preset: String
        /// What a centre writes beside it; BASE stands for the server.
        var config: String
        /// Whether a request is as it is documented, and asks for the number.
        var isRight: @Sendable (LookupServer.Request) -> Bool
        /// By the beginning of the path; `/` for all others.
        var answers: [String: String]
        var nobody: LookupServer.Answer
        var fields: [String]
        var externalID: String
        var link: String

        var testDescription: String { preset }
    }

    static let token = #"{"access_token":"tok","expires_in":3600,"token_type":"Bearer"}"#

    static let shapes = [
        Shape(
            preset: "kintone", config: #"values = { base = "BASE", app = "12", field = "電話番号" }"#,
            isRight: { request in
                request.path == "/k/v1/records.json" && request.query["app"] == "12"
                    && request.query["query"] == #"電話番号 = "090-1234-5678" limit 5"#
                    && request.headers["x-cybozu-api-token"] == "secret"
            },
            answers: [
                "/": """
                    {"records":[{"$id":{"type":"__ID__","value":"7"},
                    "会社名":{"type":"SINGLE_LINE_TEXT","value":"例示商事"},
                    "氏名":{"type":"SINGLE_LINE_TEXT","value":"例示 太郎"},
                    "顧客ランク":{"type":"DROP_DOWN","value":"A"},"備考":{"type":"MULTI_LINE_TEXT","value":""}}],
                    "totalCount":null}
                    """
            ],
            nobody: .json(#"{"records":[],"totalCount":null}"#),
            fields: ["会社: 例示商事", "担当者: 例示 太郎", "ランク: A"], externalID: "7",
            link: "BASE/k/12/show#record=7"),
        Shape(
            preset: "salesforce", config: "values = { base = \"BASE\" }\noauth2 = { client_id = \"id\" }",
            isRight: { request in
                let query = request.query["q"] ?? ""
                return request.path == "/services/data/v61.0/query" && request.headers["authorization"] == "Bearer tok"
                    && (query.contains("Phone = '+819012345678'") || query.contains("ContactId = '003A'"))
            },
            answers: [
                "/services/oauth2/token":
                    #"{"access_token":"tok","instance_url":"https://x.example","token_type":"Bearer"}"#,
                "FROM Contact": """
                    {"totalSize":1,"done":true,"records":[{"attributes":{"type":"Contact","url":"/x"},"Id":"003A",
                    "Name":"Taro Example","Title":"CTO","Email":null,"AccountId":"001A",
                    "Account":{"attributes":{"type":"Account"},"Name":"Example KK","Rating":"Hot"}}]}
                    """,
                "FROM Case": """
                    {"totalSize":1,"done":true,"records":[{"attributes":{"type":"Case"},"CaseNumber":"1",
                    "Subject":"Invoice","Status":"New"}]}
                    """,
            ],
            nobody: .json(#"{"totalSize":0,"done":true,"records":[]}"#),
            fields: ["氏名: Taro Example", "会社: Example KK", "役職: CTO", "評価: Hot", "未完了のケース: Invoice"],
            externalID: "003A", link: "BASE/003A"),
        Shape(
            preset: "hubspot",
            config: "values = { portal = \"99\" }\nurl = \"BASE/crm/v3/objects/contacts/search\"",
            isRight: { request in
                request.method == "POST" && request.path == "/crm/v3/objects/contacts/search"
                    && request.headers["authorization"] == "Bearer secret"
                    && request.headers["content-type"] == "application/json"
                    && request.body.contains(#""values":["+819012345678","09012345678","090-1234-5678"]"#)
            },
            answers: [
                "/": """
                    {"total":1,"results":[{"id":"512","properties":{"firstname":"太郎","lastname":"例示",
                    "company":"例示商事","jobtitle":null,"lifecyclestage":"customer"},
                    "createdAt":"2024-01-01T00:00:00Z","updatedAt":"2024-01-01T00:00:00Z","archived":false}]}
                    """
            ],
            nobody: .json(#"{"total":0,"results":[]}"#),
            fields: ["姓: 例示", "名: 太郎", "会社: 例示商事", "ステージ: customer"], externalID: "512",
            link: "https://app.hubspot.com/contacts/99/record/0-1/512"),
        Shape(
            preset: "zoho",
            config: """
                values = { api = "BASE", accounts = "BASE", crm = "BASE" }
                oauth2 = { client_id = "id", refresh_token_file = "FILE" }
                """,
            isRight: { request in
                request.path == "/crm/v7/Contacts/search" && request.query["phone"] == "+819012345678"
                    && request.headers["authorization"] == "Zoho-oauthtoken tok"
            },
            answers: [
                "/oauth/v2/token": token,
                "/": """
                    {"data":[{"id":"55","Full_Name":"Taro Example","Account_Name":{"name":"Example KK","id":"9"},
                    "Title":"CTO","Description":null}],"info":{"per_page":200,"count":1,"page":1,"more_records":false}}
                    """,
            ],
            nobody: .status(204), fields: ["氏名: Taro Example", "会社: Example KK", "役職: CTO"], externalID: "55",
            link: "BASE/crm/tab/Contacts/55"),
        Shape(
            preset: "espocrm", config: #"values = { base = "BASE" }"#,
            isRight: { request in
                request.path == "/api/v1/Contact" && request.headers["x-api-key"] == "secret"
                    && request.query["where[0][type]"] == "equals"
                    && request.query["where[0][attribute]"] == "phoneNumber"
                    && request.query["where[0][value]"] == "+819012345678"
            },
            answers: [
                "/": """
                    {"total":1,"list":[{"id":"64a","name":"Taro Example","accountName":"Example KK","title":"CTO",
                    "phoneNumber":"+819012345678","description":"likes mail"}]}
                    """
            ],
            nobody: .json(#"{"total":0,"list":[]}"#),
            fields: ["氏名: Taro Example", "会社: Example KK", "役職: CTO", "備考: likes mail"], externalID: "64a",
            link: "BASE/#Contact/view/64a"),
        Shape(
            preset: "odoo", config: #"values = { base = "BASE", database = "prod", uid = "2" }"#,
            isRight: { request in
                let body = (try? JSONSerialization.jsonObject(with: Data(request.body.utf8))) as? [String: Any]
                let asked = (body?["params"] as? [String: Any])?["args"] as? [Any] ?? []
                return request.path == "/jsonrpc" && asked.count == 7 && asked[0] as? String == "prod"
                    && asked[1] as? Int == 2 && asked[2] as? String == "secret"
                    && request.body.contains(#"["+819012345678","+81 90-1234-5678","09012345678","090-1234-5678"]"#)
            },
            answers: [
                "/": """
                    {"jsonrpc":"2.0","id":1,"result":[{"id":14,"name":"Taro Example","parent_id":[9,"Example KK"],
                    "function":"CTO","comment":false,"email":false}]}
                    """
            ],
            nobody: .json(#"{"jsonrpc":"2.0","id":1,"result":[]}"#),
            fields: ["氏名: Taro Example", "会社: Example KK", "役職: CTO"], externalID: "14",
            link: "BASE/web#id=14&model=res.partner&view_type=form"),
        Shape(
            preset: "dynamics",
            config: """
                values = { base = "BASE", tenant = "t" }
                oauth2 = { client_id = "id", scope = "BASE/.default", token_url = "BASE/t/oauth2/v2.0/token" }
                """,
            isRight: { request in
                request.path == "/api/data/v9.2/contacts" && request.headers["authorization"] == "Bearer tok"
                    && request.query["$filter"]?.hasPrefix("telephone1 eq '+819012345678' or mobilephone") == true
                    && request.query["$expand"] == "parentcustomerid_account($select=name)"
            },
            answers: [
                "/t/oauth2/v2.0/token": token,
                "/": """
                    {"@odata.context":"https://x.example/$metadata#contacts","value":[{"@odata.etag":"W/1",
                    "contactid":"c-1","fullname":"Taro Example","jobtitle":"CTO","emailaddress1":null,
                    "parentcustomerid_account":{"name":"Example KK","accountid":"a-1"}}]}
                    """,
            ],
            nobody: .json(#"{"@odata.context":"x","value":[]}"#),
            fields: ["氏名: Taro Example", "会社: Example KK", "役職: CTO"], externalID: "c-1",
            link: "BASE/main.aspx?etn=contact&pagetype=entityrecord&id=c-1"),
    ]

    @Test func everyPresetHasAShape() {
        #expect(Set(Self.shapes.map(\.preset)) == Set(LookupPresets.all.keys))
    }

    private static func plan(_ shape: Shape, _ server: LookupServer) throws -> LookupPlan {
        let secret = try file("secret"), refresh = try file("refresh")
        let config = shape.config.replacing("BASE", with: server.url).replacing("FILE", with: refresh)
        let text = "[[lookup]]\nname = \"crm\"\npreset = \"\(shape.preset)\"\nsecret_file = \"\(secret)\"\n\(config)\n"
        let path = try file(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try #require(try Settings.load(file: path, environment: [:], flags: .init()).lookups.first)
    }

    private static func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "screenpop-preset-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static func end(_ plan: LookupPlan) {
        for path in [plan.secretFile, plan.oauth2.refreshTokenFile] where !path.isEmpty {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    @Test(arguments: shapes) func aRecordBecomesLinesOfThePop(_ shape: Shape) async throws {
        let server = try LookupServer { request in
            let all = shape.answers.filter { key, _ in
                request.path == key || request.query["q"]?.contains(key) == true
            }
            if request.path.hasSuffix("/token"), let answer = all.first { return .json(answer.value) }
            guard shape.isRight(request) else { return .status(400, #"{"message":"not as documented"}"#) }
            return (all.first?.value ?? shape.answers["/"]).map { .json($0) } ?? .status(500)
        }
        let plan = try Self.plan(shape, server)
        defer { Self.end(plan) }
        let trial = try await LookupAskerTests.asker(plan).trial(LookupAskerTests.number())
        let seen = "\(trial.problem ?? "") \(server.requests.map { "\($0.target) \($0.body)" })"
        #expect(trial.state == .found, "\(seen)")
        #expect(trial.record?.fields.map { "\($0.label): \($0.value)" } == shape.fields)
        #expect(trial.record?.externalID == shape.externalID)
        #expect(trial.record?.url == shape.link.replacing("BASE", with: server.url))
        #expect(server.requests.count == (shape.answers.count), "\(seen)")
    }

    @Test(arguments: shapes) func nobodyIsAMissAndNoFailure(_ shape: Shape) async throws {
        let server = try LookupServer { request in
            request.path.hasSuffix("/token") ? .json(Self.token) : shape.nobody
        }
        let plan = try Self.plan(shape, server)
        defer { Self.end(plan) }
        let trial = try await LookupAskerTests.asker(plan).trial(LookupAskerTests.number())
        #expect(trial.state == .notFound, "\(trial.problem ?? "")")
        #expect(trial.steps.count == max(1, plan.request.body.isEmpty ? plan.numbers.count : 1))
    }

    /// Odoo says errors with status 200.
    @Test func anErrorInsideAnAnswerIsAFailure() async throws {
        let shape = try #require(Self.shapes.first { $0.preset == "odoo" })
        let server = try LookupServer { _ in
            .json(#"{"id":1,"error":{"code":200,"message":"Server Error","data":{"message":"Access Denied"}}}"#)
        }
        let plan = try Self.plan(shape, server)
        defer { Self.end(plan) }
        let trial = try await LookupAskerTests.asker(plan).trial(LookupAskerTests.number())
        #expect(trial.state == .failed && trial.problem == "it says: Access Denied")
    }
}
