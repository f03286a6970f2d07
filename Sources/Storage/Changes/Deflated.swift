import CZlib

/// Compression of log entries by zlib: the entries of an import are mostly the same words.
enum Deflated {
    /// Fewer bytes than this are stored as they are.
    static let from = 512
    /// Maximum of bytes after decompression. A damaged length must not allocate the machine's memory.
    static let bytesMax = 256 << 20

    /// nil when compression gains nothing.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= from else { return nil }
        var count = compressBound(uLong(bytes.count))
        var out = [UInt8](repeating: 0, count: Int(count))
        // Level 1: the others take several times as long for a tenth less.
        let code = compress2(&out, &count, bytes, uLong(bytes.count), 1)
        guard code == Z_OK, count < bytes.count else { return nil }
        return Array(out.prefix(Int(count)))
    }

    static func decompress(_ bytes: [UInt8], count: Int) throws(Malformed) -> [UInt8] {
        guard count >= 0, count <= bytesMax else { throw Malformed() }
        var out = [UInt8](repeating: 0, count: count), length = uLong(count)
        guard uncompress(&out, &length, bytes, uLong(bytes.count)) == Z_OK, length == count else { throw Malformed() }
        return out
    }
}
