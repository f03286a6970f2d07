extension OpenAPI {
    /// `AfterCallRoutes`.
    static let afterCallSchemas = #"""
        "CallNote": {
          "type": "object",
          "required": ["at", "operator", "text"],
          "properties": {
            "at": { "type": "string", "format": "date-time" },
            "operator": { "type": ["string", "null"], "description": "Who wrote it; null when it was no operator." },
            "text": { "type": "string" },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "How long it was written on, where the desk measured it; else absent." }
          }
        },
        "NewNote": {
          "type": "object",
          "required": ["text"],
          "properties": {
            "text": { "type": "string", "description": "16,384 bytes at most. An empty draft is none." },
            "draft": { "type": "boolean", "default": false, "description": "As far as it is typed." },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "How long it was written on." },
            "operator": { "type": "string", "description": "Who wrote it; an operator's token writes under its own name alone." }
          }
        },
        "NewDisposition": {
          "type": "object",
          "required": ["code"],
          "properties": {
            "code": { "type": "string", "minLength": 1, "description": "A word of the centre's.", "examples": ["resolved"] },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "How long it was thought about." },
            "operator": { "type": "string", "description": "Who says so; an operator's token under its own name alone." }
          }
        },
        "NewIdentity": {
          "type": "object",
          "description": "Either of them.",
          "properties": {
            "customer": { "type": "integer", "format": "int64", "description": "The id of a record." },
            "from": { "type": "string", "description": "Another telephone number to look the caller up by." }
          }
        }
        """#
}
