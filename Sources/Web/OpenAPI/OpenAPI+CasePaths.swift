extension OpenAPI {
    /// `CaseRoutes`.
    static let casePaths = #"""
        "/v1/cases": {
          "get": {
            "operationId": "listCases",
            "tags": ["Customers"],
            "summary": "What is open, the most pressing first",
            "security": [{"token": ["operator"]}, {"token": ["supervisor"]}, {"token": ["admin"]}],
            "parameters": [
              {
                "name": "owner",
                "in": "query",
                "description": "Whose; an operator's token sees its own.",
                "schema": { "type": "string" }
              },
              {
                "name": "limit",
                "in": "query",
                "description": "At most 1,000; 100 if it is not said.",
                "schema": { "type": "integer" }
              }
            ],
            "responses": {
              "200": {
                "description": "The cases.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/CaseList"}} }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          }
        },
        "/v1/customers/{id}/cases": {
          "post": {
            "operationId": "openCase",
            "tags": ["Customers"],
            "summary": "Open a case, or promise something",
            "description": "The next pop of this customer shows it, and warns once its time has passed.",
            "security": [{"token": ["operator"]}, {"token": ["supervisor"]}, {"token": ["admin"]}],
            "parameters": [{"name": "id", "in": "path", "required": true, "description": "The customer's id.", "schema": {"type": "integer"}}],
            "requestBody": { "required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CaseWish"}}} },
            "responses": {
              "201": { "description": "It is open.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Case"}}} },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "413": { "$ref": "#/components/responses/TooLarge" }
            }
          }
        },
        "/v1/cases/{id}/close": {
          "post": {
            "operationId": "closeCase",
            "tags": ["Customers"],
            "summary": "It is done",
            "description": "An operator closes its own cases and those that nobody owns; anybody else's is a 403.",
            "security": [{"token": ["operator"]}, {"token": ["supervisor"]}, {"token": ["admin"]}],
            "parameters": [{"name": "id", "in": "path", "required": true, "description": "The case's id.", "schema": {"type": "integer"}}],
            "responses": {
              "200": {
                "description": "It is closed, now or before.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/Case"}} }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" }
            }
          }
        }
        """#
}
