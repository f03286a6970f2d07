import Glibc

/// Small files as bytes.
enum FileBytes {
    /// The system's error number.
    struct Failure: Error { let number: CInt }

    /// The whole file, or somewhat more than `sizeMax` bytes of a bigger one. A pipe will do as well.
    static func read(_ path: String, sizeMax: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= sizeMax {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure(number: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
