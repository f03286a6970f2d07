extension OpenAPI {
    /// `LookupRoutes`.
    static let lookupPaths = #"""
        "/v1/lookup": {
          "get": {
            "operationId": "tryLookup",
            "tags": ["Customers"],
            "summary": "What a number is, and whom it finds",
            "description": "The look-up of a call without a call: the number as it was written, as it was read, why \#
        it counts as a \#
        number that identifies somebody, and the customers who have it. It changes nothing.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "number", "in": "query", "required": true,
                "description": "As a PBX may write it: a number, a SIP or tel URI, with a display name, or a word \#
        such as `anonymous`.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 1024 }, "example": \#
        "sip:+819012345678@pbx.example;user=phone"
              },
              {
                "name": "dialed", "in": "query",
                "description": "Read it as what an operator dialled: without `[numbers] outside_prefix`.",
                "schema": { "type": "boolean", "default": false }
              },
              {
                "name": "limit", "in": "query", "description": "How many customers at most.",
                "schema": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 20 }
              }
            ],
            "responses": {
              "200": {
                "description": "What was found.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/LookupTrial" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#

    static let lookupSchemas = #"""
        "LookupTrial": {
          "type": "object",
          "required": ["written", "removed", "normalized", "number", "valid", "key", "blocked", "customers", "matches"],
          "properties": {
            "written": { "type": "string", "description": "As it was asked." },
            "removed": {
              "type": "array", "items": { "type": "string" },
              "description": "Prefixes that were taken away: 184 or 186 in Japan, and `[numbers] outside_prefix` of \#
        what was dialled."
            },
            "normalized": {
              "type": "string", "description": "What was read: narrow digits, without URI, display name and \#
        prefixes. Empty when withheld.",
              "examples": ["+819012345678"]
            },
            "number": { "$ref": "#/components/schemas/CallerNumber" },
            "valid": {
              "enum": ["libphonenumber", "also_valid", "record", "none"],
              "description": "Why it identifies a caller: libphonenumber calls it valid, `[numbers] also_valid` \#
        names its range, a record \#
        has exactly it; or `none`."
            },
            "pattern": { "type": "string", "description": "With `also_valid`: the expression." },
            "key": {
              "type": ["string", "null"],
              "description": "What the records were asked by: E.164, or the digits of what is no telephone number. \#
        Null when they were not."
            },
            "blocked": { "type": "boolean", "description": "Whether it is on the block list." },
            "customers": { "type": "array", "items": { "$ref": "#/components/schemas/Customer" } },
            "matches": { "type": "integer", "description": "How many there are, those beyond `limit` included." }
          }
        }
        """#
}
