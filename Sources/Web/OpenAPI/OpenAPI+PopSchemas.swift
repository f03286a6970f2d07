extension OpenAPI {
    /// `PopEncoder`.
    static let popSchemas = #"""
        "Pop": {
          "type": "object",
          "description": "What one operator sees of one call.",
          "required": [
            "pop", "call", "phase", "from", "to", "queue", "waited_ms", "transferred_from", "customer", "identified", "candidates",
            "alerts", "brief", "history", "cases", "note_draft", "notes", "url", "reason", "direction", "vip", "source", "operator"
          ],
          "properties": {
            "pop": {
              "type": "string", "description": "The pop's id: the same as long as this operator is concerned with this call.",
              "examples": ["4096.101"]
            },
            "call": { "type": "string", "description": "The PBX's id of the call.", "examples": ["1795165200.15"] },
            "phase": { "enum": ["offered", "ringing", "dialing", "answered", "transferred", "ended"] },
            "from": {
              "$ref": "#/components/schemas/CallerNumber",
              "description": "The other party's number: of a dialed call the one dialed."
            },
            "to": { "type": ["string", "null"], "description": "The line called; of a dialed call what was dialed." },
            "queue": { "type": ["string", "null"] },
            "waited_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "The wait until this phase." },
            "transferred_from": { "type": ["string", "null"], "description": "The operator who handed the call on." },
            "customer": {
              "description": "The likeliest customer; null when nobody matches.",
              "anyOf": [{ "$ref": "#/components/schemas/CustomerCard" }, { "type": "null" }]
            },
            "identified": {
              "type": "boolean", "description": "Somebody said that it is this customer; otherwise the number says so, and may be wrong."
            },
            "candidates": {
              "type": "array",
              "description": "The others who share the number, likeliest first. They stay when somebody has said who it is: that may be wrong.",
              "items": { "$ref": "#/components/schemas/CustomerCard" }
            },
            "alerts": { "type": "array", "items": { "$ref": "#/components/schemas/Alert" } },
            "brief": {
              "type": "array", "maxItems": 3, "items": { "type": "string" },
              "description": "Who this is, what was last, what to beware of."
            },
            "history": {
              "type": "array", "maxItems": 5, "description": "The last contacts, newest first.",
              "items": { "$ref": "#/components/schemas/Touchpoint" }
            },
            "cases": { "type": "array", "items": { "$ref": "#/components/schemas/OpenCase" } },
            "note_draft": { "type": ["string", "null"], "description": "What was noted on the call so far." },
            "notes": {
              "type": "array", "items": { "$ref": "#/components/schemas/CallNote" },
              "description": "The same, with who wrote what, drafts included."
            },
            "url": {
              "type": ["string", "null"], "description": "The page to open, made from the centre's template.",
              "examples": ["https://crm.example/customers/C-0001"]
            },
            "reason": {
              "description": "Why the call was routed so.",
              "anyOf": [{ "$ref": "#/components/schemas/RouteReason" }, { "type": "null" }]
            },
            "direction": { "enum": ["inbound", "outbound"], "description": "`outbound`: this operator dialed it." },
            "vip": { "type": "boolean" },
            "source": { "type": "string", "description": "Which PBX or bridge." },
            "operator": { "type": "string", "description": "Whose screen." }
          }
        },
        "CustomerCard": {
          "type": "object",
          "description": "What a pop shows of a customer.",
          "required": ["id", "external_id", "name", "kana", "company", "email", "tier", "owner", "tags", "cautions", "custom"],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "external_id": { "type": ["string", "null"], "description": "The customer's id in the centre's CRM." },
            "name": { "type": "string" },
            "kana": { "type": ["string", "null"], "description": "Reading of the name." },
            "company": { "type": ["string", "null"] },
            "email": { "type": ["string", "null"] },
            "tier": { "type": "string", "description": "`prospect`, `regular`, `vip`, or the centre's own." },
            "owner": { "type": ["string", "null"], "description": "The assigned operator." },
            "tags": { "type": "array", "items": { "type": "string" } },
            "cautions": { "type": "array", "items": { "type": "string" }, "description": "To be read before speaking." },
            "custom": { "type": "object", "additionalProperties": { "type": "string" }, "description": "The centre's own fields." }
          }
        },
        "Alert": {
          "type": "object",
          "required": ["kind", "text"],
          "properties": {
            "kind": { "$ref": "#/components/schemas/AlertKind" },
            "text": { "type": "string", "description": "In the operator's language." }
          }
        },
        "OpenCase": {
          "type": "object",
          "required": ["id", "kind", "title", "owner", "due"],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "kind": { "enum": ["case", "promise"] },
            "title": { "type": "string" },
            "owner": { "type": ["string", "null"], "description": "The operator whose it is." },
            "due": { "type": ["string", "null"], "format": "date-time" }
          }
        }
        """#
}
