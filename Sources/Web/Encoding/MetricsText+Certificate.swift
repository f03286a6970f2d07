extension MetricsText {
    /// The certificate of the daemon's own TLS. Families without samples where there is none.
    mutating func certificate(_ status: ServerCertificate.Status?) {
        family(
            "screenpop_certificate_expiry_timestamp_seconds", .gauge,
            "When the certificate of the daemon's own TLS expires, since 1970.")
        sample(
            "screenpop_certificate_expiry_timestamp_seconds", [], status.map { Double($0.expiresAt.ms) / 1_000 })
        family(
            "screenpop_certificate_is_newest", .gauge,
            "0 while newer files of the certificate are wrong, and not in use.")
        sample("screenpop_certificate_is_newest", [], status.map { $0.problem == nil ? 1 : 0 })
    }
}
