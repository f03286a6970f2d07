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
    private let said: TextEncoding?
    private var utf8 = UTF8Check()
    private var transcoder: Transcoder?

    /// - Parameters:
    ///   - descriptor: of an open file, which is read from its beginning; it stays the caller's.
    ///   - said: its encoding, when somebody said it; nil guesses.
    ///   - region: ISO 3166, for which encodings are likely.
    init(descriptor: CInt, encoding said: TextEncoding?, region: String) throws(ImportError) {
        let opened = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard opened >= 0 else { throw .cannotRead(String(cString: strerror(errno))) }
        try self.init(owned: opened, encoding: said, region: region)
    }

    private init(owned opened: CInt, encoding said: TextEncoding?, region: String) throws(ImportError) {
        var found = stat()
        guard fstat(opened, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .cannotRead("it is no regular file")
        }
        let marked = ImportFile.marked(opened)
        // Whoever says UTF-8 or UTF-16 need not know whether there is a mark.
        let encoding: TextEncoding?
        if let said {
            let isUTF8 = said == .utf8 || said == .utf8WithMark
            encoding = isUTF8 ? (marked == .utf8WithMark ? .utf8WithMark : .utf8) : said
        } else {
            encoding = marked ?? ImportFile.guess(opened, region: region)
        }
        guard let encoding else {
            close(opened)
            throw .notText(said: nil)
        }
        let markBytes = marked == encoding ? encoding.mark.count : 0
        var transcoder: Transcoder?
        if let name = encoding.iconvName {
            transcoder = Transcoder(from: name)
            if transcoder == nil {
                close(opened)
                throw .cannotRead("this system cannot read \(name); save the file as CSV UTF-8")
            }
        }
        var start = [UInt8](repeating: 0, count: 65_536)
        let count = pread(opened, &start, start.count, off_t(markBytes))
        let head: [UInt8]
        if let name = encoding.iconvName, var converter = Transcoder(from: name) {
            guard let converted = converter.convert(start[..<max(0, count)]) else {
                close(opened)
                throw .notText(said: said)
            }
            head = converted
        } else {
            head = Array(start[..<max(0, count)])
        }
        lseek(opened, off_t(markBytes), SEEK_SET)
        self.encoding = encoding
        self.said = said
        separator = ImportFile.separator(head)
        bytesTotal = Int(found.st_size)
        bytesRead = markBytes
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
        guard transcoder != nil else {
            // What was guessed to be UTF-8 has been looked through.
            guard said != nil else { return bytes }
            let isText = bytes.withUnsafeBytes { utf8.feed($0) } && (!isAtEnd || utf8.isWhole)
            guard isText else { throw .notText(said: said) }
            return bytes
        }
        guard let converted = transcoder?.convert(bytes), !isAtEnd || transcoder?.isWhole == true else {
            throw .notText(said: said)
        }
        return converted
    }

    /// By the mark at its beginning; nil without one.
    private static func marked(_ file: CInt) -> TextEncoding? {
        var start = [UInt8](repeating: 0, count: 3)
        let count = pread(file, &start, start.count, 0)
        let marked: [TextEncoding] = [.utf8WithMark, .utf16LittleEndian, .utf16BigEndian]
        return marked.first { count >= $0.mark.count && start.starts(with: $0.mark) }
    }

    /// UTF-8 when every byte agrees; else the most plausible of those that every byte agrees with. Nil when it is none.
    private static func guess(_ file: CInt, region: String) -> TextEncoding? {
        var utf8 = UTF8Check(), isUTF8 = true, guess = EncodingGuess(region: region)
        let isText = chunks(file) { chunk in
            if chunk.contains(0) { return false }
            if isUTF8 { isUTF8 = chunk.withUnsafeBytes { utf8.feed($0) } }
            if !guess.isSure { guess.feed(chunk) }
            return true
        }
        guard isText else { return nil }
        if isUTF8, utf8.isWhole { return .utf8 }
        return guess.order.first { encoding in
            guard let name = encoding.iconvName, var converter = Transcoder(from: name) else { return false }
            return chunks(file) { converter.convert($0) != nil } && converter.isWhole
        }
    }

    /// The file's bytes, piece by piece, while they are wanted.
    ///
    /// - Returns: whether all of them were.
    private static func chunks(_ file: CInt, _ handle: ([UInt8]) -> Bool) -> Bool {
        var at: off_t = 0
        while true {
            var buffer = [UInt8](repeating: 0, count: chunkBytes)
            let count = pread(file, &buffer, buffer.count, at)
            if count <= 0 { return true }
            buffer.removeLast(buffer.count - count)
            guard handle(buffer) else { return false }
            at += off_t(count)
        }
    }

    private static func separator(_ head: [UInt8]) -> UInt8? {
        guard head.contains(where: { $0 > 0x20 }) else { return nil }
        let line = head.drop { $0 == 0x0A || $0 == 0x0D }.prefix { $0 != 0x0A && $0 != 0x0D }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return candidates.max { a, b in
            line.count { $0 == a } < line.count { $0 == b }
                || (line.count { $0 == a } == line.count { $0 == b } && a != UInt8(ascii: ","))
        }
    }
}
