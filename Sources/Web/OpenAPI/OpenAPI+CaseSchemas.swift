extension OpenAPI {
    /// `CaseRoutes.fields`.
    static let caseSchemas = #"""
        "CaseWish": {
          "type": "object",
          "required": ["title"],
          "properties": {
            "kind": { "enum": ["promise", "case"], "description": "A promise if it is not said." },
            "title": { "type": "string", "description": "What was promised." },
            "owner": { "type": "string", "description": "The operator whose it is; the asker if it is not said." },
            "due": { "type": "string", "description": "Until when.", "format": "date-time" },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "maximum": 31622400000,
              "description": "How long it was written on." }
          },
          "example": { "title": "Send the invoice", "due": "2026-12-01T08:00:00Z" }
        },
        "Case": {
          "type": "object",
          "required": [
            "id",
            "customer",
            "customer_name",
            "kind",
            "title",
            "owner",
            "due",
            "overdue",
            "created_at",
            "created_by",
            "closed_at",
            "closed_by",
            "spent_ms"
          ],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "customer": { "type": "integer", "format": "int64" },
            "customer_name": { "type": "string" },
            "kind": { "enum": ["case", "promise"] },
            "title": { "type": "string" },
            "owner": { "type": ["string", "null"] },
            "due": { "type": ["string", "null"], "format": "date-time" },
            "overdue": { "type": "boolean" },
            "created_at": { "type": "string", "format": "date-time" },
            "created_by": { "type": ["string", "null"] },
            "closed_at": { "type": ["string", "null"], "format": "date-time" },
            "closed_by": { "type": ["string", "null"] },
            "spent_ms": { "type": ["integer", "null"], "format": "int64", "description": "How long it was written on, where the desk measured it." }
          }
        },
        "CaseList": {
          "type": "object",
          "required": ["cases"],
          "properties": { "cases": {"type": "array", "items": {"$ref": "#/components/schemas/Case"}} }
        }
        """#
}
