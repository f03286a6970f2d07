extension OpenAPI {
    /// `OperatorRoutes`.
    static let operatorPaths = #"""
        "/v1/operators": {
          "get": {
            "operationId": "listOperators",
            "tags": ["Operators"],
            "summary": "Every operator with state and figures of today",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
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
            "summary": "Ready, pause, resume",
            "description": "An operator's token sets its own operator alone. The answer says the state that follows, which a \#
        call may make another one than was asked for.",
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
                "description": "409: the operator is not logged in.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
