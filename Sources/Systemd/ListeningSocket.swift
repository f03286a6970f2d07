import Glibc

/// What the kernel says of a descriptor.
struct ListeningSocket {
    enum Address: Equatable {
        case inet
        /// An abstract name has `@` for its leading NUL, as `ss` prints it.
        case unix(path: String)
        case other(family: CInt)
    }

    let address: Address

    /// nil unless the descriptor is a stream socket that listens.
    init?(descriptor: CInt) {
        guard Self.option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
            Self.option(SO_ACCEPTCONN, of: descriptor) == 1,
            let family = Self.option(SO_DOMAIN, of: descriptor)
        else { return nil }
        switch family {
        case AF_INET, AF_INET6: address = .inet
        case AF_UNIX: address = .unix(path: Self.path(of: descriptor))
        default: address = .other(family: family)
        }
    }

    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    private static func path(of descriptor: CInt) -> String {
        var address = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        guard result == 0, Int(size) > start else { return "" }
        return withUnsafeBytes(of: &address) { bytes in
            let path = bytes[start..<min(Int(size), bytes.count)]
            let isAbstract = path.first == 0
            let name = (isAbstract ? path.dropFirst() : path).prefix { $0 != 0 }
            return (isAbstract ? "@" : "") + String(decoding: name, as: UTF8.self)
        }
    }
}
