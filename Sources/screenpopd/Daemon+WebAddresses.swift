import Settings
import Systemd
import Web

/// Where the daemon listens for requests: sockets that systemd opened come before those of the settings.
extension Daemon {
    func webAddresses(_ sockets: ActivatedSockets) -> [WebAddress] {
        let local: [WebAddress] =
            sockets[.api].isEmpty ? [.path(settings.paths.apiSocket)] : sockets[.api].map { .descriptor($0, .local) }
        let network: [WebAddress] =
            sockets[.http].isEmpty
            ? [.host(settings.http.host, port: Int(settings.http.port))]
            : sockets[.http].map { .descriptor($0, .network) }
        return local + network + secureAddresses
    }

    private var secureAddresses: [WebAddress] {
        guard let tls = settings.tls, let certificate else { return [] }
        return [
            .tls(
                TLSAddress(
                    host: tls.listen.host, port: Int(tls.listen.port), certificate: certificate,
                    hstsSeconds: tls.hsts / 1_000))
        ]
    }
}
