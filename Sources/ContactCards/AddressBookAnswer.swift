import CExpat

/// What an address book answers to a REPORT (RFC 6352): where each card is, and its text.
///
/// A document with a DOCTYPE is refused: an answer has none, and entities could make a small one endless.
public enum AddressBookAnswer {
    /// One `response` of the multistatus.
    public struct Item: Equatable, Sendable {
        /// The card's address, as the server has it.
        public var href = ""
        /// The card as text; nil where there is none.
        public var card: String?
    }

    /// Why an answer cannot be read, in a part of a sentence.
    public struct Unreadable: Error, Equatable, Sendable, CustomStringConvertible {
        /// What the document has wrong, without a capital and a full stop.
        public let description: String
    }

    /// The items in the document's order. Throws what the document has wrong, as a sentence; never half an answer.
    public static func items(_ bytes: [UInt8]) throws(Unreadable) -> [Item] {
        let reader = try AddressBookReader()
        return try reader.read(bytes)
    }
}

/// Reads a multistatus by expat.
private final class AddressBookReader {
    private let parser: XML_Parser
    private var items: [AddressBookAnswer.Item] = []
    private var item: AddressBookAnswer.Item?
    private var text: [UInt8]?
    private var hasDoctype = false
    private var isMultistatus = false

    init() throws(AddressBookAnswer.Unreadable) {
        guard let made = XML_ParserCreateNS(nil, XML_Char(bitPattern: UInt8(ascii: "|"))) else {
            throw .init(description: "there is no memory for it")
        }
        parser = made
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { context, name, _ in AddressBookReader.of(context)?.begin(AddressBookReader.text(name)) },
            { context, name in AddressBookReader.of(context)?.end(AddressBookReader.text(name)) })
        XML_SetCharacterDataHandler(parser) { context, text, count in
            let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
            AddressBookReader.of(context)?.text?.append(contentsOf: bytes)
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            guard let reader = AddressBookReader.of(context) else { return }
            reader.hasDoctype = true
            XML_StopParser(reader.parser, XML_Bool(0))
        }
    }

    deinit { XML_ParserFree(parser) }

    func read(_ bytes: [UInt8]) throws(AddressBookAnswer.Unreadable) -> [AddressBookAnswer.Item] {
        let status = bytes.withUnsafeBytes { raw in
            XML_Parse(parser, raw.bindMemory(to: CChar.self).baseAddress, CInt(raw.count), 1)
        }
        if hasDoctype { throw .init(description: "its answer has a DOCTYPE") }
        guard status == XML_STATUS_OK else {
            let why = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no XML"
            throw .init(description: "its answer is no XML: line \(XML_GetCurrentLineNumber(parser)): \(why)")
        }
        guard isMultistatus else { throw .init(description: "its answer is none of an address book") }
        return items
    }

    private static let dav = "DAV:|", cardDAV = "urn:ietf:params:xml:ns:carddav|"

    private func begin(_ name: String) {
        switch name {
        case Self.dav + "multistatus": isMultistatus = true
        case Self.dav + "response": item = .init()
        case Self.dav + "href", Self.cardDAV + "address-data": text = []
        default: break
        }
    }

    private func end(_ name: String) {
        switch name {
        case Self.dav + "response":
            if let item { items.append(item) }
            item = nil
        case Self.dav + "href":
            // Others are inside of properties.
            if item?.href.isEmpty == true { item?.href = String(decoding: text ?? [], as: UTF8.self) }
            text = nil
        case Self.cardDAV + "address-data":
            item?.card = String(decoding: text ?? [], as: UTF8.self)
            text = nil
        default: break
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> AddressBookReader? {
        context.map { Unmanaged<AddressBookReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func text(_ name: UnsafePointer<XML_Char>?) -> String {
        name.map { String(cString: $0) } ?? ""
    }
}
