/// A picture or a document of a customer, without its bytes.
public struct CustomerFile: Equatable, Sendable {
    /// As somebody called it: one line, and no path.
    public var name: String
    /// The media type that its content has.
    public var type: String
    /// Bytes.
    public var size: Int64
    /// SHA-256 of the bytes.
    public var hash: [UInt8]
    /// The customer with whom the bytes are stored: whoever it was attached to. A merge changes whose the file is, and
    /// not this one.
    public var home: Int64

    /// Copies its arguments; none of them is checked.
    public init(name: String, type: String, size: Int64, hash: [UInt8], home: Int64) {
        self.name = name
        self.type = type
        self.size = size
        self.hash = hash
        self.home = home
    }

    /// Bytes of one file.
    public static let bytesMax: Int64 = 20 << 20
    /// Files of one customer.
    public static let countMax: Int64 = 1_000
    /// Bytes of a piece: what one entry of the log and one row have of a file.
    public static let pieceBytes: Int64 = 256 << 10

    /// How many pieces it has; one that is empty has none.
    public var pieceCount: Int64 { (size + CustomerFile.pieceBytes - 1) / CustomerFile.pieceBytes }

    /// The bytes of a piece, from the start of the file.
    func range(ofPiece n: Int64) -> Range<Int64> {
        let start = n * CustomerFile.pieceBytes
        return start..<min(start + CustomerFile.pieceBytes, size)
    }
}
