extension OpenAPI {
    /// The bodies of signing in, accounts and messages.
    static let deskSchemas = #"""
        "SignIn": {
          "type": "object",
          "required": [],
          "properties": {
            "operator": { "type": "string", "description": "The operator's number." },
            "password": { "type": "string" },
            "token": { "type": "string", "description": "Instead of the two." }
          },
          "example": { "operator": "101", "password": "correct horse battery" }
        },
        "Session": {
          "type": "object",
          "required": [
            "operator",
            "name",
            "role",
            "language",
            "timezone",
            "day_start",
            "today",
            "dispositions",
            "disposition_labels",
            "disposition_required",
            "pause_reasons",
            "tiers",
            "custom_fields",
            "now"
          ],
          "properties": {
            "thresholds": {
              "type": "object",
              "description": "Of alarms; for supervisors alone, absent for others.",
              "required": ["default", "queues"],
              "properties": {
                "default": { "$ref": "#/components/schemas/Thresholds" },
                "queues": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Thresholds" } }
              }
            },
            "operator": { "type": ["string", "null"], "description": "Who; null for a token that is no operator's." },
            "name": { "type": ["string", "null"] },
            "role": { "$ref": "#/components/schemas/Role" },
            "language": { "enum": ["ja", "en", null], "description": "That pops have for this operator, where it is configured." },
            "timezone": {
              "type": "string",
              "description": "IANA name of the centre's zone: days and times of day are shown and read by its clock.",
              "examples": ["Asia/Tokyo"]
            },
            "day_start": {
              "type": "string",
              "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
              "description": "When the centre's day begins, by that clock."
            },
            "today": {
              "type": "string",
              "format": "date",
              "description": "The date of the centre's day that lasts now; before `day_start` it is still the day before."
            },
            "dispositions": { "type": "array", "items": {"type": "string"}, "description": "How calls come out, in the order to offer them." },
            "disposition_labels": {
              "type": "object",
              "additionalProperties": {
                "type": "object", "required": ["ja", "en"], "properties": { "ja": {"type": "string"}, "en": {"type": "string"} }
              },
              "description": "What the centre calls them, by code; a code without an entry has no words of the centre's."
            },
            "disposition_required": { "type": "boolean" },
            "pause_reasons": { "type": "array", "items": {"type": "string"} },
            "tiers": {
              "type": "object",
              "additionalProperties": { "type": "object", "required": ["vip"], "properties": {"vip": {"type": "boolean"}} }
            },
            "custom_fields": {
              "type": "object",
              "additionalProperties": { "type": "string" },
              "description": "What the centre's own fields are called."
            },
            "now": { "type": "string", "description": "The daemon's clock: times are compared with it and not with the reader's own.", "format": "date-time" }
          }
        },
        "Thresholds": {
          "type": "object",
          "description": "What is alarming; null is not looked at.",
          "required": ["waiting", "longest_wait_ms", "service_level", "abandon_rate"],
          "properties": {
            "waiting": { "type": ["integer", "null"], "description": "So many calls wait." },
            "longest_wait_ms": { "type": ["integer", "null"], "format": "int64" },
            "service_level": { "type": ["number", "null"], "description": "Below this share." },
            "abandon_rate": { "type": ["number", "null"], "description": "Above this share." }
          }
        },
        "TooManyTries": {
          "allOf": [
            { "$ref": "#/components/schemas/Problem" },
            {
              "type": "object",
              "required": ["retry_after_ms"],
              "properties": { "retry_after_ms": {"type": "integer", "format": "int64"} }
            }
          ]
        },
        "AccountWish": {
          "type": "object",
          "required": ["password"],
          "properties": {
            "role": { "enum": ["operator", "supervisor", "admin"], "description": "As it was, else operator." },
            "name": { "type": "string" },
            "password": { "type": "string", "description": "8 characters at least, 256 bytes at most.", "minLength": 8 }
          },
          "example": { "role": "operator", "name": "Sato", "password": "correct horse battery" }
        },
        "Account": {
          "type": "object",
          "required": ["operator", "name", "role", "created_at", "password_set_at", "last_sign_in_at"],
          "properties": {
            "operator": { "type": "string" },
            "name": { "type": ["string", "null"] },
            "role": { "$ref": "#/components/schemas/Role" },
            "created_at": { "type": "string", "format": "date-time" },
            "password_set_at": { "type": "string", "format": "date-time" },
            "last_sign_in_at": { "type": ["string", "null"], "format": "date-time" }
          }
        },
        "AccountList": {
          "type": "object",
          "required": ["accounts"],
          "properties": { "accounts": {"type": "array", "items": {"$ref": "#/components/schemas/Account"}} }
        },
        "MessageWish": {
          "type": "object",
          "required": ["to", "text"],
          "properties": {
            "to": { "type": "string", "description": "An operator's number, `all` or `supervisors`." },
            "text": { "type": "string", "description": "At most 1,000 bytes." },
            "call": { "type": "string", "description": "What it is about." }
          },
          "example": { "to": "101", "text": "Please take the next one." }
        },
        "MessageShown": { "type": "object", "required": ["shown"], "properties": {"shown": {"type": "boolean"}} },
        "Message": {
          "type": "object",
          "required": ["from", "from_name", "text", "call", "help", "at"],
          "properties": {
            "from": { "type": ["string", "null"], "description": "The operator who wrote." },
            "from_name": { "type": ["string", "null"] },
            "text": { "type": "string" },
            "call": { "type": ["string", "null"], "description": "What it is about." },
            "help": { "type": "boolean", "description": "Written to supervisors." },
            "at": { "type": "string", "format": "date-time" }
          }
        },
        "CustomerChanged": {
          "type": "object",
          "required": ["id", "version"],
          "properties": { "id": {"type": "integer", "format": "int64"}, "version": {"type": "integer", "format": "int64"} }
        }
        """#
}
