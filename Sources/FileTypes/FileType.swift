import CMagic

/// What a file is by its content, and whether a browser may show it in place.
///
/// The name of a file and what its sender calls it say nothing: `invoice.pdf` may be a page with a script.
public struct FileType: Equatable, Sendable {
    /// A media type of RFC 6838 such as `image/png`; `application/octet-stream` for what is not known.
    public var name: String

    /// A type from outside, such as one that was stored; the text is not checked.
    public init(name: String) { self.name = name }

    static let unknown = FileType(name: "application/octet-stream")

    /// Bytes from the start of a file that are looked at.
    public static let bytesMax = 256 << 10

    /// Images that browsers draw without running anything. SVG is a document with scripts, and none of them.
    public var isShownInPlace: Bool { FileType.images.contains(name) }

    private static let images: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]

    /// By libmagic (file(1)).
    ///
    /// - Parameter bytes: the first `bytesMax` of the file, or all of it.
    /// - Returns: `unknown` also when libmagic's database is not there.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> FileType {
        guard let magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS) else { return .unknown }
        defer { magic_close(magic) }
        guard magic_load(magic, nil) == 0 else { return .unknown }
        guard let found = magic_buffer(magic, bytes.baseAddress, min(bytes.count, bytesMax)) else { return .unknown }
        let name = String(cString: found)
        return isMediaType(name) ? FileType(name: name) : .unknown
    }

    /// Two tokens of RFC 6838 with a slash between, so that the name can stand in a header field.
    static func isMediaType(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                (1...127).contains(part.utf8.count)
                    && part.utf8.allSatisfy { $0.isToken }
            }
    }
}

extension UInt8 {
    fileprivate var isToken: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$&-^_.+".utf8.contains(self)
        }
    }
}
