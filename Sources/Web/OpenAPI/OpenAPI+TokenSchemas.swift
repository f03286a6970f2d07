extension OpenAPI {
    /// The bodies of `TokenRoutes`.
    static let tokenSchemas = #"""
        "TokenList": {
          "type": "object",
          "required": ["tokens"],
          "properties": { "tokens": { "type": "array", "items": { "$ref": "#/components/schemas/Token" } } }
        },
        "Role": { "type": "string", "enum": ["operator", "supervisor", "admin", "ingest"] },
        "Token": {
          "type": "object",
          "required": ["id", "name", "role", "operator", "source", "created_at", "expires_at", "last_used_at"],
          "properties": {
            "id": { "type": "string", "description": "What it is revoked by; no secret.", "examples": ["00f3a9c2b1d4"] },
            "name": { "type": "string", "description": "What it is for." },
            "role": { "$ref": "#/components/schemas/Role" },
            "operator": { "type": ["string", "null"], "description": "Whose own screen it opens; of the role `operator` alone." },
            "source": { "type": ["string", "null"], "description": "The one source that it pushes events for; null for any." },
            "created_at": { "type": "string", "format": "date-time" },
            "expires_at": { "type": ["string", "null"], "format": "date-time" },
            "last_used_at": { "type": ["string", "null"], "format": "date-time", "description": "To the minute." }
          }
        },
        "NewToken": {
          "allOf": [
            {
              "type": "object",
              "required": ["token"],
              "properties": { "token": { "type": "string", "pattern": "^sp_", "description": "The token itself, told this once." } }
            },
            { "$ref": "#/components/schemas/Token" }
          ]
        },
        "TokenWish": {
          "type": "object",
          "required": ["role", "name"],
          "properties": {
            "role": { "$ref": "#/components/schemas/Role" },
            "name": {
              "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[^\\u0000-\\u001f]*$",
              "description": "What it is for: at most 128 bytes, no control characters."
            },
            "operator": {
              "type": ["string", "null"],
              "description": "The operator's id: needed for the role `operator`, and refused for others."
            },
            "source": { "type": ["string", "null"], "description": "The one source that it may push events for." },
            "expires_in_s": {
              "type": ["integer", "null"], "format": "int64", "minimum": 1, "maximum": 3155760000,
              "description": "Seconds from now, a hundred years at most; absent: never."
            }
          },
          "if": { "properties": { "role": { "const": "operator" } } },
          "then": { "required": ["operator"], "properties": { "operator": { "type": "string" } } },
          "else": { "properties": { "operator": { "type": "null" } } },
          "example": { "role": "operator", "name": "desk 1", "operator": "101", "expires_in_s": 31536000 }
        }
        """#
}
