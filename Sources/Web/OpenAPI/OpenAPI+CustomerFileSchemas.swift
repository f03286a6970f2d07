extension OpenAPI {
    /// The lines that `CustomerFileRoutes` answers an import with.
    static let customerFileSchemas = #"""
        "ImportLine": {
          "description": "Any number of `progress`; the last line is `report` or `error`.",
          "oneOf": [
            {
              "type": "object", "required": ["progress"],
              "properties": { "progress": { "$ref": "#/components/schemas/ImportProgress" } }
            },
            { "type": "object", "required": ["report"], "properties": { "report": { "$ref": "#/components/schemas/ImportReport" } } },
            { "type": "object", "required": ["error"], "properties": { "error": { "$ref": "#/components/schemas/Problem" } } }
          ]
        },
        "ImportProgress": {
          "type": "object",
          "required": ["bytes", "bytes_total", "rows"],
          "properties": {
            "bytes": { "type": "integer", "format": "int64", "description": "Of the file, read so far." },
            "bytes_total": { "type": "integer", "format": "int64" },
            "rows": { "type": "integer" }
          }
        },
        "ImportReport": {
          "type": "object",
          "required": [
            "rows", "created", "updated", "unchanged", "rejected", "encoding", "unknown_columns", "errors", "errors_left_out",
            "dry_run", "ms"
          ],
          "properties": {
            "rows": { "type": "integer" },
            "created": { "type": "integer" },
            "updated": { "type": "integer" },
            "unchanged": { "type": "integer" },
            "rejected": { "type": "integer" },
            "encoding": {
              "enum": ["utf-8", "utf-8-bom", "cp932", "utf-16le", "utf-16be"], "description": "As the file's was found to be."
            },
            "unknown_columns": {
              "type": "array", "items": { "type": "string" }, "description": "Columns that were left out, as the file heads them."
            },
            "errors": { "type": "array", "maxItems": 10000, "items": { "$ref": "#/components/schemas/ImportError" } },
            "errors_left_out": { "type": "integer", "description": "Rejected rows beyond those in `errors`." },
            "dry_run": { "type": "boolean" },
            "ms": { "type": "integer", "format": "int64", "description": "How long it took." }
          }
        },
        "ImportError": {
          "type": "object",
          "description": "A row that was rejected.",
          "required": ["line", "column", "message"],
          "properties": {
            "line": { "type": "integer", "description": "Of the file, from 1." },
            "column": { "type": "string" },
            "message": { "type": "string" }
          }
        }
        """#
}
