/// Why the daemon cannot start, in a sentence for the administrator.
struct StartError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
