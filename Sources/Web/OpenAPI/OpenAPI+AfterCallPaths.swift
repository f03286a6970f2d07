extension OpenAPI {
    /// `AfterCallRoutes`.
    static let afterCallPaths = #"""
        "/v1/calls/{call}/note": {
          "post": {
            "operationId": "noteCall",
            "tags": ["Calls"],
            "summary": "Write of a call",
            "description": "During the call or after it. A draft replaces the same author's draft before it, and reaches the next operator \#
        when the call is handed on. It becomes a note by itself when its author is done with the call: after-call work has ended in any way, or \#
        the call has and there is none. A note stays, and is part of the customer's history. An operator's token writes of calls that rang at \#
        that operator.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "call", "in": "path", "required": true, "description": "The PBX's id of the call.",
                "schema": { "type": "string", "examples": ["1795165200.15"] }
              },
              {
                "name": "source", "in": "query", "description": "Whose call, when several PBXs or bridges have one with this id.",
                "schema": { "type": "string" }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewNote" } } }
            },
            "responses": {
              "200": {
                "description": "The call, as it is now.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/WholeCall" } } }
              },
              "409": {
                "description": "409: several sources have a call with this id; `detail` names them for `source`.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/calls/{call}/disposition": {
          "post": {
            "operationId": "disposeCall",
            "tags": ["Calls"],
            "summary": "Say how a call came out",
            "description": "The newest one holds.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "call", "in": "path", "required": true, "description": "The PBX's id of the call.",
                "schema": { "type": "string", "examples": ["1795165200.15"] }
              },
              {
                "name": "source", "in": "query", "description": "Whose call, when several PBXs or bridges have one with this id.",
                "schema": { "type": "string" }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewDisposition" } } }
            },
            "responses": {
              "200": {
                "description": "The call, as it is now.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/WholeCall" } } }
              },
              "409": {
                "description": "409: several sources have a call with this id; `detail` names them for `source`.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/calls/{call}/identify": {
          "post": {
            "operationId": "identifyCall",
            "tags": ["Calls"],
            "summary": "Say who is calling",
            "description": "One of the candidates, or somebody else: by `customer` or by another number. Pops, figures and the customers' \#
        histories follow. It can be said again, and taken back, until the call has left memory, a quarter of an hour after its end.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "call", "in": "path", "required": true, "description": "The PBX's id of the call.",
                "schema": { "type": "string", "examples": ["1795165200.15"] }
              },
              {
                "name": "source", "in": "query", "description": "Whose call, when several PBXs or bridges have one with this id.",
                "schema": { "type": "string" }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewIdentity" } } }
            },
            "responses": {
              "200": {
                "description": "The call, as it is now.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/IdentifiedCall" } } }
              },
              "409": {
                "description": "409: several sources have a call with this id; `detail` names them for `source`, or the call ended too long ago.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "422": {
                "description": "422: there is no such customer.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/operators/{id}/unfinished": {
          "get": {
            "operationId": "listUnfinished",
            "tags": ["Calls"],
            "summary": "An operator's calls of which something is still to be written",
            "description": "Of the last seven days, newest first. An operator's token asks for its own.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              { "name": "id", "in": "path", "required": true, "description": "The operator's id.", "schema": { "type": "string" } },
              {
                "name": "limit", "in": "query", "description": "How many calls at most.",
                "schema": { "type": "integer", "minimum": 1, "maximum": 500, "default": 50 }
              }
            ],
            "responses": {
              "200": {
                "description": "The calls.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/UnfinishedCalls" } } }
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
        "/v1/customers/{id}/notes": {
          "parameters": [
            {
              "name": "id", "in": "path", "required": true, "description": "The customer's id.",
              "schema": { "type": "integer", "format": "int64" }
            }
          ],
          "get": {
            "operationId": "listCustomerNotes",
            "tags": ["Customers"],
            "summary": "What was written of a customer, and of no call",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "limit", "in": "query", "description": "How many notes at most.",
                "schema": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 }
              },
              {
                "name": "after", "in": "query", "description": "The next page: `next` of the page before.",
                "schema": { "type": "integer", "format": "int64" }
              }
            ],
            "responses": {
              "200": {
                "description": "The notes, newest first.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerNotes" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          },
          "post": {
            "operationId": "noteCustomer",
            "tags": ["Customers"],
            "summary": "Write of a customer",
            "description": "It stands in the customer's history with channel `note`. It is no contact: nobody was reached by it.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NewCustomerNote" } } }
            },
            "responses": {
              "201": {
                "description": "It is written.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerNote" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
