extension OpenAPI {
    /// `CustomerRoutes`.
    static let customerPaths = #"""
        "/v1/customers": {
          "get": {
            "operationId": "findCustomers",
            "tags": ["Customers"],
            "summary": "Customers by number or text",
            "description": "One of `phone` and `q` is needed; `phone` goes before `q`.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "phone", "in": "query",
                "description": "A telephone number as people write it; without country code it is read as one of the centre's \#
        region. What is no number finds nobody.",
                "schema": { "type": "string", "minLength": 1 }, "example": "03-0000-0101"
              },
              {
                "name": "q", "in": "query",
                "description": "A part of the name, its reading, the company, the mail address, `external_id`, a tag or a number.",
                "schema": { "type": "string", "minLength": 1 }
              },
              {
                "name": "limit", "in": "query", "description": "How many customers at most.",
                "schema": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 20 }
              }
            ],
            "responses": {
              "200": {
                "description": "Who was found.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerList" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          },
          "post": {
            "operationId": "createCustomer",
            "tags": ["Customers"],
            "summary": "A new customer",
            "description": "A tier that is VIP takes a supervisor: of an operator it is a 403.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerEdit" } } }
            },
            "responses": {
              "201": {
                "description": "The customer.",
                "headers": {
                  "ETag": { "description": "For `If-Match` of an edit.", "schema": { "type": "string", "examples": ["\"v1\""] } },
                  "Location": { "schema": { "type": "string", "examples": ["/v1/customers/17"] } }
                },
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Customer" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "409": {
                "description": "409: another customer has this `external_id`; `detail` says who.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/customers/{id}": {
          "parameters": [
            {
              "name": "id", "in": "path", "required": true, "description": "The customer's id.",
              "schema": { "type": "integer", "format": "int64" }
            }
          ],
          "get": {
            "operationId": "getCustomer",
            "tags": ["Customers"],
            "summary": "One customer with the last 100 contacts",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "The customer.",
                "headers": {
                  "ETag": { "description": "For `If-Match` of an edit.", "schema": { "type": "string", "examples": ["\"v3\""] } },
                  "Location": { "schema": { "type": "string", "examples": ["/v1/customers/17"] } }
                },
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerWithHistory" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          },
          "put": {
            "operationId": "replaceCustomer",
            "tags": ["Customers"],
            "summary": "The whole record anew",
            "description": "What is absent is emptied. What `GET` gave may be sent back, changed: keys that are not the \#
        editor's to set are not looked at. Another `tier` takes a supervisor: of an operator it is a 403.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "If-Match", "in": "header", "required": true,
                "description": "The `ETag` that was read, or `*` for whatever is there.",
                "schema": { "type": "string", "examples": ["\"v3\"", "*"] }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerEdit" } } }
            },
            "responses": {
              "200": {
                "description": "The customer as it is now.",
                "headers": {
                  "ETag": { "description": "For `If-Match` of the next edit.", "schema": { "type": "string", "examples": ["\"v4\""] } },
                  "Location": { "schema": { "type": "string", "examples": ["/v1/customers/17"] } }
                },
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Customer" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "409": {
                "description": "409: another customer has this `external_id`; `detail` says who.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "412": {
                "description": "412: somebody changed the customer since you read it; both versions are in the answer.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/EditConflict" } } }
              },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "428": {
                "description": "428: `If-Match` is missing; `detail` says the `ETag` now.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          },
          "patch": {
            "operationId": "changeCustomer",
            "tags": ["Customers"],
            "summary": "Some fields of the record",
            "description": "What is absent stays, null empties, a list or `custom` is replaced as a whole. Another `tier` \#
        takes a supervisor: of an operator it is a 403.",
            "security": [{ "token": ["operator"] }, { "token": ["supervisor"] }, { "token": ["admin"] }],
            "parameters": [
              {
                "name": "If-Match", "in": "header", "required": true,
                "description": "The `ETag` that was read, or `*` for whatever is there.",
                "schema": { "type": "string", "examples": ["\"v3\"", "*"] }
              }
            ],
            "requestBody": {
              "required": true,
              "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CustomerChange" } } }
            },
            "responses": {
              "200": {
                "description": "The customer as it is now.",
                "headers": {
                  "ETag": { "description": "For `If-Match` of the next edit.", "schema": { "type": "string", "examples": ["\"v4\""] } },
                  "Location": { "schema": { "type": "string", "examples": ["/v1/customers/17"] } }
                },
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Customer" } } }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" },
              "409": {
                "description": "409: another customer has this `external_id`; `detail` says who.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "412": {
                "description": "412: somebody changed the customer since you read it; both versions are in the answer.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/EditConflict" } } }
              },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "428": {
                "description": "428: `If-Match` is missing; `detail` says the `ETag` now.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
