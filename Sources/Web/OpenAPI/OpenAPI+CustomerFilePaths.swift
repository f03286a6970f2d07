extension OpenAPI {
    /// `CustomerFileRoutes`.
    static let customerFilePaths = #"""
        "/v1/customers/import": {
          "post": {
            "operationId": "importCustomers",
            "tags": ["Customers"],
            "summary": "Customers from a CSV file",
            "description": "The body is the file as it is, whatever its `Content-Type`: UTF-8, UTF-16, Shift_JIS \#
        (CP932), \#
        EUC-JP or Windows-1252, 4 GiB at most, with a header. Columns, in any order: `external_id`, `name` (needed), \#
        `kana`, `company`, `phone`, \#
        `phone2`, `phone3`, `email`, `tier`, `owner`, `tags`, `cautions`, `address`, `line_id`, `do_not_pair`, and \#
        the centre's \#
        own fields. A row whose `external_id` is known updates that customer. A cell that cannot be read costs the \#
        cell and not \#
        the customer.\n\n\#
        The answer begins when the file is here, and is a line of JSON for each bit of progress and one for the end: \#
        `report`, \#
        or `error` when the file as a whole cannot be imported. A client that goes away stops the import.",
            "security": [{ "token": ["admin"] }],
            "parameters": [
              {
                "name": "dry_run", "in": "query", "description": "Only report what would be done.",
                "schema": { "type": "boolean", "default": false }
              },
              {
                "name": "encoding", "in": "query",
                "description": "What the file is in: `utf-8`, `shift_jis`, `euc-jp`, `windows-1252`, `utf-16le`, \#
        `utf-16be`, or another \#
        name of one of them. Without it, it is guessed.",
                "schema": { "type": "string" }, "example": "euc-jp"
              }
            ],
            "requestBody": {
              "required": true,
              "content": {
                "text/csv": {
                  "schema": { "type": "string" },
                  "example": "external_id,name,phone,tier\nC-0001,Hanako Example,03-0000-0101,vip\n"
                }
              }
            },
            "responses": {
              "200": {
                "description": "Progress, and then the report.",
                "content": {
                  "application/x-ndjson": {
                    "schema": { "type": "string", "description": "One object a line." },
                    "x-line": { "$ref": "#/components/schemas/ImportLine" }
                  }
                }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "503": { "$ref": "#/components/responses/Unavailable" },
              "507": {
                "description": "507: there is no room on the disk for the file.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              }
            }
          }
        },
        "/v1/customers/export": {
          "get": {
            "operationId": "exportCustomers",
            "tags": ["Customers"],
            "summary": "All customers as a CSV file",
            "description": "UTF-8 with a byte order mark and CRLF, so that a spreadsheet opens it; with the columns \#
        of the \#
        import, which takes it back. A cell that begins like a formula (`=`, `+`, `-`, `@`) has an apostrophe before \#
        it, which the \#
        import takes away again.",
            "security": [{ "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "The file.",
                "headers": {
                  "Content-Disposition": { "schema": { "type": "string", "examples": ["attachment; \#
        filename=\"customers.csv\""] } }
                },
                "content": { "text/csv": { "schema": { "type": "string" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          }
        }
        """#
}
