extension OpenAPI {
    /// `StatsRoutes`.
    static let statsPaths = #"""
        "/v1/stats": {
          "get": {
            "operationId": "getStats",
            "tags": ["Figures"],
            "summary": "All figures of a period",
            "description": "Of the centre, each queue, each operator and each tier. Without a period: today, from the start of \#
        the centre's day. With `receipt=true` one figure, with its definition, threshold and period, and the calls behind each of its parts \#
        at the same moment.",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "from", "in": "query",
                "description": "From when, on an interval's boundary. Default: the start of the centre's day.",
                "schema": { "type": "string", "format": "date-time" }, "example": "2026-11-20T00:00:00Z"
              },
              {
                "name": "to", "in": "query",
                "description": "Before when, on an interval's boundary and after `from`. Default: the end of the present interval.",
                "schema": { "type": "string", "format": "date-time" }, "example": "2026-11-20T09:15:00Z"
              },
              {
                "name": "at", "in": "query",
                "description": "The board of that day as it was at that moment, told again from the log; without `from` and `to`.",
                "schema": { "type": "string", "format": "date-time" }, "example": "2026-11-20T05:03:00Z"
              },
              {
                "name": "receipt", "in": "query", "description": "The receipt of `figure` instead of all figures; without `at`.",
                "schema": { "type": "boolean", "default": false }
              },
              {
                "name": "figure", "in": "query",
                "description": "With `receipt`: the name of a figure of `Figures`, or of `OperatorFigures` with `operator`; `service_level`; \#
        `answered_calls`, `documented`, `complaints`, `disposition:CODE`, `dialed` and `reached`.",
                "schema": { "type": "string" }, "example": "abandoned"
              },
              { "name": "queue", "in": "query", "description": "With `receipt`: of this queue.", "schema": { "type": "string" } },
              { "name": "tier", "in": "query", "description": "With `receipt`: of customers of this tier.", "schema": { "type": "string" } },
              { "name": "line", "in": "query", "description": "With `receipt`: of calls to this number.", "schema": { "type": "string" } },
              { "name": "operator", "in": "query", "description": "With `receipt`: of this operator.", "schema": { "type": "string" } },
              {
                "name": "variant", "in": "query", "description": "With `receipt`: which service level. Default: the queue's.",
                "schema": { "enum": ["negative", "ignore", "positive", "answered", "short"] }
              },
              {
                "name": "lang", "in": "query",
                "description": "The language of definitions and of the marks' reasons; else that of `Accept-Language`, else the centre's.",
                "schema": { "enum": ["ja", "en"] }
              }
            ],
            "responses": {
              "200": {
                "description": "The figures, or the receipt of one.",
                "content": {
                  "application/json": {
                    "schema": { "oneOf": [{ "$ref": "#/components/schemas/Stats" }, { "$ref": "#/components/schemas/Receipt" }] }
                  }
                }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/stats/stream": {
          "get": {
            "operationId": "streamStats",
            "tags": ["Figures"],
            "summary": "The figures of today, live",
            "description": "Server-Sent Events: all figures at once, then again at most once a second and only when something \#
        changed or somebody waits. Each event is whole, so there is nothing to resume and a slow client misses the figures in \#
        between. A comment every 15 s keeps an idle stream open.",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "The stream. It ends when the daemon stops.",
                "headers": {
                  "X-Accel-Buffering": { "description": "`no`: a proxy is not to hold frames back.", "schema": { "const": "no" } }
                },
                "content": {
                  "text/event-stream": {
                    "schema": { "type": "string" },
                    "x-events": {
                      "stats": { "description": "The figures of today.", "data": { "$ref": "#/components/schemas/Stats" } }
                    }
                  }
                }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          }
        }
        """#
}
