extension OpenAPI {
    /// `CustomerEncoder`.
    static let customerSchemas = #"""
        "CustomerList": {
          "type": "object",
          "required": ["customers", "matches"],
          "properties": {
            "customers": { "type": "array", "items": { "$ref": "#/components/schemas/Customer" } },
            "matches": { "type": "integer", "description": "How many there are, those beyond `limit` included." }
          }
        },
        "Customer": {
          "type": "object",
          "description": "A customer's record.",
          "required": [
            "id", "external_id", "name", "kana", "company", "tier", "owner", "tags", "cautions", "address", "phones", "email",
            "line_id",
            "do_not_pair", "custom", "version", "created_at", "updated_at", "status", "last_contact_at"
          ],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "external_id": { "type": ["string", "null"], "description": "The customer's id in the centre's CRM; unique." },
            "name": { "type": "string" },
            "kana": { "type": ["string", "null"], "description": "Reading of the name." },
            "company": { "type": ["string", "null"] },
            "tier": { "type": "string", "description": "`prospect`, `regular`, `vip`, or the centre's own." },
            "owner": { "type": ["string", "null"], "description": "The assigned operator." },
            "tags": { "type": "array", "items": { "type": "string" } },
            "cautions": { "type": "array", "items": { "type": "string" }, "description": "To be read before speaking." },
            "address": { "type": ["string", "null"] },
            "phones": { "type": "array", "items": { "$ref": "#/components/schemas/Phone" }, "description": "Most important first." },
            "email": { "type": ["string", "null"] },
            "line_id": { "type": ["string", "null"], "description": "The customer's id on LINE." },
            "do_not_pair": {
              "type": "array", "items": { "type": "string" }, "description": "Operators this customer is not to be given to."
            },
            "custom": { "type": "object", "additionalProperties": { "type": "string" }, "description": "The centre's own fields." },
            "version": { "type": "integer", "format": "int64", "description": "One more with each change: the number in `ETag`." },
            "created_at": { "type": "string", "format": "date-time" },
            "updated_at": { "type": "string", "format": "date-time" },
            "status": { "enum": ["new", "active", "dormant"], "description": "By the last contact; `new` without any." },
            "last_contact_at": { "type": ["string", "null"], "format": "date-time" }
          }
        },
        "CustomerWithHistory": {
          "allOf": [
            { "$ref": "#/components/schemas/Customer" },
            {
              "type": "object",
              "required": ["history", "cases"],
              "properties": {
                "cases": {
                  "type": "array", "maxItems": 100, "description": "What is open, the most pressing first.",
                  "items": { "$ref": "#/components/schemas/Case" }
                },
                "history": {
                  "type": "array", "maxItems": 100, "description": "The last contacts, newest first.",
                  "items": { "$ref": "#/components/schemas/Touchpoint" }
                }
              }
            }
          ]
        },
        "Phone": {
          "type": "object",
          "required": ["raw", "e164", "display"],
          "properties": {
            "raw": { "type": "string", "description": "As it was written." },
            "e164": { "type": ["string", "null"], "description": "Null for what is no telephone number: it finds nobody." },
            "display": { "type": "string", "description": "As people of the region write it." }
          }
        }
        """#
}
