extension OpenAPI {
    /// `AfterCallRoutes`.
    static let afterCallSchemas = #"""
        "CallNote": {
          "type": "object",
          "required": ["seq", "at", "operator", "text", "state"],
          "properties": {
            "seq": {
              "type": "integer", "format": "int64", "description": "The place in the log of the event that told it."
            },
            "at": { "type": "string", "format": "date-time" },
            "operator": { "type": ["string", "null"], "description": "Who wrote it; null when it was no operator." },
            "text": { "type": "string" },
            "state": {
              "enum": ["draft", "unfinished", "finished"],
              "description": "`draft`: it is being typed. `unfinished`: a draft that became a note by itself, as its \#
        author was done with the call."
            },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "description": "How long it was written on, where the desk measured it; else absent." }
          }
        },
        "NewNote": {
          "type": "object",
          "required": ["text"],
          "properties": {
            "text": { "type": "string", "description": "16,384 bytes at most. An empty draft is none." },
            "draft": { "type": "boolean", "default": false, "description": "As far as it is typed." },
            "whole": {
              "type": "boolean", "default": false,
              "description": "It is all that the author has typed of this call: it replaces the note that a draft of \#
        the same author became by itself. Without it only a text that has all of that note in it does."
            },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "maximum": 31622400000,
              "description": "How long it was written on." },
            "operator": { "type": "string", "description": "Who wrote it; an operator's token writes under its own name alone." }
          }
        },
        "NewDisposition": {
          "type": "object",
          "required": ["code"],
          "properties": {
            "code": { "type": "string", "minLength": 1, "description": "A word of the centre's.", "examples": ["resolved"] },
            "spent_ms": { "type": "integer", "format": "int64", "minimum": 0, "maximum": 31622400000,
              "description": "How long it was thought about." },
            "operator": { "type": "string", "description": "Who says so; an operator's token under its own name alone." }
          }
        },
        "NewIdentity": {
          "type": "object",
          "description": "One of `customer`, `from` and `undo`.",
          "properties": {
            "customer": { "type": "integer", "format": "int64", "description": "The id of a record." },
            "from": { "type": "string", "description": "Another telephone number to look the caller up by." },
            "store_number": {
              "type": "boolean", "default": false,
              "description": "With `customer`: the caller's number becomes one of the customer's."
            },
            "undo": {
              "type": "boolean", "default": false,
              "description": "What was said of who it is was wrong: again only the number says it."
            },
            "forget_number": {
              "type": "boolean", "default": false,
              "description": "With `undo`: the number is taken from the customer again, unless the customer had it \#
        when the call came."
            }
          }
        },
        "IdentifiedCall": {
          "allOf": [
            { "$ref": "#/components/schemas/WholeCall" },
            {
              "type": "object",
              "required": ["number_stored"],
              "properties": {
                "number_stored": {
                  "type": "boolean", "description": "The caller's number is a new one of the customer's."
                }
              }
            }
          ]
        },
        "UnfinishedCalls": {
          "type": "object",
          "required": ["calls"],
          "properties": {
            "calls": {
              "type": "array",
              "items": {
                "allOf": [
                  { "$ref": "#/components/schemas/Call" },
                  {
                    "type": "object",
                    "required": ["lack", "unfinished"],
                    "properties": {
                      "lack": {
                        "enum": ["finish", "note", "disposition"],
                        "description": "`finish`: what the operator typed became a note by itself. `note`: there is \#
        neither note nor disposition. `disposition`: the centre requires one."
                      },
                      "unfinished": {
                        "description": "The operator's note that is to be finished.",
                        "anyOf": [{ "$ref": "#/components/schemas/CallNote" }, { "type": "null" }]
                      }
                    }
                  }
                ]
              }
            }
          }
        },
        "CustomerNote": {
          "type": "object",
          "required": ["id", "at", "operator", "text", "seconds"],
          "properties": {
            "id": { "type": "integer", "format": "int64" },
            "at": { "type": "string", "format": "date-time" },
            "operator": { "type": ["string", "null"], "description": "Who wrote it; null when it was no operator." },
            "text": { "type": "string" },
            "seconds": {
              "type": ["number", "null"], "description": "How long it was written on; null when nobody measured it."
            }
          }
        },
        "CustomerNotes": {
          "type": "object",
          "required": ["items", "next"],
          "properties": {
            "items": { "type": "array", "items": { "$ref": "#/components/schemas/CustomerNote" } },
            "next": {
              "type": ["integer", "null"], "format": "int64",
              "description": "`after` of the next page; null on the last."
            }
          }
        },
        "NewCustomerNote": {
          "type": "object",
          "required": ["text"],
          "additionalProperties": false,
          "properties": {
            "text": { "type": "string", "minLength": 1, "description": "16,384 bytes at most." },
            "seconds": {
              "type": "number", "minimum": 0, "maximum": 31622400, "description": "How long it was written on."
            }
          }
        }
        """#
}
