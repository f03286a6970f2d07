import Foundation

extension Spool {
    /// The directory of a PBX and a daemon, which is made where it is missing: so several bridges get along on one
    /// machine.
    ///
    /// - Parameters:
    ///   - pbx: its address.
    ///   - daemon: the path of its event socket; of several, the first.
    public static func directory(in base: String, pbx: String, daemon: String) throws(Failure) -> String {
        // What a path may have, of what an address and a path have.
        let name = "\(pbx)-\(daemon)".map { $0.isLetter || $0.isNumber || $0 == "." ? String($0) : "_" }.joined()
        let path = base + "/" + String(name.suffix(120))
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw .unusable(path: path, reason: error.localizedDescription)
        }
        return path
    }
}
