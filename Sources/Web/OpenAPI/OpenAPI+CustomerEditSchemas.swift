extension OpenAPI {
    /// `CustomerBody`, and the answer to an edit that came too late.
    static let customerEditSchemas = #"""
        "CustomerChange": {
          "type": "object",
          "description": "What an editor may set; null is empty. A text has at most 1,024 bytes and no control characters.",
          "properties": {
            "external_id": { "$ref": "#/components/schemas/EditedText" },
            "name": {
              "type": "string", "maxLength": 1024, "pattern": "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$",
              "description": "Not only of spaces."
            },
            "kana": { "$ref": "#/components/schemas/EditedText" },
            "company": { "$ref": "#/components/schemas/EditedText" },
            "tier": { "type": ["string", "null"], "description": "One that the centre has. Null is `regular`." },
            "owner": { "$ref": "#/components/schemas/EditedText" },
            "tags": { "$ref": "#/components/schemas/EditedTexts" },
            "cautions": { "$ref": "#/components/schemas/EditedTexts" },
            "address": { "anyOf": [{ "$ref": "#/components/schemas/EditedLines" }, { "type": "null" }] },
            "phones": {
              "type": ["array", "null"], "maxItems": 32,
              "description": "Telephone numbers as people write them, or as `GET` gives them.",
              "items": {
                "anyOf": [
                  { "type": "string", "minLength": 1, "examples": ["03-0000-0101"] },
                  { "type": "object", "required": ["raw"], "properties": { "raw": { "type": "string" } } }
                ]
              }
            },
            "email": { "$ref": "#/components/schemas/EditedText" },
            "line_id": { "$ref": "#/components/schemas/EditedText" },
            "do_not_pair": { "$ref": "#/components/schemas/EditedTexts" },
            "custom": {
              "type": ["object", "null"], "additionalProperties": { "$ref": "#/components/schemas/EditedLines" },
              "description": "Fields that the centre has configured, no others."
            }
          },
          "example": { "tier": "vip", "owner": "101", "tags": ["renewal"] }
        },
        "CustomerEdit": {
          "description": "The whole record: what is absent is empty. `tier` is then `regular`.",
          "allOf": [{ "$ref": "#/components/schemas/CustomerChange" }, { "type": "object", "required": ["name"] }],
          "example": { "name": "Hanako Example", "external_id": "C-0001", "phones": ["03-0000-0101"], "email": "hanako@example.com" }
        },
        "EditedText": { "type": ["string", "null"], "maxLength": 1024, "pattern": "^[^\\u0000-\\u001f\\u007f]*$" },
        "EditedLines": {
          "type": "string", "maxLength": 1024, "pattern": "^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f]*$",
          "description": "May have several lines."
        },
        "EditedTexts": { "type": ["array", "null"], "maxItems": 64, "items": { "$ref": "#/components/schemas/EditedLines" } },
        "EditConflict": {
          "description": "Both versions, for the editor to choose.",
          "allOf": [
            { "$ref": "#/components/schemas/Problem" },
            {
              "type": "object",
              "required": ["yours", "theirs"],
              "properties": {
                "yours": { "description": "What was sent, over what you read.", "$ref": "#/components/schemas/Customer" },
                "theirs": { "description": "The record as it is now.", "$ref": "#/components/schemas/Customer" }
              }
            }
          ]
        }
        """#
}
