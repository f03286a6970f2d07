import CLDAP
import Glibc

/// One connection to a directory, by libldap. Not for several threads at once; each call blocks its thread, for the
/// time that it is given at most. (The system's resolver has limits of its own: name hosts in /etc/hosts.)
///
/// Referrals are not followed, and a certificate has to be right, whatever /etc/ldap/ldap.conf says.
public final class DirectorySession {
    private let handle: OpaquePointer
    private let socket: DirectorySocket
    /// Why it cannot be used any more.
    public private(set) var isOver = false

    /// Bytes of an entry's values together; more of it is left out.
    private static let bytesMax = 65_536

    /// Connects to the first of the addresses that takes it, encrypted where that is asked for.
    ///
    /// - Parameter within: for all of it. Milliseconds.
    public init(_ place: DirectoryPlace, within: Int) throws(DirectoryError) {
        let start = Moment()
        let (socket, address) = try DirectorySession.connect(place, within)
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        var made: OpaquePointer?
        let code = ldap_shim_open(socket.given, "ldap://\(host):\(address.port)", &made)
        guard let made else {
            close(socket.given)
            throw .unreachable("libldap does not take its address")
        }
        handle = made
        self.socket = socket
        guard code == ldap_shim_success.code else { throw .unreachable("libldap took no options") }
        guard address.isEncrypted || place.startTLS else { return }
        let authorities = place.authorities.isEmpty ? nil : place.authorities
        guard ldap_shim_demand_certificate(made, authorities) == ldap_shim_success.code else {
            throw .unreachable("the authorities' certificates cannot be read: \(place.authorities)")
        }
        let secured = socket.limited(to: within - start.passed) {
            // At ldaps:// nothing is asked before the handshake.
            address.isEncrypted ? ldap_install_tls(made) : ldap_start_tls_s(made, nil, nil)
        }
        guard secured == ldap_shim_success.code else { throw failure(secured, "TLS") }
    }

    private static func connect(
        _ place: DirectoryPlace, _ within: Int
    ) throws(DirectoryError) -> (DirectorySocket, DirectoryAddress) {
        let start = Moment()
        var failure = DirectoryError.unreachable("it has no address")
        for text in place.url.split(separator: " ") {
            guard let address = DirectoryAddress(text) else {
                throw .unreachable("\(text) is no address of a directory; write ldap://HOST or ldaps://HOST")
            }
            let left = within - start.passed
            guard left > 0 else { throw .timeout }
            do throws(DirectoryError) { return (try DirectorySocket(address, within: left), address) } catch {
                failure = error
            }
        }
        throw failure
    }

    deinit {
        let handle = self.handle
        // What the connection has still to send would wait for a server that is gone.
        if isOver { socket.cut() }
        _ = DirectorySocket.withoutPipeSignal { ldap_unbind_ext(handle, nil, nil) }
    }

    /// Signs in with a name and a password.
    ///
    /// - Parameters:
    ///   - password: bytes as they were typed; an empty one is never sent.
    ///   - within: milliseconds.
    /// - Throws: `wrongCredentials`, and what keeps it from being asked.
    public func bind(dn: String, password: String, within: Int) throws(DirectoryError) {
        guard !dn.isEmpty, !password.isEmpty, !dn.utf8.contains(0), !password.utf8.contains(0) else {
            throw .emptyCredentials
        }
        let start = Moment()
        var message: Int32 = 0
        let length = password.utf8.count
        let code = socket.limited(to: within) {
            password.withCString { ldap_shim_simple_bind(handle, dn, $0, length, &message) }
        }
        guard code == ldap_shim_success.code else { throw failure(code, "bind") }
        let answer = try result(message, within: within - start.passed, "bind")
        let said = try parse(answer, "bind")
        guard said == ldap_shim_success.code else { throw failure(said, "bind") }
    }

    /// The entries that a filter finds, and their attributes.
    ///
    /// - Parameters:
    ///   - wholeTree: below the base at any depth; otherwise its children.
    ///   - filter: with its values escaped (RFC 4515).
    ///   - attributes: names; empty for none.
    ///   - countMax: entries at most; the server is told, and further ones are left out.
    ///   - within: milliseconds.
    public func search(
        base: String, wholeTree: Bool, filter: String, attributes: [String], countMax: Int, within: Int
    ) throws(DirectoryError) -> [DirectoryEntry] {
        guard !base.utf8.contains(0), !filter.utf8.contains(0) else { throw .refused("a filter has no NUL in it") }
        let start = Moment()
        // "1.1" stands for no attributes.
        var names = (attributes.isEmpty ? ["1.1"] : attributes).map { strdup($0) } + [nil]
        defer { for name in names { free(name) } }
        var message: Int32 = 0
        let code = socket.limited(to: within) {
            ldap_shim_search(
                handle, base, wholeTree ? 1 : 0, filter, &names, max(1, within), Int32(clamping: countMax), &message)
        }
        guard code == ldap_shim_success.code else { throw failure(code, "search") }
        let answer = try result(message, within: within - start.passed, "search")
        let found = entries(answer, attributes, countMax)
        switch try parse(answer, "search") {
        case ldap_shim_success.code, ldap_shim_size_limit.code: return found
        case ldap_shim_no_such_object.code:
            throw .refused("there is no entry \(base); write another base")
        case let code: throw failure(code, "search")
        }
    }

