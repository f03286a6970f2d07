extension OpenAPI {
    /// The bodies of `BlockListRoutes`.
    static let blockListSchemas = #"""
        "BlockList": {
          "type": "object",
          "required": ["numbers"],
          "properties": { "numbers": { "type": "array", "items": { "$ref": "#/components/schemas/BlockedNumber" } } }
        },
        "BlockedNumber": {
          "type": "object",
          "required": ["number", "display", "reason", "since"],
          "properties": {
            "number": { "type": "string", "description": "E.164.", "examples": ["+81300000101"] },
            "display": { "type": "string", "description": "As people of the region write it.", "examples": ["03-0000-0101"] },
            "reason": { "type": ["string", "null"] },
            "since": { "type": "string", "format": "date-time" }
          }
        },
        "BlockReason": {
          "type": "object",
          "properties": { "reason": { "type": ["string", "null"], "description": "Why, for those who read the list." } }
        }
        """#
}
