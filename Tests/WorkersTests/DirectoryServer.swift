import Foundation
import Glibc
import Testing

/// OpenLDAP's server with a few people, on a port of this machine. It ends with the tests' process.
final class DirectoryServer: Sendable {
    private static let program = "/usr/sbin/slapd", schemas = "/etc/ldap/schema"
    static let isThere = FileManager.default.isExecutableFile(atPath: program)
        && FileManager.default.fileExists(atPath: schemas + "/inetorgperson.schema")
    static let missing: Comment = "slapd is not installed, so directories are not tested: apt install slapd"

    private static let started = Result { try DirectoryServer() }
    static var shared: DirectoryServer { get throws { try started.get() } }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let directory: String
    let port, securePort: Int
    /// Open for as long as this process lives: its other end is what the shell around the server waits for.
    private let life = Pipe()

    var url: String { "ldap://127.0.0.1:\(port)" }
    var secureURL: String { "ldaps://127.0.0.1:\(securePort)" }
    var certificate: String { directory + "/server.crt" }

    static let people = "ou=people,dc=example,dc=com"
    /// Who searches, for look-ups and for signing in.
    static let searcher = "cn=cti,dc=example,dc=com", searcherPassword = "a secret of the tests"

    private init() throws {
        var template = Array("/tmp/screenpop-ldap-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary folder") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = try DirectoryServer.freePort()
        securePort = try DirectoryServer.freePort()
        try FileManager.default.createDirectory(atPath: directory + "/db", withIntermediateDirectories: false)
        try configuration.write(toFile: directory + "/slapd.conf", atomically: false, encoding: .utf8)
        try DirectoryServer.entries.write(toFile: directory + "/people.ldif", atomically: false, encoding: .utf8)
        try DirectoryServer.run(
            "openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days",
            "2", "-subj", "/CN=tests", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory + "/server.key",
            "-out", certificate)
        try DirectoryServer.run("/usr/sbin/slapadd", "-f", directory + "/slapd.conf", "-l", directory + "/people.ldif")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = "\(DirectoryServer.program) -d 0 -f \(directory)/slapd.conf -h '\(url) \(secureURL)' & server=$!; "
            + "read -r _; kill $server; wait $server; rm -rf '\(directory)'"
        // The shell outlives Ctrl-C, which reaches the whole group.
        process.arguments = ["-c", "exec setsid sh -c \"$1\"", "sh", script]
        process.standardInput = life
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try awaitPort()
    }

    private var configuration: String {
        """
        include \(DirectoryServer.schemas)/core.schema
        include \(DirectoryServer.schemas)/cosine.schema
        include \(DirectoryServer.schemas)/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        pidfile \(directory)/pid
        TLSCertificateFile \(certificate)
        TLSCertificateKeyFile \(directory)/server.key
        # As some servers are: a name without a password is an anonymous bind that succeeds.
        allow bind_anon_cred bind_anon_dn
        database mdb
        suffix "dc=example,dc=com"
        directory \(directory)/db

        """
    }

    private static let entries = """
        dn: dc=example,dc=com
        objectClass: dcObject
        objectClass: organization
        dc: example
        o: Example

        dn: ou=people,dc=example,dc=com
        objectClass: organizationalUnit
        ou: people

        dn: ou=groups,dc=example,dc=com
        objectClass: organizationalUnit
        ou: groups

        dn: \(searcher)
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: cti
        userPassword: \(searcherPassword)

        dn: uid=taro,\(people)
        objectClass: inetOrgPerson
        uid: taro
        cn: Taro Example
        displayName: 架空 太郎
        sn: Example
        employeeNumber: 101
        mobile: +818000000000
        telephoneNumber: 03-0000-0000
        telephoneNumber: 03-0000-0001
        userPassword: correct horse

        dn: uid=hanako,\(people)
        objectClass: inetOrgPerson
        uid: hanako
        cn: Hanako (Sales) Example
        sn: Example
        employeeNumber: 900
        userPassword: battery staple

        dn: uid=guest,\(people)
        objectClass: inetOrgPerson
        uid: guest
        cn: Guest
        sn: Guest
        employeeNumber: 555
        userPassword: open sesame

        dn: cn=operators,ou=groups,dc=example,dc=com
        objectClass: groupOfNames
        cn: operators
        member: uid=taro,\(people)
        member: uid=hanako,\(people)

        dn: cn=leads,ou=groups,dc=example,dc=com
        objectClass: groupOfNames
        cn: leads
        member: uid=hanako,\(people)

        """

    private static func run(_ command: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(command[0]) ended with \(process.terminationStatus)")
        }
    }

    private static func connected(_ port: Int, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in(), length = socklen_t(MemoryLayout<sockaddr_in>.size)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        return withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Bool in
                use(descriptor, pointer, length) && getsockname(descriptor, pointer, &length) == 0
            }
        } ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    static func freePort() throws -> Int {
        guard let port = connected(0, { bind($0, $1, $2) == 0 }) else { throw Failure(description: "no free port") }
        return port
    }

    static func listens(_ port: Int) -> Bool { connected(port) { connect($0, $1, $2) == 0 } != nil }

    private func awaitPort() throws {
        let limit = ContinuousClock.now + .seconds(20)
        while !DirectoryServer.listens(securePort) {
            guard ContinuousClock.now < limit else { throw Failure(description: "slapd does not listen") }
            usleep(10_000)
        }
    }
}
