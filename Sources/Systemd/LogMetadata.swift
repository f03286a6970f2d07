import Logging

/// What a log event carries besides its message: one list, sorted, whoever contributed.
enum LogMetadata {
    /// The handler's own metadata, then the provider's, then the event's; the last one to name a key wins.
    static func merged(
        _ own: Logger.Metadata, _ provider: Logger.MetadataProvider?, _ event: LogEvent
    ) -> [(key: String, value: String)] {
        var all = own
        if let provided = provider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        return all.map { (key: $0.key, value: "\($0.value)") }.sorted { $0.key < $1.key }
    }
}
