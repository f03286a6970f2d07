extension OpenAPI {
    /// `IntervalRoutes`.
    static let intervalPaths = #"""
        "/v1/intervals": {
          "get": {
            "operationId": "getIntervals",
            "tags": ["Figures"],
            "summary": "The figures of a time past, step by step",
            "description": "Steps are cut by the centre's clock, daylight saving included, and sum exactly to hours, days, weeks and \#
        months; percentiles are those of all waits together. What nothing happened in has no row, but for the centre's. At most 10,000 \#
        steps.",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "from", "in": "query",
                "description": "From when, on an interval's boundary; a date alone is the start of that day of the centre's. Default: today.",
                "schema": { "type": "string" }, "example": "2026-11-01T00:00:00Z"
              },
              {
                "name": "to", "in": "query",
                "description": "Before when, on an interval's boundary; a date alone is the end of that day. Default: the end of the present interval.",
                "schema": { "type": "string" }, "example": "2026-11-20T00:00:00Z"
              },
              {
                "name": "step", "in": "query",
                "description": "`15m`, `30m`, `1h` or other minutes and hours that divide a day, `1d`, `1w` (from Monday), `1mo`. Default: the interval.",
                "schema": { "type": "string" }, "example": "1d"
              },
              {
                "name": "by", "in": "query",
                "description": "A row for each of these in a step. Default: what is filtered by, otherwise the centre.",
                "schema": { "enum": ["centre", "queue", "tier", "line", "operator"] }
              },
              { "name": "queue", "in": "query", "description": "Visits to this queue alone.", "schema": { "type": "string" }, "example": "support" },
              { "name": "tier", "in": "query", "description": "Of customers of this tier alone.", "schema": { "type": "string" }, "example": "vip" },
              { "name": "line", "in": "query", "description": "To this inbound line alone.", "schema": { "type": "string" }, "example": "0300000000" },
              { "name": "operator", "in": "query", "description": "This operator alone.", "schema": { "type": "string" }, "example": "101" },
              { "name": "format", "in": "query", "description": "Default: json.", "schema": { "enum": ["json", "csv"] } },
              {
                "name": "lang", "in": "query", "description": "The language of the marks' reasons; else that of `Accept-Language`, else the centre's.",
                "schema": { "enum": ["ja", "en"] }
              },
              {
                "name": "recount", "in": "query",
                "description": "Count the visits of that time anew, by the thresholds that hold now, instead of what was counted \#
        then. Not of operators.",
                "schema": { "type": "boolean", "default": false }
              }
            ],
            "responses": {
              "200": {
                "description": "The rows, by time and then by name. As CSV: the same names above, UTF-8 with a byte order mark.",
                "content": {
                  "application/json": { "schema": { "$ref": "#/components/schemas/Intervals" } },
                  "text/csv": { "schema": { "type": "string" } }
                }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
