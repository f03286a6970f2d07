import CRMLookup
import Foundation
import Testing

@testable import Workers

/// Callers who are looked up in an address book: radicale, a real server of CardDAV.
@Suite(.enabled(if: AddressBookServer.isThere, AddressBookServer.missing)) struct AddressBookLookupTests {
    private static func trial(
        _ server: AddressBookServer, _ number: String, password: String
    ) async throws -> LookupTrial {
        let secret = server.directory + "/secret-\(UUID().uuidString)"
        try password.write(toFile: secret, atomically: true, encoding: .utf8)
        var plan = LookupPlan(), name = LookupPlan.Field(), company = LookupPlan.Field()
        plan.name = "contacts"
        plan.kind = .carddav
        plan.request.url = "http://127.0.0.1:\(server.port)/team/contacts/"
        plan.authentication = .basic
        plan.user = "team"
        plan.secretFile = secret
        (name.label, name.path) = ("Name", "name")
        (company.label, company.path) = ("Company", "org.0")
        plan.fields = [name, company]
        plan.externalID = "uid"
        plan.timeout = 10_000
        let asker = LookupAsker(
            try LookupRecipe(plan), send: LookupTransport.send(for: plan, attributes: [], http: LookupHTTP.send),
            now: { 1_795_392_000_000 })
        let national = "0\(number.dropFirst(3).prefix(2))-\(number.dropFirst(5).prefix(4))-\(number.suffix(4))"
        return await asker.trial(try #require(LookupNumber(e164: number, display: national)))
    }

    @Test func aCallerIsFoundWhateverTheNotation() async throws {
        let server = try AddressBookServer()
        defer { server.stop() }
        let found = try await Self.trial(server, "+818000001234", password: "correct horse")
        #expect(found.record?.text == "Name: 架空 太郎\nCompany: Beispiel, Inc.", "\(found)")
        #expect(found.record?.externalID == "K-1" && found.record?.count == 1)
        let pairs = try await Self.trial(server, "+818000005678", password: "correct horse")
        #expect(pairs.record?.fields.first?.value == "Hanako Example", "\(pairs)")
        // Ends as a number of the book does, and is another.
        #expect(try await Self.trial(server, "+817011111234", password: "correct horse").state == .notFound)
        let refused = try await Self.trial(server, "+818000001234", password: "wrong")
        #expect(refused.problem?.contains("refuses the credentials") == true, "\(refused)")
        #expect(!"\(refused)".contains("d3Jvbmc"), "the password as it is sent")
    }
}

/// Radicale with two cards; it ends with the test.
private struct AddressBookServer {
    private static let program = FileManager.default.currentDirectoryPath + "/.build/radicale/bin/radicale"
    static let isThere = FileManager.default.isExecutableFile(atPath: program)
    static let missing: Comment = "radicale is not there, so address books are not tested: run `make test`"

    let directory: String
    let port: Int
    private let process = Process()

    private static let cards = [
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:K-1\r\nFN:架空 太郎\r\nN:架空;太郎;;;\r\nORG:Beispiel\\, Inc.;Sales\r\n"
            + "TEL;TYPE=CELL:080-0000-1234\r\nEND:VCARD\r\n",
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:K-2\r\nFN:Hanako Example\r\n"
            + "TEL;VALUE=uri;TYPE=work:tel:+81-80-0000-56-78\r\nEND:VCARD\r\n",
    ]

    init() throws {
        directory = NSTemporaryDirectory() + "screenpop-radicale-\(UUID().uuidString)"
        let book = directory + "/collection-root/team/contacts"
        try FileManager.default.createDirectory(atPath: book, withIntermediateDirectories: true)
        try #"{"tag":"VADDRESSBOOK"}"#.write(toFile: book + "/.Radicale.props", atomically: false, encoding: .utf8)
        for (number, card) in AddressBookServer.cards.enumerated() {
            try card.write(toFile: book + "/\(number).vcf", atomically: false, encoding: .utf8)
        }
        try "team:correct horse\n".write(toFile: directory + "/users", atomically: false, encoding: .utf8)
        port = try DirectoryServer.freePort()
        process.executableURL = URL(fileURLWithPath: AddressBookServer.program)
        process.arguments = [
            "--config", "", "--server-hosts", "127.0.0.1:\(port)", "--storage-filesystem-folder", directory,
            "--auth-type", "htpasswd", "--auth-htpasswd-filename", directory + "/users",
            "--auth-htpasswd-encryption", "plain", "--auth-delay", "0",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let limit = ContinuousClock.now + .seconds(20)
        while !DirectoryServer.listens(port) {
            guard ContinuousClock.now < limit, process.isRunning else {
                throw DirectoryServer.Failure(description: "radicale does not listen")
            }
            usleep(20_000)
        }
    }

    func stop() {
        // `waitUntilExit` does not return here: it waits on a run loop, which a thread of the pool has none of.
        kill(process.processIdentifier, SIGKILL)
        try? FileManager.default.removeItem(atPath: directory)
    }
}
