import CExpat

/// What an element's begin, end and text are given to.
protocol XMLHandler: AnyObject {
    func begin(_ name: String, _ attributes: XMLAttributes)
    func end(_ name: String)
    /// A part of a text: it may come in several.
    func text(_ bytes: UnsafeRawBufferPointer)
    /// Why the rest need not be read; nil while it is wanted.
    var fault: SheetError? { get }
}

/// The attributes of an element that begins: valid in that call alone.
struct XMLAttributes {
    fileprivate let pairs: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?

    /// By the name without a namespace's prefix.
    subscript(name: String) -> String? {
        guard let pairs else { return nil }
        var at = 0
        while let key = pairs[at], let value = pairs[at + 1] {
            if XMLPieces.local(key) == name { return String(cString: value) }
            at += 2
        }
        return nil
    }
}

/// An XML document that is parsed piece by piece, by expat.
///
/// A document with a DOCTYPE is refused: workbooks have none, and entities could make a small file endless.
final class XMLPieces {
    private let parser: XML_Parser
    private unowned let handler: any XMLHandler
    private var hasDoctype = false

    init(_ handler: any XMLHandler) throws(SheetError) {
        guard let made = XML_ParserCreate(nil) else { throw .notAWorkbook("there is no memory for it") }
        parser = made
        self.handler = handler
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, attributes in
                guard let name else { return }
                XMLPieces.of(context)?.handler.begin(XMLPieces.local(name), XMLAttributes(pairs: attributes))
            },
            { context, name in
                guard let name else { return }
                XMLPieces.of(context)?.handler.end(XMLPieces.local(name))
            })
        XML_SetCharacterDataHandler(parser) { context, text, count in
            XMLPieces.of(context)?.handler.text(UnsafeRawBufferPointer(start: text, count: Int(count)))
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            guard let pieces = XMLPieces.of(context) else { return }
            pieces.hasDoctype = true
            XML_StopParser(pieces.parser, XML_Bool(0))
        }
    }

    deinit { XML_ParserFree(parser) }

    /// Parses the next piece; an empty one ends the document.
    func feed(_ bytes: [UInt8], of name: String) throws(SheetError) {
        let status = bytes.withUnsafeBytes { raw in
            XML_Parse(
                parser, raw.bindMemory(to: CChar.self).baseAddress, CInt(raw.count), bytes.isEmpty ? 1 : 0)
        }
        if let fault = handler.fault { throw fault }
        if hasDoctype { throw .notAWorkbook("\(name) has a DOCTYPE") }
        guard status == XML_STATUS_OK else {
            let why = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no XML"
            throw .notAWorkbook("\(name), line \(XML_GetCurrentLineNumber(parser)): \(why)")
        }
    }

    /// Parses a whole part.
    static func parse(_ part: ZipParts.Part, _ handler: any XMLHandler) throws(SheetError) {
        let pieces = try XMLPieces(handler)
        while true {
            let bytes = try part.next()
            try pieces.feed(bytes, of: part.name)
            if bytes.isEmpty { return }
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLPieces? {
        context.map { Unmanaged<XMLPieces>.fromOpaque($0).takeUnretainedValue() }
    }

    /// A name without a namespace's prefix: generators choose different ones.
    fileprivate static func local(_ name: UnsafePointer<XML_Char>) -> String {
        var at = name, begin = name
        while at.pointee != 0 {
            if at.pointee == CChar(bitPattern: UInt8(ascii: ":")) { begin = at + 1 }
            at += 1
        }
        return String(cString: begin)
    }
}
