import Crypto
import Foundation
import HTTPTypes
import Hummingbird

/// The desk and the wall: files, read once at the start and served from memory.
struct Pages: Sendable {
    private struct File: Sendable {
        var body: ByteBuffer
        var type: String
        var etag: String
    }
    private let files: [String: File]

    /// Files that need no session: those of the sign-in page.
    static let open: Set<String> = [
        "/pages/signin.js", "/pages/page.js", "/pages/dom.js", "/pages/style.css", "/pages/text.js", "/pages/ja.json",
        "/pages/en.json", "/pages/icon.svg", "/pages/secondFactor.js",
    ]

    /// Content Security Policy: nothing from other origins, nothing inline, not in a frame.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
            + "media-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types 'none'"

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "json": "application/json",
        "svg": "image/svg+xml",
    ]

    /// - Parameter folder: where they are; nil where they were not installed.
    init(folder: String?) {
        var files: [String: File] = [:]
        if let folder {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let end = name.split(separator: ".").last.map(String.init) ?? ""
                guard let type = Pages.types[end], let data = FileManager.default.contents(atPath: folder + "/" + name)
                else { continue }
                let hash = SHA256.hash(data: data).prefix(12).map { String($0, radix: 16) }.joined()
                files[name] = File(body: ByteBuffer(bytes: data), type: type, etag: "\"\(hash)\"")
            }
        }
        self.files = files
    }

    func add(to router: GuardedRouter) {
        router.get("/", may: .anyone) { request, context in try page("desk.html", request, context) }
        router.get("wall", may: .anyone) { request, context in try page("wall.html", request, context) }
        router.get("supervisor", may: .anyone) { request, context in try page("supervisor.html", request, context) }
        router.get("pages/{name}", may: .anyone) { request, context in
            // The pages themselves have addresses of their own, where the session is checked.
            guard let file = files[try context.segment("name")], !file.type.hasPrefix("text/html") else {
                throw Problem.notFound("There is nothing at \(request.uri.path).")
            }
            return serve(file, request)
        }
    }

    /// Without a session, the sign-in page is sent at the requested address.
    private func page(_ name: String, _ request: Request, _ context: WebContext) throws -> Response {
        let mayIn = name == "desk.html" ? context.who.may(.operator) : context.who.may(.supervisor)
        guard let file = files[mayIn ? name : "signin.html"] else {
            throw Problem.notFound(
                "The desk's pages are not installed: they belong beside the program, in ../share/screenpop/pages.")
        }
        return serve(file, request)
    }

    private func serve(_ file: File, _ request: Request) -> Response {
        var headers: HTTPFields = [
            .contentType: file.type, .eTag: file.etag,
            // The browser revalidates each time, and gets 304 when the file is the same.
            .cacheControl: "no-cache", .contentSecurityPolicy: Pages.policy,
        ]
        headers[.referrerPolicy] = "no-referrer"
        headers[.permissionsPolicy] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        headers[.crossOriginOpener] = "same-origin"
        if request.headers[.ifNoneMatch] == file.etag { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.body))
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let crossOriginOpener = HTTPField.Name("Cross-Origin-Opener-Policy")!
}
