extension OpenAPI {
    /// `CallRoutes`.
    static let callPaths = #"""
        "/v1/calls": {
          "get": {
            "operationId": "listCalls",
            "tags": ["Calls"],
            "summary": "The calls behind a figure",
            "description": "Newest call first. With `figure` or `outcome`, and of a queue, a tier or a line, the list is what is behind the \#
        figure: a line for each visit that it counts (a call with two visits there has two), in the period by the moment that is \#
        counted, so that there are exactly as many lines as the figure says. Otherwise it lists calls, by when they began, open calls \#
        included. An operator's token lists that operator's own calls alone.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "figure", "in": "query",
                "description": "What is counted: an outcome, `offered`, `waiting`, `handled`, `transfers`, `holds`, `known_number`, `repeat`, \#
        `not_queued`, `answered_calls`, `documented`, `dispositions`, `complaints`, `disposition:CODE`, the parts of waits and service levels, of an operator `unanswered`, `transfers_out`, `worked`; or a figure of \#
        `GET /v1/stats` by its name, which is opened to what makes it up. Default: `offered` of a queue, a tier or a line.",
                "schema": { "type": "string" }, "example": "offered"
              },
              {
                "name": "queue", "in": "query", "description": "Visits to this queue; with `open`, calls in it or on the way to it.",
                "schema": { "type": "string" }
              },
              {
                "name": "tier", "in": "query", "description": "Of customers of this tier; `unknown` for callers whom nobody knows.",
                "schema": { "type": "string" }
              },
              { "name": "line", "in": "query", "description": "Of calls to this number, as the PBX gave it.", "schema": { "type": "string" } },
              {
                "name": "outcome", "in": "query",
                "description": "Visits that ended so, when they did; `not_queued`: calls that ended without any visit; `reached`, \#
        `not_reached`: calls that operators dialed. The same as `figure`.",
                "schema": { "$ref": "#/components/schemas/CallOutcome" }
              },
              {
                "name": "disposition", "in": "query",
                "description": "Answered calls whose newest disposition is this code, counted where they were answered; with `figure` or \#
        `outcome`, what is counted of calls with it.",
                "schema": { "type": "string" }, "example": "complaint"
              },
              {
                "name": "direction", "in": "query",
                "description": "`outbound`: calls that operators dialed. `inbound`: all others. Default: both.",
                "schema": { "enum": ["inbound", "outbound"] }
              },
              {
                "name": "operator", "in": "query",
                "description": "Calls that rang at this operator or were answered there; with `figure` or `outcome`, what is counted of \#
        this operator. An operator's token may name its own alone.",
                "schema": { "type": "string" }
              },
              {
                "name": "customer", "in": "query", "description": "Calls of this customer.",
                "schema": { "type": "integer", "format": "int64" }
              },
              {
                "name": "from", "in": "query",
                "description": "What is counted at this time or later: a start for `offered`, the outcome for an outcome, the end of the \#
        after-call work for `handled`. In a list of calls: those that began then.",
                "schema": { "type": "string", "format": "date-time" }, "example": "2026-11-20T00:00:00Z"
              },
              {
                "name": "to", "in": "query", "description": "What is counted before this time.",
                "schema": { "type": "string", "format": "date-time" }
              },
              {
                "name": "today", "in": "query", "description": "From the start of the centre's day; `from` is then not looked at.",
                "schema": { "type": "boolean", "default": false }
              },
              {
                "name": "open", "in": "query", "description": "Calls that have not ended.",
                "schema": { "type": "boolean", "default": false }
              },
              {
                "name": "limit", "in": "query", "description": "How many lines at most.",
                "schema": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 }
              },
              {
                "name": "after", "in": "query", "description": "The next page: `next` of the page before.",
                "schema": { "type": "string" }
              }
            ],
            "responses": {
              "200": {
                "description": "A page of calls.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CallList" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/calls/{call}": {
          "get": {
            "operationId": "getCall",
            "tags": ["Calls"],
            "summary": "One call, whole",
            "description": "With its visits, legs and timeline, and why it was routed so. An operator's token sees calls that \#
        rang at that operator or were answered there.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "call", "in": "path", "required": true, "description": "The PBX's id of the call.",
                "schema": { "type": "string", "examples": ["1795165200.15"] }
              },
              {
                "name": "source", "in": "query", "description": "Whose call, when several PBXs or bridges have one with this id.",
                "schema": { "type": "string" }
              },
              {
                "name": "Accept-Language", "in": "header",
                "description": "The language of `routing`: `ja` or `en`. Default: the centre's.",
                "schema": { "type": "string" }, "example": "en"
              }
            ],
            "responses": {
              "200": {
                "description": "The call.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/WholeCall" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "409": {
                "description": "409: several sources have a call with this id; `detail` names them for `source`.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
