import CallCenter
import Crypto
import EventWire
import FileTypes
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// `/v1/customers/{id}/files`: pictures and documents of a customer. Their names are items as the others; their bytes
/// come in and go out here.
extension ItemRoutes {
    func addFiles(to router: GuardedRouter) {
        router.get("v1/customers/{id}/files", may: .operator) { try await list(.file, $0, $1) }
        router.post("v1/customers/{id}/files", may: .operator, use: attach)
        router.get("v1/customers/{id}/files/{item}", may: .operator) { try await show(.file, $0, $1) }
        router.get("v1/customers/{id}/files/{item}/content", may: .operator, use: content)
        router.patch("v1/customers/{id}/files/{item}", may: .operator) { try await change(.file, $0, $1) }
        router.delete("v1/customers/{id}/files/{item}", may: .operator) { try await delete(.file, $0, $1) }
        router.get("v1/customers/{id}/files/{item}/history", may: .operator) { try await versions(.file, $0, $1) }
        router.post("v1/customers/{id}/files/{item}/restore", may: .operator) { try await restore(.file, $0, $1) }
    }

    /// The body is the file. All of it is received first: a client that goes away half-way attaches nothing.
    private func attach(_ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), writer = self.writer, now = self.now(), author = context.who.author
        let name = try ItemRoutes.fileName(Query(request).text("name"))
        let upload = try await Upload(
            request.body, directory: settings.stateDirectory, bytesMax: Int(CustomerFile.bytesMax))
        let made = try await BlockingThreads.files.run {
            let file = CustomerFile(
                name: name, type: try upload.type().name, size: Int64(upload.size), hash: upload.hash, home: customer)
            return try Problem.edited { () throws(EditError) in
                try writer.add(file, from: upload.spool, by: author, at: now)
            }
        }
        guard let made else { throw Problem.notFound("There is no customer \(customer).") }
        await customerRecords.changed(customer)
        return answer(made, to: context.reader(), status: .created)
    }

    /// A browser draws the images that run nothing, and saves everything else.
    private func content(_ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), id = try item(context, .file)
        guard case .file(let file) = try found(id, .file, of: customer).content else {
            throw Problem.notFound("The customer has no file \(id).")
        }
        context.reader().sees(customer)
        let isImage = FileType(name: file.type).isShownInPlace
        let headers: HTTPFields = [
            .contentType: file.type, .eTag: "\"\(file.hash.hex)\"", .cacheControl: "private, no-cache",
            .contentDisposition: ItemRoutes.disposition(isImage ? "inline" : "attachment", file.name),
            // Whatever it is, nothing of it runs, also when somebody opens its address.
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
        if request.headers[.ifNoneMatch] == headers[.eTag] { return Response(status: .notModified, headers: headers) }
        let records = self.writer.store
        return Response(
            status: .ok, headers: headers,
            body: .init(contentLength: Int(file.size)) { out in
                for n in 0..<file.pieceCount {
                    let piece = try await BlockingThreads.files.run { try records.piece(n, of: file) }
                    try await out.write(ByteBuffer(bytes: piece))
                }
                try await out.finish(nil)
            })
    }

    /// Bytes of a file's name: what file systems have.
    static let nameBytesMax = 255

    static func fileName(_ text: String?) throws(Problem) -> String {
        guard let text, text.contains(where: { !$0.isWhitespace }) else {
            throw .bad("name is missing: what the file is called, such as ?name=photo.jpg.")
        }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.generalCategory != .control && scalar != "/" && scalar != "\\"
        }
        guard isPlain, text.utf8.count <= nameBytesMax else {
            throw .bad("name has at most \(nameBytesMax) bytes, no control characters, and no / or \\.")
        }
        return text
    }

    /// A name in a header field (RFC 6266): for old clients in ASCII, for others as it is.
    static func disposition(_ kind: String, _ name: String) -> String {
        let plain = String(
            name.unicodeScalars.map { scalar in
                scalar.isASCII && scalar.value >= 0x20 && scalar != "\"" && scalar != "\\" && scalar != "%"
                    ? Character(scalar) : "_"
            })
        let allowed = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~")
        let encoded = name.addingPercentEncoding(withAllowedCharacters: allowed) ?? plain
        return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}

/// A request's body in a temporary file, with its length and its hash.
private struct Upload: Sendable {
    let spool: ImportSpool
    let size: Int
    /// SHA-256.
    let hash: [UInt8]

    init(_ body: RequestBody, directory: String, bytesMax: Int) async throws {
        var size = 0, hash = SHA256()
        spool = try await ImportSpool.receive(
            body, in: directory, bytesMax: bytesMax, tooLong: "A file has at most \(bytesMax >> 20) MiB."
        ) { bytes in
            size += bytes.count
            hash.update(bufferPointer: bytes)
        }
        guard size > 0 else { throw Problem.bad("The file is empty.") }
        self.size = size
        self.hash = Array(hash.finalize())
    }

    /// What the file is by its first bytes.
    func type() throws -> FileType {
        let bytes: [UInt8]
        do throws(ImportSpool.Failure) { bytes = try spool.read(0..<Int64(min(size, FileType.bytesMax))) } catch {
            throw Problem(.serviceUnavailable, "The file cannot be read again.")
        }
        return bytes.withUnsafeBytes { FileType.of($0) }
    }
}

extension [UInt8] {
    /// Lower case, two digits a byte.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
