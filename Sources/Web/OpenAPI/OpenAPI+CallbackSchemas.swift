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
          "required": [
            "id", "kind", "from", "customer", "queue", "tier", "since", "due_ms", "claimed_by", "claimed_at", "reached_at",
            "recall_ms", "calls", "tries"
          ],
          "properties": {
            "id": { "type": "string", "description": "The number in E.164 without its plus.", "examples": ["819000000001"] },
            "kind": {
              "enum": ["abandoned", "requested"],
              "description": "Of the newest call: the caller gave up, or asked to be called back."
            },
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
            "queue": { "type": ["string", "null"], "description": "Of the newest call." },
            "tier": { "type": ["string", "null"], "description": "Of the newest call, at that time." },
            "since": { "type": "string", "format": "date-time", "description": "The oldest call that nobody made good." },
            "due_ms": {
              "type": "integer", "format": "int64", "minimum": 0,
              "description": "How long ago that is; of a caller who was reached, how long it took."
            },
            "claimed_by": { "type": ["string", "null"], "description": "The operator who calls back." },
            "claimed_at": { "type": ["string", "null"], "format": "date-time" },
            "reached_at": { "type": ["string", "null"], "format": "date-time", "description": "Null while it is due." },
            "recall_ms": {
              "type": ["integer", "null"], "format": "int64", "minimum": 0,
              "description": "From the first of the calls to the moment that the caller was reached."
            },
            "calls": {
              "type": "array", "minItems": 1, "description": "The caller's calls that were lost, oldest first.",
              "items": {
                "type": "object",
                "required": ["kind", "call", "source", "at", "queue", "waited_ms"],
                "properties": {
                  "kind": { "enum": ["abandoned", "requested"] },
                  "call": { "type": ["string", "null"], "description": "Null when the call is kept no more." },
                  "source": { "type": ["string", "null"] },
                  "at": { "type": "string", "format": "date-time", "description": "When the caller gave up, or asked." },
                  "queue": { "type": "string" },
                  "waited_ms": { "type": "integer", "format": "int64", "minimum": 0 }
                }
              }
            },
            "tries": {
              "type": "array", "description": "Calls that operators dialed to the caller since, oldest first.",
              "items": {
                "type": "object",
                "required": ["call", "source", "at", "operator", "reached_at"],
                "properties": {
                  "call": { "type": ["string", "null"], "description": "Null when the call is kept no more." },
                  "source": { "type": ["string", "null"] },
                  "at": { "type": "string", "format": "date-time" },
                  "operator": { "type": "string" },
                  "reached_at": { "type": ["string", "null"], "format": "date-time", "description": "Null for one in vain." }
                }
              }
            }
          }
        },
        "CallbackClaim": {
          "type": "object",
          "properties": {
            "operator": { "type": "string", "description": "Who calls back; an operator's token says its own." }
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
