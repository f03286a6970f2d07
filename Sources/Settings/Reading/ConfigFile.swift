import Glibc

/// The text of a configuration file, read within a bound.
struct ConfigFile {
    let path: String
    /// Without a byte order mark.
    let text: String

    /// Bytes. A centre with a thousand queues needs a tenth of it; what is bigger is another file.
    static let sizeMax = 1 << 20

    init(path: String) throws(SettingsError) {
        func wrong(at line: Int?, _ sentence: String) -> SettingsError {
            SettingsError(.file(path: path, line: line), sentence)
        }
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(path, sizeMax: ConfigFile.sizeMax) } catch {
            let reason = String(cString: strerror(error.number))
            throw wrong(at: nil, "this file cannot be read (\(reason)); \(ConfigFile.advice(error.number))")
        }
        if bytes.count > ConfigFile.sizeMax {
            throw wrong(at: nil, "a configuration has at most 1 MiB; give the path of the right file")
        }
        if let zero = bytes.firstIndex(of: 0) {
            throw wrong(
                at: ConfigFile.line(of: zero, in: bytes),
                "this is no text (it has a NUL byte); save the file as UTF-8 text")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let good = ConfigFile.validPrefix(of: bytes)
            throw wrong(at: ConfigFile.line(of: good, in: bytes), "this line is not UTF-8; save the file as UTF-8 text")
        }
        self.path = path
        self.text = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// Whether anything is there by this name.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func advice(_ number: CInt) -> String {
        switch number {
        case ENOENT: "give the path of a file that exists, or leave --config out for the defaults"
        case EACCES: "let the daemon's user read it"
        default: "give the path of a file"
        }
    }

    private static func line(of index: Int, in bytes: [UInt8]) -> Int {
        1 + bytes[..<index].count { $0 == UInt8(ascii: "\n") }
    }

    /// How many bytes from the start are whole characters.
    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var length = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { length += UTF8.width(scalar) }
        return length
    }
}
