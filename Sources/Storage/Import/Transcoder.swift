import Glibc

/// Bytes of one encoding into UTF-8, chunk by chunk.
struct Transcoder: ~Copyable {
    private let converter: iconv_t
    private var rest: [UInt8] = []

    /// nil when the system does not know the encoding.
    init?(from name: String) {
        let opened = iconv_open("UTF-8", name)
        guard Int(bitPattern: opened) != -1, let opened else { return nil }
        converter = opened
    }
    deinit { iconv_close(converter) }

    /// - Returns: nil where the bytes are none of this encoding.
    mutating func convert(_ chunk: some Collection<UInt8>) -> [UInt8]? {
        var input = rest.map { CChar(bitPattern: $0) } + chunk.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 3 + 16)
        var inputLeft = input.count, outputLeft = output.count
        let inputCount = input.count, outputCount = output.count
        let failure = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output -> Int32 in
                var from = input.baseAddress, to = output.baseAddress
                let code = iconv(converter, &from, &inputLeft, &to, &outputLeft)
                return code == -1 ? errno : 0
            }
        }
        // EINVAL: half a character is left at the end of the chunk.
        guard failure == 0 || failure == EINVAL else { return nil }
        rest = input[(inputCount - inputLeft)...].map { UInt8(bitPattern: $0) }
        return output[..<(outputCount - outputLeft)].map { UInt8(bitPattern: $0) }
    }

    /// Whether the file ended with a whole character.
    var isWhole: Bool { rest.isEmpty }
}

/// Tells whether bytes are UTF-8, chunk by chunk (the Unicode Standard, table 3-7).
struct UTF8Check {
    private var pending = 0
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// False at the first byte that cannot be.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for byte in bytes {
            if pending == 0 {
                if byte < 0x80 { continue }
                (low, high) = (0x80, 0xBF)
                switch byte {
                case 0xC2...0xDF: pending = 1
                case 0xE0: (pending, low) = (2, 0xA0)
                case 0xED: (pending, high) = (2, 0x9F)
                case 0xE1...0xEF: pending = 2
                case 0xF0: (pending, low) = (3, 0x90)
                case 0xF4: (pending, high) = (3, 0x8F)
                case 0xF1...0xF3: pending = 3
                default: return false
                }
            } else {
                guard byte >= low, byte <= high else { return false }
                (low, high) = (0x80, 0xBF)
                pending -= 1
            }
        }
        return true
    }

    var isWhole: Bool { pending == 0 }
}
