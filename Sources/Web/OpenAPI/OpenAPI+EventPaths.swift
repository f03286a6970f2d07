extension OpenAPI {
    /// `EventRoutes`.
    static let eventPaths = #"""
        "/v1/events": {
          "post": {
            "operationId": "postEvents",
            "tags": ["Events"],
            "summary": "Call events of a PBX or a bridge",
            "description": "One event as `application/json`, or one a line as `application/x-ndjson`; 64 KiB a line and 4 MiB \#
        a request at most; of a request that is larger nothing is taken. The answer has a reply for each, in their order, when all that were taken are on disk: `\"ok\":true` \#
        survives a crash. An event that is refused has its reply too, with `\"ok\":false`, and keeps the others from nothing; \#
        the status is 200.\n\n\#
        An event with an `id` may be sent again: it is answered as the first time, with `\"duplicate\":true`.\n\n\#
        A token made for one source pushes for that source alone, and events that name none get it; otherwise that is `default`.",
            "security": [{ "token": ["ingest"] }, { "token": ["admin"] }],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {
                  "schema": { "$ref": "#/components/schemas/Event" },
                  "examples": {
                    "offered": {
                      "value": {
                        "type": "call.offered", "id": "e-1", "call": "1795165200.15", "from": "+81300000101",
                        "to": "0120-000-000", "queue": "support"
                      }
                    },
                    "ringing": { "value": { "type": "call.ringing", "call": "1795165200.15", "operator": "101" } }
                  }
                },
                "application/x-ndjson": {
                  "schema": { "type": "string", "description": "One event a line." },
                  "x-line": { "$ref": "#/components/schemas/Event" },
                  "example": "{\"type\":\"call.queued\",\"call\":\"1795165200.15\",\"queue\":\"support\"}\n{\"type\":\"ping\"}\n"
                }
              }
            },
            "responses": {
              "200": {
                "description": "The replies, in the media type of the request.",
                "content": {
                  "application/json": { "schema": { "$ref": "#/components/schemas/Reply" } },
                  "application/x-ndjson": {
                    "schema": { "type": "string", "description": "One reply a line." },
                    "x-line": { "$ref": "#/components/schemas/Reply" }
                  }
                }
              },
              "400": {
                "description": "400: there is no event in the body.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": {
                "description": "413: the request carries more than 4 MiB; nothing was taken. Send the events in several.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "415": {
                "description": "415: the `Content-Type` is neither of the two.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
