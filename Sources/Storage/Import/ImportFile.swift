import Glibc

/// A file's text as UTF-8, chunk by chunk, whatever it was saved as.
struct ImportFile: ~Copyable {
    private static let chunkBytes = 256 << 10

    let encoding: TextEncoding
    /// `,`, `;` or tab: whichever the first line has most of; nil for a file without text.
    let separator: UInt8?
    let bytesTotal: Int
    private(set) var bytesRead = 0
    private(set) var isAtEnd = false
    private let file: CInt
    private var transcoder: Transcoder?

    init(path: String) throws(ImportError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw .cannotRead(String(cString: strerror(errno))) }
        var found = stat()
        guard fstat(opened, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .cannotRead("it is no regular file")
        }
        guard let encoding = ImportFile.encoding(opened) else {
            close(opened)
            throw .notText(line: nil)
        }
        var transcoder: Transcoder?
        if let name = encoding.iconvName {
            transcoder = Transcoder(from: name)
            if transcoder == nil {
                close(opened)
                throw .cannotRead("this system cannot read \(name); save the file as CSV UTF-8")
            }
        }
        var start = [UInt8](repeating: 0, count: 65_536)
        let count = pread(opened, &start, start.count, off_t(encoding.markBytes))
        let head: [UInt8]
        if let name = encoding.iconvName, var converter = Transcoder(from: name) {
            guard let converted = converter.convert(start[..<max(0, count)]) else {
                close(opened)
                throw .notText(line: nil)
            }
            head = converted
        } else {
            head = Array(start[..<max(0, count)])
        }
        lseek(opened, off_t(encoding.markBytes), SEEK_SET)
        self.encoding = encoding
        separator = ImportFile.separator(head)
        bytesTotal = Int(found.st_size)
        bytesRead = encoding.markBytes
        file = opened
        self.transcoder = transcoder
    }

    deinit { close(file) }

    /// nil at the end.
    mutating func next() throws(ImportError) -> [UInt8]? {
        if isAtEnd { return nil }
        var bytes = [UInt8](repeating: 0, count: ImportFile.chunkBytes)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else { throw .cannotRead(String(cString: strerror(errno))) }
        bytesRead += count
        isAtEnd = bytesRead >= bytesTotal || count == 0
        bytes.removeLast(bytes.count - count)
        guard transcoder != nil else { return bytes }
        guard let converted = transcoder?.convert(bytes), !isAtEnd || transcoder?.isWhole == true else { throw .notText(line: nil) }
        return converted
    }

    /// By its mark; else UTF-8 when every byte agrees; else CP932 when that can be. nil when it is none.
    private static func encoding(_ file: CInt) -> TextEncoding? {
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        var at: off_t = 0
        var utf8 = UTF8Check()
        var isUTF8 = true
        guard var cp932 = Transcoder(from: "CP932") else { return nil }
        while true {
            let count = pread(file, &buffer, buffer.count, at)
            if count <= 0 { break }
            if at == 0 {
                if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8WithMark }
                if buffer.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
                if buffer.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
            }
            if buffer[..<count].contains(0) { return nil }
            if isUTF8 { isUTF8 = buffer.withUnsafeBytes { utf8.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) } }
            if !isUTF8 {
                // From the beginning, once: the file is read again for it.
                return isCP932(file, &cp932) ? .cp932 : nil
            }
            at += off_t(count)
        }
        return utf8.isWhole ? .utf8 : (isCP932(file, &cp932) ? .cp932 : nil)
    }

    private static func isCP932(_ file: CInt, _ converter: inout Transcoder) -> Bool {
        var buffer = [UInt8](repeating: 0, count: chunkBytes)
        var at: off_t = 0
        while true {
            let count = pread(file, &buffer, buffer.count, at)
            if count <= 0 { return converter.isWhole }
            if buffer[..<count].contains(0) || converter.convert(buffer[..<count]) == nil { return false }
            at += off_t(count)
        }
    }

    private static func separator(_ head: [UInt8]) -> UInt8? {
        guard head.contains(where: { $0 > 0x20 }) else { return nil }
        let line = head.drop { $0 == 0x0A || $0 == 0x0D }.prefix { $0 != 0x0A && $0 != 0x0D }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.max { a, b in line.count { $0 == a } < line.count { $0 == b } || (line.count { $0 == a } == line.count { $0 == b } && a != UInt8(ascii: ",")) }
    }
}
