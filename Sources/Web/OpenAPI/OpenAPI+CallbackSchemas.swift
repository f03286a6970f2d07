extension OpenAPI {
    /// `CallbackRoutes`.
    static let callbackSchemas = #"""
        "CallbackList": {
          "type": "object",
          "required": ["at", "callbacks"],
          "properties": {
            "at": { "type": "string", "format": "date-time" },
            "callbacks": { "type": "array", "items": { "$ref": "#/components/schemas/Callback" } }
          }
        },
        "Callback": {
          "type": "object",
          "required": ["from", "customer", "queue", "tier", "since", "due_ms", "tries"],
          "properties": {
            "from": { "$ref": "#/components/schemas/CallerNumber" },
            "customer": {
              "description": "Null for nobody we know.",
              "anyOf": [
                {
                  "type": "object",
                  "required": ["id", "name", "tier", "owner"],
                  "properties": {
                    "id": { "type": "integer", "format": "int64" },
                    "name": { "type": "string" },
                    "tier": { "type": "string" },
                    "owner": { "type": ["string", "null"], "description": "The assigned operator." }
                  }
                },
                { "type": "null" }
              ]
            },
            "queue": { "type": ["string", "null"], "description": "Of the newest try." },
            "tier": { "type": ["string", "null"], "description": "Of the newest try, at that time." },
            "since": { "type": "string", "format": "date-time", "description": "The oldest try that nobody made good." },
            "due_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "How long ago that is." },
            "tries": {
              "type": "array", "minItems": 1, "description": "Oldest first.",
              "items": {
                "type": "object",
                "required": ["call", "source", "at", "queue", "waited_ms"],
                "properties": {
                  "call": { "type": ["string", "null"], "description": "Null when the call is kept no more." },
                  "source": { "type": ["string", "null"] },
                  "at": { "type": "string", "format": "date-time", "description": "When the caller gave up." },
                  "queue": { "type": "string" },
                  "waited_ms": { "type": "integer", "format": "int64", "minimum": 0 }
                }
              }
            }
          }
        },
        "CallbackDone": {
          "type": "object",
          "required": ["from"],
          "properties": {
            "from": { "type": "string", "description": "The telephone number, as the list shows it or in E.164." },
            "operator": { "type": "string", "description": "Who called back; an operator's token says its own." },
            "note": { "type": "string", "description": "What came of it." }
          }
        }
        """#
}