    // MARK: Answers

    /// An answer, freed when nobody needs it any more.
    private final class Answer {
        let message: OpaquePointer
        init(_ message: OpaquePointer) { self.message = message }
        deinit { ldap_msgfree(message) }
    }

    private func result(_ message: Int32, within: Int, _ what: String) throws(DirectoryError) -> Answer {
        var answer: OpaquePointer?
        // A part of an answer keeps libldap reading: the socket is shut then.
        let type = socket.limited(to: within + 50) { ldap_shim_result(handle, message, max(1, within), &answer) }
        if type > 0, let answer { return Answer(answer) }
        if type == 0 {
            // What comes later would be taken for the answer to something else: the connection ends.
            isOver = true
            ldap_abandon_ext(handle, message, nil, nil)
            throw .timeout
        }
        throw failure(ldap_shim_last_code(handle), what)
    }

    /// The code that an answer ends with.
    private func parse(_ answer: Answer, _ what: String) throws(DirectoryError) -> Int32 {
        var code: Int32 = -1
        let parsed = ldap_parse_result(handle, answer.message, &code, nil, nil, nil, nil, 0)
        guard parsed == ldap_shim_success.code else { throw failure(parsed, what) }
        return code
    }

    private func entries(_ answer: Answer, _ attributes: [String], _ countMax: Int) -> [DirectoryEntry] {
        var all: [DirectoryEntry] = []
        var next = ldap_first_entry(handle, answer.message)
        while let entry = next, all.count < countMax {
            if let dn = ldap_get_dn(handle, entry) {
                var values: [String: [String]] = [:], bytes = 0
                for name in attributes { values[name] = texts(entry, name, &bytes) }
                all.append(DirectoryEntry(dn: String(cString: dn), values: values))
                ldap_memfree(dn)
            }
            next = ldap_next_entry(handle, entry)
        }
        return all
    }

    /// nil for an attribute that the entry has not.
    private func texts(_ entry: OpaquePointer, _ name: String, _ bytes: inout Int) -> [String]? {
        guard let all = ldap_get_values_len(handle, entry, name) else { return nil }
        defer { ldap_value_free_len(all) }
        var texts: [String] = [], at = 0
        while let value = all[at]?.pointee {
            at += 1
            bytes += Int(value.bv_len)
            guard bytes <= DirectorySession.bytesMax, let start = value.bv_val else { continue }
            let raw = UnsafeRawBufferPointer(start: start, count: Int(value.bv_len))
            if let text = String(validating: raw, as: UTF8.self), !text.isEmpty { texts.append(text) }
        }
        return texts.isEmpty ? nil : texts
    }

    private func failure(_ code: Int32, _ what: String) -> DirectoryError {
        if socket.isCut {
            isOver = true
            return .timeout
        }
        switch code {
        case ldap_shim_invalid_credentials.code, ldap_shim_inappropriate_authentication.code:
            return .wrongCredentials
        case ldap_shim_timeout.code:
            isOver = true
            return .timeout
        case ldap_shim_time_limit.code: return .timeout
        case ldap_shim_filter_error.code: return .refused("the filter is none; check its brackets")
        default: break
        }
        // An answer's codes are above 0, those of the library and the network below.
        let text = said(code)
        guard code < 0 else { return .refused("\(what): \(text)") }
        isOver = true
        return .unreachable(text)
    }

    private func said(_ code: Int32) -> String {
        let name = ldap_err2string(code).map { String(cString: $0) } ?? "error \(code)"
        guard let more = ldap_shim_diagnosis(handle) else { return name }
        defer { ldap_memfree(more) }
        let text = String(cString: more).split { $0.isNewline }.joined(separator: " ")
        return text.isEmpty ? name : "\(name) (\(text.prefix(300)))"
    }
}

extension Int {
    /// A constant of an enumeration without a name as libldap's functions return it.
    fileprivate var code: Int32 { Int32(truncatingIfNeeded: self) }
}
