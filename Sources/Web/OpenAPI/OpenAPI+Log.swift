extension OpenAPI {
    /// `LogRoutes`.
    static let logPaths = #"""
        "/v1/log": {
          "get": {
            "operationId": "exportLog",
            "tags": ["Events"],
            "summary": "Every event that is kept",
            "description": "One event a line, oldest first, each with its source, id and time: another daemon takes it as it is. \#
        What the desk itself noted is left out.",
            "security": [{ "token": ["admin"] }],
            "parameters": [
              {
                "name": "pseudonymise", "in": "query",
                "description": "With stand-ins for numbers, names and texts: the same for the same. Order and times stay.",
                "schema": { "type": "boolean", "default": false }
              }
            ],
            "responses": {
              "200": { "description": "The events.", "content": { "application/x-ndjson": { "schema": { "type": "string" } } } },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          }
        },
        "/v1/log/replay": {
          "post": {
            "operationId": "replayLog",
            "tags": ["Events"],
            "summary": "Rebuild the state from the log",
            "description": "Beside the calls, from the first event on; takes some seconds for each million of them. Without \#
        `until` it says whether the result is the state that is alive.",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "until", "in": "query", "description": "Only what was read until then.",
                "schema": { "type": "string", "format": "date-time" }
              }
            ],
            "responses": {
              "200": {
                "description": "What came of it.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/LogReplay" } } }
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

    /// `LogRoutes`.
    static let logSchemas = #"""
        "LogReplay": {
          "type": "object",
          "required": ["until", "events", "log_begins", "whole", "ms", "open_calls", "operators_logged_in", "equal", "differences"],
          "properties": {
            "until": { "type": "string", "format": "date-time" },
            "events": { "type": "integer", "description": "How many were told again." },
            "log_begins": { "type": ["string", "null"], "format": "date-time", "description": "When the oldest event that is kept was read." },
            "whole": { "type": "boolean", "description": "False when the log was cut behind its retention: the state before it is not known." },
            "ms": { "type": "integer", "format": "int64", "description": "What it took." },
            "open_calls": { "type": "integer" },
            "operators_logged_in": { "type": "integer" },
            "equal": { "type": ["boolean", "null"], "description": "Null when it cannot be said: with `until`, or without the whole log." },
            "differences": { "type": "array", "items": { "type": "string" }, "description": "The parts that differ." }
          }
        }
        """#
}
