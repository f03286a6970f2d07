import Crypto
import Foundation
import HTTPTypes
import Testing

@testable import FileTypes
@testable import Web

/// Files of a customer over HTTP: attached, shown, renamed, deleted and put back; nothing of them runs.
@Suite struct FileRouteTests {
    static let gif = "GIF89a\u{1}\0\u{1}\0\0\0\0;"

    private func routes() async throws -> (Routes, String) {
        let routes = try Routes()
        #expect(try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example"}"#).status == 201)
        return (routes, try routes.token(.operator))
    }

    @Test func oneIsAttachedShownRenamedDeletedAndPutBack() async throws {
        let (routes, token) = try await routes(), path = "/v1/customers/1/files"
        // In two pieces, as it may come.
        let made = try await routes.ask(
            .post, path + "?name=%E7%8E%84%E9%96%A2.gif", String(Self.gif.prefix(5)), String(Self.gif.dropFirst(5)),
            token: token)
        #expect(made.status == 201 && made.headers[.location] == path + "/1", "\(made.text)")
        #expect(made.json["name"] as? String == "玄関.gif" && made.json["type"] as? String == "image/gif")
        let hash = SHA256.hash(data: Data(Self.gif.utf8)).map { String(format: "%02x", $0) }.joined()
        #expect(made.json["bytes"] as? Int == Self.gif.utf8.count && made.json["sha256"] as? String == hash)
        let list = try await routes.ask(.get, path, token: token)
        #expect((list.json["items"] as? [[String: Any]])?.count == 1)

        let content = try await routes.ask(.get, path + "/1/content", token: token)
        #expect(content.status == 200 && content.text == Self.gif)
        #expect(content.headers[.contentType] == "image/gif" && content.headers[.eTag] == "\"\(hash)\"")
        #expect(
            content.headers[.contentDisposition]
                == "inline; filename=\"__.gif\"; filename*=UTF-8''%E7%8E%84%E9%96%A2.gif")
        let known = try await routes.ask(
            .get, path + "/1/content", headers: [.ifNoneMatch: "\"\(hash)\""], token: token)
        #expect(known.status == 304 && known.text.isEmpty)

        let renamed = try await routes.ask(
            .patch, path + "/1", #"{"name":"Front door.gif"}"#, headers: [.ifMatch: #""v1""#], token: token)
        #expect(renamed.status == 200 && renamed.json["name"] as? String == "Front door.gif", "\(renamed.text)")
        #expect(try await routes.ask(.patch, path + "/1", #"{"type":"text/html"}"#, token: token).status == 400)
        #expect(try await routes.ask(.delete, path + "/1", token: token).status == 204)
        #expect(try await routes.ask(.get, path + "/1/content", token: token).status == 404)
        #expect(try await routes.ask(.post, path + "/1/restore", #"{"version":1}"#, token: token).status == 200)
        #expect(try await routes.ask(.get, path + "/1/content", token: token).text == Self.gif)
        let history = try await routes.ask(.get, path + "/1/history", token: token)
        #expect((history.json["items"] as? [[String: Any]])?.count == 4)
    }

    /// Whatever it is called, it is what its content says, and a browser saves it.
    @Test(arguments: [
        ("photo.png", "<html><script>alert(1)</script></html>", "text/html"),
        ("photo.jpg", #"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#, "image/svg+xml"),
        ("photo.gif", "nothing but words", "text/plain"),
    ]) func whatRunsIsNotShownInPlace(name: String, body: String, type: String) async throws {
        let (routes, token) = try await routes()
        let made = try await routes.ask(.post, "/v1/customers/1/files?name=\(name)", body, token: token)
        #expect(made.status == 201 && made.json["type"] as? String == type, "\(made.text)")
        let content = try await routes.ask(.get, "/v1/customers/1/files/1/content", token: token)
        #expect(content.headers[.contentDisposition]?.hasPrefix("attachment; ") == true)
        #expect(content.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
        #expect(content.text == body)
    }

    @Test(arguments: [
        ("", "name is missing"), ("?name=", "name is missing"), ("?name=%20", "name is missing"),
        ("?name=a%2Fb", "no /"), ("?name=a%0Ab", "no control"), ("?name=a%C2%85b", "no control"),
        ("?name=" + String(repeating: "x", count: 256), "at most 255 bytes"),
    ]) func aNameThatIsNoneIsRefused(query: String, problem: String) async throws {
        let (routes, token) = try await routes()
        let answer = try await routes.ask(.post, "/v1/customers/1/files\(query)", "x", token: token)
        #expect(answer.status == 400 && answer.text.contains(problem), "\(answer.text)")
    }

    @Test func whatIsEmptyTooLargeOrOfNobodyIsRefused() async throws {
        let (routes, token) = try await routes(), path = "/v1/customers/1/files?name=a.txt"
        #expect(try await routes.ask(.post, path, token: token).status == 400)
        #expect(try await routes.ask(.post, "/v1/customers/9/files?name=a.txt", "x", token: token).status == 404)
        #expect(try await routes.ask(.get, "/v1/customers/1/files/1/content", token: token).status == 404)
        let piece = String(repeating: "x", count: 11 << 20)
        #expect(try await routes.ask(.post, path, piece, piece, token: token).status == 413)
        #expect((try await routes.ask(.get, "/v1/customers/1/files").json["items"] as? [Any])?.isEmpty == true)
    }

    @Test(arguments: ["image/png", "text/x-c++", "application/vnd.ms-excel"]) func isAMediaType(name: String) {
        #expect(FileType.isMediaType(name))
    }

    @Test(arguments: ["", "image", "image/", "a/b/c", "a/b c", "a/b\r\nSet-Cookie: x", "テキスト/plain"])
    func isNoMediaType(name: String) {
        #expect(!FileType.isMediaType(name))
    }

    @Test func aNameInAHeaderCannotEndIt() {
        let field = ItemRoutes.disposition("attachment", #"a";x="b%.txt"#)
        #expect(field == #"attachment; filename="a_;x=_b_.txt"; filename*=UTF-8''a%22%3Bx%3D%22b%25.txt"#)
    }
}
