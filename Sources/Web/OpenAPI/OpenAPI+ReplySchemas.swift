extension OpenAPI {
    /// `ReplyEncoder`.
    static let replySchemas = #"""
        "Reply": {
          "description": "The answer to one event. `id` and `call` are there when the event had them.",
          "oneOf": [{ "$ref": "#/components/schemas/Taken" }, { "$ref": "#/components/schemas/Refused" }]
        },
        "Taken": {
          "type": "object",
          "description": "The event is on disk. `customer`, `alerts` and `route` are there for `call.offered` and \#
        `call.identified`; without `route` for `call.dialed`, and once somebody has answered.",
          "required": ["ok"],
          "properties": {
            "ok": { "type": "boolean", "const": true },
            "seq": {
              "type": "integer", "format": "int64", "minimum": 1,
              "description": "The event's place in the log; a `ping` has none."
            },
            "duplicate": {
              "type": "boolean", "const": true,
              "description": "It was taken before; `seq` and `route` are those of the first time."
            },
            "id": { "type": "string" },
            "call": { "type": "string" },
            "ignored": {
              "type": "array", "items": { "type": "string" },
              "description": "Attributes that the protocol does not know, as `calls[].phse` inside a snapshot."
            },
            "customer": {
              "description": "The likeliest customer; null when nobody matches.",
              "anyOf": [{ "$ref": "#/components/schemas/ReplyCustomer" }, { "type": "null" }]
            },
            "candidates": {
              "type": "integer", "minimum": 2, "description": "How many customers share the number, when more than one."
            },
            "alerts": { "type": "array", "items": { "$ref": "#/components/schemas/AlertKind" } },
            "route": { "$ref": "#/components/schemas/Route" }
          },
          "example": {
            "ok": true, "seq": 1044, "id": "e-1", "call": "1795165200.15",
            "customer": { "id": 17, "name": "Hanako Example", "tier": "vip", "owner": "101" }, "alerts": ["vip"],
            "route": {
              "action": "operator", "operator": "101", "device": "PJSIP/101", "wait": 20,
              "fallback": {
                "action": "group", "group": "veterans", "operators": ["103", "104"], "devices": ["PJSIP/103", "PJSIP/104"]
              },
              "priority": 10, "reason": "assigned_operator"
            }
          }
        },
        "ReplyCustomer": {
          "type": "object",
          "required": ["id", "name", "tier", "owner"],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "name": { "type": "string" },
            "tier": { "type": "string" },
            "owner": { "type": ["string", "null"], "description": "The assigned operator." }
          }
        },
        "Refused": {
          "type": "object",
          "description": "The event was not taken.",
          "required": ["ok", "error"],
          "properties": {
            "ok": { "type": "boolean", "const": false },
            "id": { "type": "string" },
            "call": { "type": "string" },
            "error": {
              "type": "object",
              "required": ["code", "message"],
              "properties": {
                "code": {
                  "enum": ["malformed", "too_long", "missing_field", "invalid_field", "unknown_type", "forbidden", "unavailable"]
                },
                "field": { "type": "string", "description": "The attribute concerned.", "examples": ["from", "calls[3].state"] },
                "message": { "type": "string", "description": "What to change, in a sentence." }
              }
            }
          },
          "example": {
            "ok": false,
            "error": {
              "code": "missing_field", "field": "queue", "message": "queue is missing; add the queue's name, such as \"support\"."
            }
          }
        }
        """#
}
