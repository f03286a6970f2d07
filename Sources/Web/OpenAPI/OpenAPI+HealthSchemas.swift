extension OpenAPI {
    /// The bodies of `HealthRoutes`.
    static let healthSchemas = #"""
        "Alive": { "type": "object", "required": ["alive"], "properties": { "alive": { "type": "boolean", "const": true } } },
        "Ready": {
          "type": "object",
          "required": ["ready"],
          "properties": {
            "ready": { "type": "boolean" },
            "reasons": { "type": "array", "items": { "type": "string" }, "description": "Why not; there when it is not ready." },
            "warnings": { "type": "array", "items": { "type": "string" }, "description": "What needs an administrator although it is ready, such as a checkpoint that cannot be kept." }
          }
        },
        "Status": {
          "type": "object",
          "required": [
            "version", "pid", "started_at", "uptime_ms", "seq", "committed_seq", "log_writable", "open_calls", "operators_logged_in",
            "event_connections", "streams", "customers", "state_dir", "database"
          ],
          "properties": {
            "version": { "type": "string", "description": "Of the daemon.", "examples": ["0.2.0"] },
            "pid": { "type": "integer" },
            "started_at": { "type": "string", "format": "date-time" },
            "uptime_ms": { "type": "integer", "format": "int64" },
            "seq": { "type": "integer", "format": "int64", "description": "Place of the last event in the log." },
            "committed_seq": { "type": "integer", "format": "int64", "description": "Place of the last event that is on disk." },
            "log_writable": { "type": "boolean" },
            "open_calls": { "type": "integer" },
            "operators_logged_in": { "type": "integer" },
            "event_connections": { "type": "integer", "description": "Connections that push events, on the Unix socket." },
            "streams": { "type": "integer", "description": "Clients of `/v1/stream`." },
            "customers": { "type": "integer" },
            "state_dir": { "type": "string", "description": "Where the databases are.", "examples": ["/var/lib/screenpop"] },
            "database": {
              "type": "object",
              "description": "Sizes of the databases, each with its write-ahead log.",
              "required": ["events_bytes", "customers_bytes"],
              "properties": {
                "events_bytes": { "type": "integer", "format": "int64" },
                "customers_bytes": { "type": "integer", "format": "int64" }
              }
            }
          }
        }
        """#
}
