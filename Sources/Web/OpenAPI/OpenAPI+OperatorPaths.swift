extension OpenAPI {
    /// `OperatorRoutes`.
    static let operatorPaths = #"""
        "/v1/operators": {
          "get": {
            "operationId": "listOperators",
            "tags": ["Operators"],
            "summary": "Every operator with state and figures of today",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "lang", "in": "query", "description": "The language of the marks' reasons; else that of `Accept-Language`, else the centre's.",
                "schema": { "enum": ["ja", "en"] }
              }
            ],
            "responses": {
              "200": {
                "description": "The operators, by id.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/OperatorList" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/operators/{id}/state": {
          "post": {
            "operationId": "setOperatorState",
            "tags": ["Operators"],
            "summary": "Ready, pause, resume, log in, log out",
            "description": "An operator's token sets its own operator alone. Where a bridge takes orders the PBX is asked, \#
        and the answer says the state that the PBX tells.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "id", "in": "path", "required": true, "description": "The operator's id.",
                "schema": { "type": "string", "examples": ["101"] }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/OperatorStateWish" } } }
            },
            "responses": {
              "200": {
                "description": "The state now.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/OperatorStateNow" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "409": {
                "description": "The operator is not logged in, or the PBX refused: in its words.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "503": { "$ref": "#/components/responses/Unavailable" },
              "504": {
                "description": "The PBX said nothing within 5 s.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              }
            }
          }
        },
        "/v1/operators/{id}/dial": {
          "post": {
            "operationId": "dial",
            "tags": ["Operators"],
            "summary": "Ring the operator's own phone, and connect it with a number",
            "description": "Answered once the phone was picked up, at most 40 s later.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "id", "in": "path", "required": true, "description": "The operator's id.",
                "schema": { "type": "string", "examples": ["101"] }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/DialWish" } } }
            },
            "responses": {
              "200": {
                "description": "The phone was picked up; the PBX dials.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Dialled" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "409": {
                "description": "The operator is not there, is on a call or did not pick up, or no PBX takes orders.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "503": { "$ref": "#/components/responses/Unavailable" },
              "504": {
                "description": "The PBX said nothing in time.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              }
            }
          }
        }
        """#
}
