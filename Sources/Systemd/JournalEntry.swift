import CSystemd
import Glibc

/// One entry of the journal: fields as `NAME=value`, one after the other in one buffer.
struct JournalEntry {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Adds a field under a name that is known to be valid.
    mutating func add(_ name: String, _ value: String) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "="))
        bytes.append(contentsOf: value.utf8)
        ends.append(bytes.count)
    }

    /// The fields as text, in order.
    var fields: [String] {
        var start = 0
        return ends.map { end in
            defer { start = end }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    /// Hands the entry to the journal; false when it did not take it.
    mutating func send() -> Bool {
        let ends = ends
        return bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = ends.map { end in
                defer { start = end }
                return iovec(iov_base: buffer.baseAddress.map { $0 + start }, iov_len: end - start)
            }
            return sd_journal_sendv(vectors, CInt(vectors.count)) == 0
        }
    }
}
