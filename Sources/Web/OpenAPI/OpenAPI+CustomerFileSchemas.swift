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
            { "type": "object", "required": ["report"], "properties": { "report": { "$ref": \#
        "#/components/schemas/ImportReport" } } },
            { "type": "object", "required": ["error"], "properties": { "error": { "$ref": \#
        "#/components/schemas/Problem" } } }
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
            "rows", "created", "updated", "unchanged", "rejected", "bad_cells", "zeros_restored", "encoding", \#
        "unknown_columns", "errors",
            "errors_left_out", "warnings", "warnings_left_out", "dry_run", "ms"
          ],
          "properties": {
            "rows": { "type": "integer", "description": "Those with nothing but separators are not counted." },
            "created": { "type": "integer" },
            "updated": { "type": "integer" },
            "unchanged": { "type": "integer" },
            "rejected": { "type": "integer", "description": "Rows that were not taken." },
            "bad_cells": { "type": "integer", "description": "Cells that were not taken, of customers who were." },
            "zeros_restored": {
              "type": "integer",
              "description": "Rows whose `external_id` had lost leading zeros in a spreadsheet, and that were \#
        matched by number, mail or \#
        name. The record keeps its own."
            },
            "encoding": {
              "enum": ["utf-8", "utf-8-bom", "cp932", "euc-jp", "windows-1252", "utf-16le", "utf-16be"],
              "description": "As the file's was said, or found, to be."
            },
            "unknown_columns": {
              "type": "array", "items": { "type": "string" }, "description": "Columns that were left out, as the \#
        file heads them."
            },
            "errors": { "type": "array", "maxItems": 10000, "items": { "$ref": "#/components/schemas/ImportError" } },
            "errors_left_out": { "type": "integer", "description": "Rejected rows and bad cells beyond those in \#
        `errors`." },
            "warnings": {
              "type": "array", "maxItems": 10000, "items": { "$ref": "#/components/schemas/ImportWarning" },
              "description": "What was taken and should be looked at."
            },
            "warnings_left_out": { "type": "integer" },
            "dry_run": { "type": "boolean" },
            "ms": { "type": "integer", "format": "int64", "description": "How long it took." }
          }
        },
        "ImportError": {
          "type": "object",
          "description": "A row or a cell that was not taken.",
          "required": ["line", "column", "message", "lost"],
          "properties": {
            "line": { "type": "integer", "description": "Of the file, from 1." },
            "column": { "type": "string" },
            "message": { "type": "string" },
            "lost": { "enum": ["row", "cell"], "description": "Whether the customer was left out, or the cell alone." }
          }
        },
        "ImportWarning": {
          "type": "object",
          "required": ["line", "column", "message"],
          "properties": {
            "line": { "type": "integer", "description": "Of the file, from 1." },
            "column": { "type": "string" },
            "message": { "type": "string" }
          }
        }
        """#
}
