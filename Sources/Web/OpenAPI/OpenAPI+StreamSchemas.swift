extension OpenAPI {
    /// What the stream carries besides pops (`Streams+Encoding` of Engine).
    static let streamSchemas = #"""
        "PopWithdrawn": {
          "type": "object",
          "required": ["pop", "call", "source", "operator", "reason", "by"],
          "properties": {
            "pop": { "type": "string" },
            "call": { "type": "string" },
            "source": { "type": "string" },
            "operator": { "type": "string", "description": "Whose screen it leaves." },
            "reason": { "enum": ["answered_elsewhere", "unanswered", "left_queue", "abandoned", "ended", "transferred", "rerouted"] },
            "by": { "type": ["string", "null"], "description": "The operator who answered." }
          }
        },
        "OperatorStatus": {
          "type": "object",
          "required": ["operator", "name", "state", "since", "reason", "wrap_up_ends_at"],
          "properties": {
            "operator": { "type": "string" },
            "name": { "type": ["string", "null"] },
            "state": { "$ref": "#/components/schemas/OperatorState" },
            "since": { "type": "string", "format": "date-time" },
            "reason": { "type": ["string", "null"], "description": "Of the pause." },
            "wrap_up_ends_at": { "type": ["string", "null"], "format": "date-time", "description": "When after-call work ends by itself." }
          }
        },
        "SupervisorAlert": {
          "type": "object",
          "required": ["kind", "call", "source", "queue", "operator", "from", "customer", "tier", "waited_ms", "text"],
          "properties": {
            "kind": { "$ref": "#/components/schemas/AlertKind" },
            "call": { "type": "string" },
            "source": { "type": "string" },
            "queue": { "type": ["string", "null"] },
            "operator": { "type": ["string", "null"], "description": "Who has not looked at the pop." },
            "from": { "$ref": "#/components/schemas/CallerNumber" },
            "customer": { "anyOf": [{ "$ref": "#/components/schemas/CustomerCard" }, { "type": "null" }] },
            "tier": { "type": "string", "description": "`unknown` when nobody matches." },
            "waited_ms": { "type": "integer", "format": "int64" },
            "text": { "type": "string", "description": "In the centre's language." }
          }
        },
        "Reset": { "type": "object", "description": "Empty." }
        """#
}
