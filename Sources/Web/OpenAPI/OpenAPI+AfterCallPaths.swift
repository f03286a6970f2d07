extension OpenAPI {
    /// `AfterCallRoutes`.
    static let afterCallPaths = #"""
        "/v1/calls/{call}/note": {
          "post": {
            "operationId": "noteCall",
            "tags": ["Calls"],
            "summary": "Write of a call",
            "description": "During the call or after it. A draft replaces the draft before it, and reaches the next operator when the call is \#
        handed on; a note stays, and is part of the customer's history. An operator's token writes of calls that rang at that operator.",
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
                "description": "409: several sources have a call with this id; `detail` names them for `source`, or the call ended too long ago for a draft.",
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
            "description": "One of the candidates, or somebody else: by `customer` or by another number. Pops and figures follow.",
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
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/WholeCall" } } }
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
        }
        """#
}
